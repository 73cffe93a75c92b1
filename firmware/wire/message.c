/* Bodies of link and bench messages; the rules are in tars_row.h. */
#include "tars_row.h"

#include "tars_errors.h" /* TARS_E_INVALID */

/* Smallest code that a response may carry: the negative of the largest error code that fits a byte. */
enum { CODE_MIN = -255 };

/* The row of a message's fields: none of them may be left out. */
static tars_row whole(const tars_field *fields, uint8_t count) {
  return (tars_row){ .fields = fields, .count = count, .required = count };
}

/* Decodes the fields of a request or event. */
int tars_message_decode(const tars_message *message, const uint8_t *body, uint32_t size, void *out) {
  tars_cbor_reader in = { body, size, 0 };
  const tars_row row = whole(message->fields, message->count);
  uint32_t count;
  int err = tars_cbor_read_array(&in, UINT8_MAX, &count);
  if (!err) err = tars_row_decode(&in, &row, count, out);
  return err ? err : tars_cbor_read_end(&in);
}

/* Encodes the fields of a request or event. */
int tars_message_encode(const tars_message *message, const void *in, uint8_t *body, uint32_t capacity) {
  tars_cbor_writer out = { body, capacity, 0 };
  tars_cbor_write_array(&out, message->count);
  int err = tars_row_encode(&out, message->fields, message->count, in);
  return err ? err : tars_cbor_write_end(&out);
}

/* Decodes the code and, if it is 0, the fields of a response. */
int tars_response_decode(const tars_message *message, const uint8_t *body, uint32_t size, int *code, void *out) {
  tars_cbor_reader in = { body, size, 0 };
  const tars_row row = whole(message->response, message->response_count);
  uint32_t count;
  int64_t value = 0;
  int err = tars_cbor_read_array(&in, UINT8_MAX, &count);
  if (!err && count == 0) err = -TARS_E_INVALID;
  if (!err) err = tars_cbor_read_int(&in, CODE_MIN, 0, &value);
  if (err) return err;
  *code = (int)value;
  if (*code == 0)
    err = tars_row_decode(&in, &row, count - 1, out);
  else if (count != 1)
    err = -TARS_E_INVALID;
  return err ? err : tars_cbor_read_end(&in);
}

/* Encodes a response; `in` is not read if `code` is an error. */
int tars_response_encode(const tars_message *message, int code, const void *in, uint8_t *body, uint32_t capacity) {
  tars_cbor_writer out = { body, capacity, 0 };
  uint32_t count = code ? 0 : message->response_count;
  tars_cbor_write_array(&out, count + 1);
  tars_cbor_write_int(&out, code);
  int err = tars_row_encode(&out, message->response, count, in);
  return err ? err : tars_cbor_write_end(&out);
}
