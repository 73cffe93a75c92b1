/* The log ring. Lines outlive the module that wrote them, so their texts are copied. */
#include "log.h"

#include <string.h> /* memcpy */

#include "board.h" /* TARS_BOARD_LOG_LINES */
#include "core.h"
#include "schema.h"
#include "tars_errors.h"
#include "tars_os.h"

/* A line as it is kept: 232 bytes. A change of status has its two numbers among the fields. */
typedef struct {
  int64_t time_us;
  char behaviour[TARS_LIMIT_NAME + 1], text[TARS_LIMIT_LOG_TEXT + 1];
  uint8_t count;
  bool is_status;
  uint16_t floats;
  uint32_t fields[TARS_LIMIT_FIELDS];
} line;

static line lines[TARS_BOARD_LOG_LINES];
static uint32_t first, held;

/* Copies a text and ends it; what is longer than its place is cut. */
static void text_copy(char *to, size_t capacity, tars_text from) {
  size_t size = from.size < capacity ? from.size : capacity - 1;
  memcpy(to, from.text, size);
  to[size] = '\0';
}

/* Makes typed values of a line's fields. */
static void values_of(const uint32_t *fields, uint16_t floats, uint8_t count, tars_value *values) {
  for (uint8_t i = 0; i < count; i++)
    values[i] = tars_schema_value(floats >> i & 1 ? SCHEMA_F32 : SCHEMA_I32, fields[i]);
}

/* At start-up RAM holds whatever it held before. */
void tars_log_clear(void) { first = held = 0; }

/* The place of the next line, where the oldest one is if all are taken. */
static line *place(int64_t time_us, tars_text behaviour, tars_text text) {
  line *next = &lines[(first + held) % TARS_BOARD_LOG_LINES];
  if (held < TARS_BOARD_LOG_LINES)
    held++;
  else
    first = (first + 1) % TARS_BOARD_LOG_LINES;
  next->time_us = time_us;
  text_copy(next->behaviour, sizeof next->behaviour, behaviour);
  text_copy(next->text, sizeof next->text, text);
  next->is_status = false;
  next->count = 0;
  return next;
}

void tars_log_add(const tars_behaviour *b, tars_text text, const uint32_t *fields, uint16_t floats, uint8_t count,
                  int64_t time_us) {
  line *next = place(time_us, b->manifest.name, text);
  next->count = count;
  next->floats = floats;
  memcpy(next->fields, fields, count * sizeof *fields);
  tars_value values[TARS_LIMIT_FIELDS];
  values_of(fields, floats, count, values);
  if (tars_core.hooks.log != NULL) tars_core.hooks.log(time_us, b->manifest.name, text, values, count);
}

void tars_log_status(const tars_behaviour *b, uint8_t status, uint8_t code) {
  int64_t now = tars_os_now_us();
  line *next = place(now, b->manifest.name, (tars_text){ "", 0 });
  next->is_status = true;
  next->fields[0] = status;
  next->fields[1] = code;
  if (tars_core.hooks.status != NULL) tars_core.hooks.status(now, b->manifest.name, status, code);
}

void tars_log_note(tars_text text) {
  static const tars_text nobody = { "", 0 };
  tars_os_lock();
  int64_t now = tars_os_now_us();
  place(now, nobody, text);
  if (tars_core.hooks.log != NULL) tars_core.hooks.log(now, nobody, text, NULL, 0);
  tars_os_unlock();
}

/* The line is a copy, because the ring may overwrite it as soon as the lock is released. */
int tars_log_at(int index, tars_log_line *out) {
  int err = -TARS_E_UNKNOWN;
  tars_os_lock();
  if (index >= 0 && (uint32_t)index < held) {
    const line *found = &lines[(first + (uint32_t)index) % TARS_BOARD_LOG_LINES];
    out->time_us = found->time_us;
    memcpy(out->behaviour, found->behaviour, sizeof found->behaviour);
    memcpy(out->text, found->text, sizeof found->text);
    values_of(found->fields, found->floats, found->count, out->fields);
    out->count = found->count;
    out->is_status = found->is_status;
    out->status = (uint8_t)found->fields[0];
    out->code = (uint8_t)found->fields[1];
    err = 0;
  }
  tars_os_unlock();
  return err;
}
