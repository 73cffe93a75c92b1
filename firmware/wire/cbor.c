/* CBOR reader and writer; the rules are in tars_cbor.h. */
#include "tars_cbor.h"

#include "tars_errors.h" /* TARS_E_INVALID, TARS_E_TOO_LONG */

#include <string.h> /* memcpy */

enum { UINT = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, TAG = 6, SIMPLE = 7 };
enum { FALSE_BYTE = 0xf4, TRUE_BYTE = 0xf5, NULL_VALUE = 22, HALF_BYTE = 0xf9, FLOAT_BYTE = 0xfa, HALF_NAN = 0x7e00 };

/* Big-endian number of `count` bytes. */
static uint64_t number_at(const uint8_t *bytes, uint32_t count) {
  uint64_t number = 0;
  while (count--) number = number << 8 | *bytes++;
  return number;
}

/* Takes `count` bytes; NULL if there are fewer. */
static const uint8_t *take(tars_cbor_reader *in, uint32_t count) {
  if (count > in->size - in->at) return NULL;
  in->at += count;
  return in->bytes + in->at - count;
}

/* Reads the head of an item: major type and argument in shortest form. */
static int read_head(tars_cbor_reader *in, uint8_t *major, uint64_t *argument) {
  static const uint64_t least[] = { 24, 0x100, 0x10000, 0x100000000 };
  const uint8_t *first = take(in, 1);
  if (!first) return -TARS_E_INVALID;
  uint8_t info = *first & 0x1f;
  *major = *first >> 5;
  *argument = info;
  if (info < 24) return 0;
  if (info > 27) return -TARS_E_INVALID; /* reserved, or an indefinite length */
  uint32_t size = 1u << (info - 24);
  const uint8_t *bytes = take(in, size);
  if (!bytes) return -TARS_E_INVALID;
  *argument = number_at(bytes, size);
  return *argument < least[info - 24] ? -TARS_E_INVALID : 0;
}

/* Reads a head of the given major type with an argument of at most `max`. */
static int read_major(tars_cbor_reader *in, uint8_t wanted, uint32_t max, uint32_t *argument) {
  uint8_t major;
  uint64_t wide = 0;
  int err = read_head(in, &major, &wide);
  *argument = (uint32_t)wide;
  if (err) return err;
  return major != wanted || wide > max ? -TARS_E_INVALID : 0;
}

int tars_cbor_read_uint(tars_cbor_reader *in, uint32_t max, uint32_t *value) {
  return read_major(in, UINT, max, value);
}

/* The argument of either major type is refused above 2^63 - 1: the value must fit 64 bits. */
int tars_cbor_read_int(tars_cbor_reader *in, int64_t min, int64_t max, int64_t *value) {
  uint8_t major;
  uint64_t argument;
  int err = read_head(in, &major, &argument);
  if (err) return err;
  if (major > NEGATIVE || argument > INT64_MAX) return -TARS_E_INVALID;
  *value = major == NEGATIVE ? -1 - (int64_t)argument : (int64_t)argument;
  return *value < min || *value > max ? -TARS_E_INVALID : 0;
}

int tars_cbor_read_bool(tars_cbor_reader *in, bool *value) {
  const uint8_t *byte = take(in, 1);
  if (!byte || (*byte != FALSE_BYTE && *byte != TRUE_BYTE)) return -TARS_E_INVALID;
  *value = *byte == TRUE_BYTE;
  return 0;
}

/* A float of 32 bits is refused where a half holds the value, and a NaN other than 0x7e00. */
int tars_cbor_read_float(tars_cbor_reader *in, float *value) {
  const uint8_t *first = take(in, 1), *bytes;
  if (!first) return -TARS_E_INVALID;
  if (*first == HALF_BYTE) {
    if (!(bytes = take(in, 2))) return -TARS_E_INVALID;
    uint16_t half = (uint16_t)number_at(bytes, 2);
    *value = tars_half_to_float(half);
    return *value != *value && half != HALF_NAN ? -TARS_E_INVALID : 0;
  }
  if (*first != FLOAT_BYTE || !(bytes = take(in, 4))) return -TARS_E_INVALID;
  uint32_t bits = (uint32_t)number_at(bytes, 4);
  memcpy(value, &bits, sizeof bits);
  return tars_half_from_float(*value) >= 0 ? -TARS_E_INVALID : 0;
}

int tars_cbor_read_value(tars_cbor_reader *in, tars_value *value) {
  if (in->at < in->size && in->bytes[in->at] >> 5 == SIMPLE) {
    value->type = TARS_VALUE_FLOAT;
    return tars_cbor_read_float(in, &value->f);
  }
  value->type = TARS_VALUE_INT;
  return tars_cbor_read_int(in, INT64_MIN, INT64_MAX, &value->i);
}

/* Length of the UTF-8 character at `text`, 0 if it is malformed, overlong, a surrogate or above U+10FFFF. */
static uint32_t utf8_length(const uint8_t *text, uint32_t left) {
  static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
  uint8_t first = text[0];
  if (first < 0x80) return 1;
  uint32_t length = first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
  if (!length || length > left) return 0;
  uint32_t code = first & (0xffu >> (length + 1));
  for (uint32_t i = 1; i < length; i++) {
    if (text[i] >> 6 != 2) return 0;
    code = code << 6 | (text[i] & 0x3f);
  }
  return code < least[length] || code > 0x10ffff || code >> 11 == 0x1b ? 0 : length;
}

/* Malformed UTF-8 is refused. */
int tars_cbor_read_text(tars_cbor_reader *in, uint32_t max, tars_text *text) {
  uint32_t size;
  int err = read_major(in, TEXT, max < UINT16_MAX ? max : UINT16_MAX, &size);
  if (err) return err;
  const uint8_t *bytes = take(in, size);
  if (!bytes) return -TARS_E_INVALID;
  for (uint32_t at = 0, length; at < size; at += length) {
    if (!(length = utf8_length(bytes + at, size - at))) return -TARS_E_INVALID;
  }
  *text = (tars_text){ (const char *)bytes, (uint16_t)size };
  return 0;
}

int tars_cbor_read_bytes(tars_cbor_reader *in, uint32_t max, tars_bytes *bytes) {
  int err = read_major(in, BYTES, max, &bytes->size);
  if (err) return err;
  bytes->bytes = take(in, bytes->size);
  return bytes->bytes ? 0 : -TARS_E_INVALID;
}

int tars_cbor_read_array(tars_cbor_reader *in, uint32_t max, uint32_t *count) {
  return read_major(in, ARRAY, max, count);
}

int tars_cbor_read_map(tars_cbor_reader *in, uint32_t max, uint32_t *count) { return read_major(in, MAP, max, count); }

int tars_cbor_read_end(const tars_cbor_reader *in) { return in->at == in->size ? 0 : -TARS_E_INVALID; }

/* Stores bytes while they fit, and counts them. */
static void put(tars_cbor_writer *out, const void *bytes, uint32_t count) {
  if (count && out->size <= out->capacity && count <= out->capacity - out->size)
    memcpy(out->bytes + out->size, bytes, count);
  out->size += count;
}

/* Writes the first byte of an item and `count` low bytes of `number`, high byte first. */
static void put_number(tars_cbor_writer *out, uint8_t first, uint64_t number, uint32_t count) {
  uint8_t bytes[9] = { first };
  for (uint32_t i = count; i; i--, number >>= 8) bytes[i] = (uint8_t)number;
  put(out, bytes, count + 1);
}

/* Writes a head in shortest form. */
static void put_head(tars_cbor_writer *out, uint8_t major, uint64_t argument) {
  uint8_t first = (uint8_t)(major << 5);
  if (argument < 24)
    put_number(out, (uint8_t)(first | argument), 0, 0);
  else if (argument < 0x100)
    put_number(out, first | 24, argument, 1);
  else if (argument < 0x10000)
    put_number(out, first | 25, argument, 2);
  else if (argument < 0x100000000)
    put_number(out, first | 26, argument, 4);
  else
    put_number(out, first | 27, argument, 8);
}

void tars_cbor_write_uint(tars_cbor_writer *out, uint64_t value) { put_head(out, UINT, value); }

void tars_cbor_write_int(tars_cbor_writer *out, int64_t value) {
  if (value < 0)
    put_head(out, NEGATIVE, (uint64_t)(-1 - value));
  else
    put_head(out, UINT, (uint64_t)value);
}

void tars_cbor_write_bool(tars_cbor_writer *out, bool value) { put_number(out, value ? TRUE_BYTE : FALSE_BYTE, 0, 0); }

/* Writes a float as a half where that keeps it. */
void tars_cbor_write_float(tars_cbor_writer *out, float value) {
  int32_t half = tars_half_from_float(value);
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if (half >= 0)
    put_number(out, HALF_BYTE, (uint64_t)half, 2);
  else
    put_number(out, FLOAT_BYTE, bits, 4);
}

void tars_cbor_write_value(tars_cbor_writer *out, tars_value value) {
  if (value.type == TARS_VALUE_FLOAT)
    tars_cbor_write_float(out, value.f);
  else
    tars_cbor_write_int(out, value.i);
}

void tars_cbor_write_text(tars_cbor_writer *out, tars_text text) {
  put_head(out, TEXT, text.size);
  put(out, text.text, text.size);
}

void tars_cbor_write_bytes(tars_cbor_writer *out, tars_bytes bytes) {
  put_head(out, BYTES, bytes.size);
  put(out, bytes.bytes, bytes.size);
}

void tars_cbor_write_bytes_head(tars_cbor_writer *out, uint32_t size) { put_head(out, BYTES, size); }

void tars_cbor_write_array(tars_cbor_writer *out, uint32_t count) { put_head(out, ARRAY, count); }

void tars_cbor_write_map(tars_cbor_writer *out, uint32_t count) { put_head(out, MAP, count); }

void tars_cbor_write_tag(tars_cbor_writer *out, uint32_t tag) { put_head(out, TAG, tag); }

void tars_cbor_write_null(tars_cbor_writer *out) { put_head(out, SIMPLE, NULL_VALUE); }

int tars_cbor_write_end(const tars_cbor_writer *out) {
  return out->size > out->capacity ? -TARS_E_TOO_LONG : (int)out->size;
}
