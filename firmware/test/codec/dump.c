/* Values as text; the form is in dump.h. */
#include "dump.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint8_t digit(char c) { return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10); }

uint32_t unhex(const char *hex, uint8_t *bytes, uint32_t capacity) {
  uint32_t size = 0;
  for (; hex[0] && hex[1] && size < capacity; hex += 2) bytes[size++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
  return size;
}

void dump_text(dump *out, const char *text) {
  uint32_t left = sizeof out->text - out->size;
  int count = snprintf(out->text + out->size, left, "%s", text);
  out->size += (uint32_t)count < left ? (uint32_t)count : left - 1;
}

void dump_hex(dump *out, const uint8_t *bytes, uint32_t size) {
  char pair[3];
  for (uint32_t i = 0; i < size; i++) {
    snprintf(pair, sizeof pair, "%02x", bytes[i]);
    dump_text(out, pair);
  }
}

void dump_int(dump *out, int64_t value) {
  char text[24];
  snprintf(text, sizeof text, "%" PRId64, value);
  dump_text(out, text);
}

void dump_float(dump *out, float value) {
  char text[12];
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  snprintf(text, sizeof text, "f%08" PRIx32, bits);
  dump_text(out, text);
}

static void dump_value(dump *out, tars_value value) {
  if (value.type == TARS_VALUE_FLOAT)
    dump_float(out, value.f);
  else
    dump_int(out, value.i);
}

/* Appends a list of numbers. */
static void dump_values(dump *out, const tars_values *list) {
  dump_text(out, "[");
  for (uint32_t i = 0; i < list->count; i++) {
    if (i) dump_text(out, " ");
    dump_value(out, list->items[i]);
  }
  dump_text(out, "]");
}

/* Appends a list of integers. */
static void dump_u32s(dump *out, const tars_u32s *list) {
  dump_text(out, "[");
  for (uint32_t i = 0; i < list->count; i++) {
    if (i) dump_text(out, " ");
    dump_int(out, list->items[i]);
  }
  dump_text(out, "]");
}

static void dump_field(dump *out, uint8_t type, const void *at) {
  const tars_text *text = at;
  const tars_bytes *bytes = at;
  switch (type) {
  case TARS_TYPE_BOOL: dump_text(out, *(const bool *)at ? "true" : "false"); break;
  case TARS_TYPE_U8: dump_int(out, *(const uint8_t *)at); break;
  case TARS_TYPE_U16: dump_int(out, *(const uint16_t *)at); break;
  case TARS_TYPE_U32: dump_int(out, *(const uint32_t *)at); break;
  case TARS_TYPE_I32: dump_int(out, *(const int32_t *)at); break;
  case TARS_TYPE_I64: dump_int(out, *(const int64_t *)at); break;
  case TARS_TYPE_F32: dump_float(out, *(const float *)at); break;
  case TARS_TYPE_VALUE: dump_value(out, *(const tars_value *)at); break;
  case TARS_TYPE_VALUES: dump_values(out, at); break;
  case TARS_TYPE_U32S: dump_u32s(out, at); break;
  case TARS_TYPE_TEXT:
    dump_text(out, "'");
    dump_hex(out, (const uint8_t *)text->text, text->size);
    break;
  default: dump_text(out, "#"); dump_hex(out, bytes->bytes, bytes->size);
  }
}

void dump_row(dump *out, const tars_field *fields, uint32_t count, const void *in) {
  for (uint32_t i = 0; i < count; i++) {
    if (i) dump_text(out, " ");
    dump_field(out, fields[i].type, (const uint8_t *)in + fields[i].offset);
  }
}
