/* Rows and messages of the contract as tables: one decoder and one encoder serve them all. The tables and the structs
 * that they describe are generated (firmware/gen). */
#ifndef TARS_ROW_H
#define TARS_ROW_H

#include "tars_cbor.h"
#include "tars_limits.h" /* TARS_LIMIT_FIELDS, TARS_LIMIT_MODULES */

typedef enum {
  TARS_TYPE_BOOL,
  TARS_TYPE_U8,
  TARS_TYPE_U16,
  TARS_TYPE_U32,
  TARS_TYPE_I32,
  TARS_TYPE_I64,
  TARS_TYPE_F32,
  TARS_TYPE_TEXT,
  TARS_TYPE_BYTES,
  TARS_TYPE_VALUE,
  TARS_TYPE_VALUES,
  TARS_TYPE_U32S
} tars_type;

/* List of numbers in a message. */
typedef struct {
  uint8_t count;
  tars_value items[TARS_LIMIT_FIELDS];
} tars_values;

/* List of integers in a message. */
typedef struct {
  uint8_t count;
  uint32_t items[TARS_LIMIT_MODULES];
} tars_u32s;

/* One field: where it lies in its struct and what it may hold. A text that was left out is empty. */
typedef struct {
  uint32_t type : 4;    /* tars_type */
  uint32_t offset : 10; /* in the struct */
  uint32_t limit : 18;  /* most bytes of a text or byte string, most items of a list; of a number: its value if it was
                           left out */
} tars_field;

/* A row: its fields in order. The last `count - required` may be left out, and must be where they equal what that
 * means. */
typedef struct {
  const tars_field *fields;
  uint8_t count, required;
  uint8_t kind; /* of the handle or source that it is; nobody asks for others */
} tars_row;

/* Decodes the `items` fields that follow in `in` into the struct at `out`. 0 or -invalid. */
int tars_row_decode(tars_cbor_reader *in, const tars_row *row, uint32_t items, void *out);
/* Number of fields that are written: all but the trailing ones that are what leaving them out means. */
uint32_t tars_row_items(const tars_row *row, const void *in);
/* Encodes the first `items` of these fields of the struct at `in`. 0, or -invalid if a list or text is longer than its
 * limit. */
int tars_row_encode(tars_cbor_writer *out, const tars_field *fields, uint32_t items, const void *in);

/* A message of the link, the bench or a fleet: the fields of its own, and those of the response to a request. All of
 * them are always there. */
typedef struct {
  const tars_field *fields, *response;
  uint8_t id, count, response_count;
  bool event;
} tars_message;

/* Body of a request or event: an array of its fields. `out` is the message's struct (anything if it has no fields).
 * Decoders return 0 or -invalid; encoders the number of bytes, -too_long, or -invalid. */
int tars_message_decode(const tars_message *message, const uint8_t *body, uint32_t size, void *out);
int tars_message_encode(const tars_message *message, const void *in, uint8_t *body, uint32_t capacity);
/* Body of a response: `[code, ...fields]`; `code` is 0 or a negative error, which has no fields. */
int tars_response_decode(const tars_message *message, const uint8_t *body, uint32_t size, int *code, void *out);
int tars_response_encode(const tars_message *message, int code, const void *in, uint8_t *body, uint32_t capacity);

#endif
