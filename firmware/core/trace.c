/* Trace lines of reactions and faults, for tests. Nothing is formatted unless somebody has set `tars_trace`. */
#include "trace.h"

#include "board.h" /* TARS_BOARD_TRACE */

#include <stdio.h> /* snprintf */

void (*tars_trace)(const char *line);

/* The longest line: a letter, 20 digits, a name, a source and an argument. */
#define LINE_SIZE (1 + 21 + 1 + TARS_LIMIT_NAME + 8 + 12 + 1)

/* A time in decimal at the end of `text`; printf of small C libraries knows no 64 bits. */
static const char *decimal(int64_t time_us, char text[21]) {
  char *at = text + 20;
  uint64_t left = (uint64_t)(time_us < 0 ? 0 : time_us);
  *at = 0;
  do {
    *--at = (char)('0' + left % 10);
    left /= 10;
  } while (left > 0);
  return at;
}

void tars_trace_reaction(const tars_behaviour *b) {
  char line[LINE_SIZE], time[21];
  if (!TARS_BOARD_TRACE || tars_trace == NULL) return;
  snprintf(line, sizeof line, "R %s %.*s %d %ld", decimal(b->event.time_us, time), b->manifest.name.size,
           b->manifest.name.text, b->event.source, (long)b->event.argument);
  tars_trace(line);
}

void tars_trace_fault(const tars_behaviour *b, uint8_t code) {
  char line[LINE_SIZE], time[21];
  if (!TARS_BOARD_TRACE || tars_trace == NULL) return;
  snprintf(line, sizeof line, "F %s %.*s %u", decimal(b->event.time_us, time), b->manifest.name.size,
           b->manifest.name.text, code);
  tars_trace(line);
}
