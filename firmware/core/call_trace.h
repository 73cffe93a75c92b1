/* Trace line of a host call: `C <id> <argument>* = <result>`. The id is in base 36; integers are decimal; an f32 is the
 * 8 hexadecimal digits of its bits, or `nan`; no result is `-`; a fault is `!` and its code. Arguments are as the guest
 * passed them. */
#ifndef CALL_TRACE_H
#define CALL_TRACE_H

#include "tars_calls.h"

/* A line: "C", an id of at most 2 digits, at most TARS_CALL_CELLS arguments and a result of at most 20 characters,
 * spaces. */
typedef struct {
  char text[16 + (TARS_CALL_CELLS + 1) * 21];
  uint32_t size;
} tars_call_trace;

void tars_call_trace_begin(tars_call_trace *line, const tars_call_row *row, const uint64_t *args);
/* Adds the outcome and hands the line to tars_trace: `err` is 0 or a negative fault. */
void tars_call_trace_end(tars_call_trace *line, const tars_call_row *row, int err, uint64_t result);

#endif
