/* Decoder and encoder of rows; the rules are in tars_row.h. */
#include "tars_row.h"

#include "tars_errors.h" /* TARS_E_INVALID */

/* Reads a list of numbers. */
static int read_values(tars_cbor_reader *in, uint32_t max, tars_values *list) {
  uint32_t count;
  int err = tars_cbor_read_array(in, max, &count);
  if (err) return err;
  list->count = (uint8_t)count;
  for (uint32_t i = 0; i < count; i++) {
    err = tars_cbor_read_value(in, &list->items[i]);
    if (err) return err;
  }
  return 0;
}

/* Reads a list of integers. */
static int read_u32s(tars_cbor_reader *in, uint32_t max, tars_u32s *list) {
  uint32_t count;
  int err = tars_cbor_read_array(in, max, &count);
  if (err) return err;
  list->count = (uint8_t)count;
  for (uint32_t i = 0; i < count; i++) {
    err = tars_cbor_read_uint(in, UINT32_MAX, &list->items[i]);
    if (err) return err;
  }
  return 0;
}

/* Reads an unsigned integer of 8 or 16 bits. */
static int read_small(tars_cbor_reader *in, uint8_t type, void *at) {
  uint32_t value = 0;
  int err = tars_cbor_read_uint(in, type == TARS_TYPE_U8 ? UINT8_MAX : UINT16_MAX, &value);
  if (type == TARS_TYPE_U8)
    *(uint8_t *)at = (uint8_t)value;
  else
    *(uint16_t *)at = (uint16_t)value;
  return err;
}

/* Reads one field to its place. */
static int read_field(tars_cbor_reader *in, const tars_field *field, void *at) {
  int64_t wide = 0;
  int err;
  switch ((tars_type)field->type) {
  case TARS_TYPE_BOOL: return tars_cbor_read_bool(in, at);
  case TARS_TYPE_U8:
  case TARS_TYPE_U16: return read_small(in, field->type, at);
  case TARS_TYPE_U32: return tars_cbor_read_uint(in, UINT32_MAX, at);
  case TARS_TYPE_I32:
    err = tars_cbor_read_int(in, INT32_MIN, INT32_MAX, &wide);
    *(int32_t *)at = (int32_t)wide;
    return err;
  case TARS_TYPE_F32: return tars_cbor_read_float(in, at);
  case TARS_TYPE_TEXT: return tars_cbor_read_text(in, field->limit, at);
  case TARS_TYPE_BYTES: return tars_cbor_read_bytes(in, field->limit, at);
  case TARS_TYPE_VALUE: return tars_cbor_read_value(in, at);
  case TARS_TYPE_VALUES: return read_values(in, field->limit, at);
  case TARS_TYPE_U32S: return read_u32s(in, field->limit, at);
  case TARS_TYPE_I64: break;
  }
  return tars_cbor_read_int(in, INT64_MIN, INT64_MAX, at);
}

/* Gives a field that was left out its value. The generator lets no field of another type be left out. */
static void set_fallback(const tars_field *field, void *at) {
  switch ((tars_type)field->type) {
  case TARS_TYPE_U8: *(uint8_t *)at = (uint8_t)field->limit; break;
  case TARS_TYPE_U16: *(uint16_t *)at = (uint16_t)field->limit; break;
  case TARS_TYPE_U32: *(uint32_t *)at = field->limit; break;
  case TARS_TYPE_F32: *(float *)at = (float)field->limit; break;
  case TARS_TYPE_TEXT: *(tars_text *)at = (tars_text){ "", 0 }; break;
  case TARS_TYPE_BOOL:
  case TARS_TYPE_I32:
  case TARS_TYPE_I64:
  case TARS_TYPE_BYTES:
  case TARS_TYPE_VALUE:
  case TARS_TYPE_VALUES:
  case TARS_TYPE_U32S: break;
  }
}

/* Whether a field that may be left out has the value that leaving it out means. */
static bool is_fallback(const tars_field *field, const void *at) {
  switch ((tars_type)field->type) {
  case TARS_TYPE_U8: return *(const uint8_t *)at == field->limit;
  case TARS_TYPE_U16: return *(const uint16_t *)at == field->limit;
  case TARS_TYPE_U32: return *(const uint32_t *)at == field->limit;
  case TARS_TYPE_F32: return *(const float *)at == (float)field->limit;
  case TARS_TYPE_TEXT: return ((const tars_text *)at)->size == 0;
  case TARS_TYPE_BOOL:
  case TARS_TYPE_I32:
  case TARS_TYPE_I64:
  case TARS_TYPE_BYTES:
  case TARS_TYPE_VALUE:
  case TARS_TYPE_VALUES:
  case TARS_TYPE_U32S: break;
  }
  return false;
}

/* Decodes `items` fields; the others are what leaving them out means. */
int tars_row_decode(tars_cbor_reader *in, const tars_row *row, uint32_t items, void *out) {
  uint8_t *base = out;
  if (items < row->required || items > row->count) return -TARS_E_INVALID;
  for (uint32_t i = 0; i < items; i++) {
    int err = read_field(in, &row->fields[i], base + row->fields[i].offset);
    if (err) return err;
  }
  for (uint32_t i = items; i < row->count; i++) set_fallback(&row->fields[i], base + row->fields[i].offset);
  return tars_row_items(row, out) == items ? 0 : -TARS_E_INVALID;
}

/* Number of fields without the trailing ones that say nothing. */
uint32_t tars_row_items(const tars_row *row, const void *in) {
  const uint8_t *base = in;
  uint32_t items = row->count;
  while (items > row->required && is_fallback(&row->fields[items - 1], base + row->fields[items - 1].offset)) items--;
  return items;
}

/* Writes a list of numbers. */
static int write_values(tars_cbor_writer *out, uint32_t max, const tars_values *list) {
  if (list->count > max) return -TARS_E_INVALID;
  tars_cbor_write_array(out, list->count);
  for (uint32_t i = 0; i < list->count; i++) tars_cbor_write_value(out, list->items[i]);
  return 0;
}

/* Writes a list of integers. */
static int write_u32s(tars_cbor_writer *out, uint32_t max, const tars_u32s *list) {
  if (list->count > max) return -TARS_E_INVALID;
  tars_cbor_write_array(out, list->count);
  for (uint32_t i = 0; i < list->count; i++) tars_cbor_write_uint(out, list->items[i]);
  return 0;
}

/* Writes a text or byte string of at most the field's length. */
static int write_string(tars_cbor_writer *out, const tars_field *field, const void *at) {
  const tars_text *text = at;
  const tars_bytes *bytes = at;
  if ((field->type == TARS_TYPE_TEXT ? text->size : bytes->size) > field->limit) return -TARS_E_INVALID;
  if (field->type == TARS_TYPE_TEXT)
    tars_cbor_write_text(out, *text);
  else
    tars_cbor_write_bytes(out, *bytes);
  return 0;
}

/* Writes one field. */
static int write_field(tars_cbor_writer *out, const tars_field *field, const void *at) {
  switch ((tars_type)field->type) {
  case TARS_TYPE_BOOL: tars_cbor_write_bool(out, *(const bool *)at); return 0;
  case TARS_TYPE_U8: tars_cbor_write_uint(out, *(const uint8_t *)at); return 0;
  case TARS_TYPE_U16: tars_cbor_write_uint(out, *(const uint16_t *)at); return 0;
  case TARS_TYPE_U32: tars_cbor_write_uint(out, *(const uint32_t *)at); return 0;
  case TARS_TYPE_I32: tars_cbor_write_int(out, *(const int32_t *)at); return 0;
  case TARS_TYPE_I64: tars_cbor_write_int(out, *(const int64_t *)at); return 0;
  case TARS_TYPE_F32: tars_cbor_write_float(out, *(const float *)at); return 0;
  case TARS_TYPE_VALUE: tars_cbor_write_value(out, *(const tars_value *)at); return 0;
  case TARS_TYPE_VALUES: return write_values(out, field->limit, at);
  case TARS_TYPE_U32S: return write_u32s(out, field->limit, at);
  case TARS_TYPE_TEXT:
  case TARS_TYPE_BYTES: break;
  }
  return write_string(out, field, at);
}

/* Encodes the first `items` fields. */
int tars_row_encode(tars_cbor_writer *out, const tars_field *fields, uint32_t items, const void *in) {
  const uint8_t *base = in;
  for (uint32_t i = 0; i < items; i++) {
    int err = write_field(out, &fields[i], base + fields[i].offset);
    if (err) return err;
  }
  return 0;
}
