/* Lines for tests; nothing is formatted while nobody listens. */
#include "trace.h"

#include <inttypes.h> /* PRId64 */
#include <stdio.h>    /* snprintf */

void (*tars_trace)(const char *line);

/* The longest line: a letter, 20 digits, a name, a source and an argument. */
#define LINE_SIZE (1 + 21 + 1 + TARS_LIMIT_NAME + 8 + 12 + 1)

/* Written when the event is taken. */
void tars_trace_reaction(const tars_behaviour *b) {
  char line[LINE_SIZE];
  if (tars_trace == NULL) return;
  snprintf(line, sizeof line, "R %" PRId64 " %.*s %d %" PRId32, b->event.time_us, b->manifest.name.size, b->manifest.name.text, b->event.source, b->event.argument);
  tars_trace(line);
}

/* Written when the fault is recorded. */
void tars_trace_fault(const tars_behaviour *b, uint8_t code) {
  char line[LINE_SIZE];
  if (tars_trace == NULL) return;
  snprintf(line, sizeof line, "F %" PRId64 " %.*s %u", b->event.time_us, b->manifest.name.size, b->manifest.name.text, code);
  tars_trace(line);
}
