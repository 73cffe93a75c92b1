/* CBOR as the contract writes it: shortest form, definite lengths, floats as the shorter of f16 and f32, no f64; tags
 * and null only where signed documents have them. The reader refuses every other spelling. Both work on the caller's
 * bytes; nothing is allocated. */
#ifndef TARS_CBOR_H
#define TARS_CBOR_H

#include "tars.h" /* tars_text, tars_value */

/* Bytes in memory that belongs to somebody else. */
typedef struct {
  const uint8_t *bytes;
  uint32_t size;
} tars_bytes;

/* Reads forward through `size` bytes. After an error the position is undefined. */
typedef struct {
  const uint8_t *bytes;
  uint32_t size, at;
} tars_cbor_reader;

/* Writes forward; `size` counts on past `capacity`, where nothing is stored any more. */
typedef struct {
  uint8_t *bytes;
  uint32_t capacity, size;
} tars_cbor_writer;

/* Readers: 0 or -invalid. Texts and byte strings point into the reader's bytes and have at most `max` bytes; texts are
 * valid UTF-8. Arrays and maps yield their number of items or pairs, at most `max`; the items follow. */
int tars_cbor_read_uint(tars_cbor_reader *in, uint32_t max, uint32_t *value);
int tars_cbor_read_int(tars_cbor_reader *in, int64_t min, int64_t max, int64_t *value);
int tars_cbor_read_bool(tars_cbor_reader *in, bool *value);
int tars_cbor_read_float(tars_cbor_reader *in, float *value);
int tars_cbor_read_value(tars_cbor_reader *in, tars_value *value);
int tars_cbor_read_text(tars_cbor_reader *in, uint32_t max, tars_text *text);
int tars_cbor_read_bytes(tars_cbor_reader *in, uint32_t max, tars_bytes *bytes);
int tars_cbor_read_array(tars_cbor_reader *in, uint32_t max, uint32_t *count);
int tars_cbor_read_map(tars_cbor_reader *in, uint32_t max, uint32_t *count);
/* 0 if all bytes were read, else -invalid. */
int tars_cbor_read_end(const tars_cbor_reader *in);

void tars_cbor_write_uint(tars_cbor_writer *out, uint64_t value);
void tars_cbor_write_int(tars_cbor_writer *out, int64_t value);
void tars_cbor_write_bool(tars_cbor_writer *out, bool value);
/* Any NaN is written as f16 0x7e00. */
void tars_cbor_write_float(tars_cbor_writer *out, float value);
void tars_cbor_write_value(tars_cbor_writer *out, tars_value value);
void tars_cbor_write_text(tars_cbor_writer *out, tars_text text);
void tars_cbor_write_bytes(tars_cbor_writer *out, tars_bytes bytes);
/* Heads alone: the caller writes the contents afterwards. */
void tars_cbor_write_bytes_head(tars_cbor_writer *out, uint32_t size);
void tars_cbor_write_array(tars_cbor_writer *out, uint32_t count);
void tars_cbor_write_map(tars_cbor_writer *out, uint32_t count);
void tars_cbor_write_tag(tars_cbor_writer *out, uint32_t tag);
void tars_cbor_write_null(tars_cbor_writer *out);
/* Number of bytes written, or -too_long if they did not fit. */
int tars_cbor_write_end(const tars_cbor_writer *out);

/* The 16 bits of an IEEE 754 half that holds `value` exactly, or -1 if none does. Any NaN is 0x7e00. */
int32_t tars_half_from_float(float value);
float tars_half_to_float(uint16_t half);

#endif
