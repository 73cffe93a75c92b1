/* Values as text, in the form of the golden vectors: integers in decimal, `f` and the 8 digits of a float's bits, `'`
 * and
 * `#` before the hexadecimal digits of texts and bytes, lists in brackets. */
#ifndef DUMP_H
#define DUMP_H

#include "tars_row.h"

typedef struct {
  char text[8192];
  uint32_t size;
} dump;

/* Writes the bytes of a hexadecimal text; returns how many. */
uint32_t unhex(const char *hex, uint8_t *bytes, uint32_t capacity);
/* Appends hexadecimal digits. */
void dump_hex(dump *out, const uint8_t *bytes, uint32_t size);
void dump_text(dump *out, const char *text);
void dump_int(dump *out, int64_t value);
void dump_float(dump *out, float value);
/* Appends the first `items` fields of a struct, one space between. */
void dump_row(dump *out, const tars_field *fields, uint32_t count, const void *in);

#endif
