/* Writes the trace line of a host call; the format is in call_trace.h. */
#include "call_trace.h"

enum { NAN_ABOVE = 0x7f800000, SIGN_OFF = 0x7fffffff };

static void add(tars_call_trace *line, const char *text) {
  while (*text) line->text[line->size++] = *text++;
}

/* Appends a decimal number. */
static void add_decimal(tars_call_trace *line, int64_t number) {
  char digits[20];
  uint32_t count = 0;
  uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  do digits[count++] = (char)('0' + left % 10);
  while (left /= 10);
  if (number < 0) add(line, "-");
  while (count) line->text[line->size++] = digits[--count];
}

/* Appends the bits of a float. */
static void add_float(tars_call_trace *line, uint32_t bits) {
  if ((bits & SIGN_OFF) > NAN_ABOVE) {
    add(line, "nan");
    return;
  }
  for (int shift = 28; shift >= 0; shift -= 4) line->text[line->size++] = "0123456789abcdef"[bits >> shift & 15];
}

/* Appends a cell that carries a scalar. */
static void add_cell(tars_call_trace *line, uint8_t scalar, uint64_t cell) {
  if (scalar == TARS_SCALAR_F32)
    add_float(line, (uint32_t)cell);
  else if (scalar == TARS_SCALAR_I64)
    add_decimal(line, (int64_t)cell);
  else
    add_decimal(line, (int32_t)(uint32_t)cell);
}

/* Begins the line with the arguments. */
void tars_call_trace_begin(tars_call_trace *line, const tars_call_row *row, const uint64_t *args) {
  line->size = 0;
  add(line, "C ");
  add(line, row->field);
  if (row->kinds || row->timer) {
    add(line, " ");
    add_cell(line, TARS_SCALAR_I32, *args++);
  }
  for (uint8_t i = 0; i < row->count; i++) {
    add(line, " ");
    add_cell(line, row->params[i], args[i]);
  }
  add(line, " = ");
}

/* Ends the line with the outcome. */
void tars_call_trace_end(tars_call_trace *line, const tars_call_row *row, int err, uint64_t result) {
  if (err) {
    add(line, "!");
    add_decimal(line, -(int64_t)err);
  } else if (row->result != TARS_SCALAR_NONE) {
    add_cell(line, row->result, result);
  } else {
    add(line, "-");
  }
  line->text[line->size] = 0;
  tars_trace(line->text);
}
