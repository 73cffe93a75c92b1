/* Form of signed documents: CBOR in shortest form, matched against a template from the first byte to the last. The
 * first byte that is wrong decides which error stays (`formErrors` in hal/contract/wire/bundle.ts); after it every
 * function yields zeros and moves nothing, so that a template reads as a list of what must follow. */
#ifndef BUNDLE_FORM_H
#define BUNDLE_FORM_H

#include "tars_cbor.h" /* tars_bytes, tars_text */

typedef struct form_map form_map;

/* A reader, which goes forward to `end`: the end of the byte string that was entered last. */
typedef struct {
  const uint8_t *bytes;
  uint32_t end, at;
  int error;     /* 0 or the negative error of the first wrong byte */
  form_map *map; /* the map that was begun last */
} form;

/* A map that is being read: its keys must ascend by their bytes. */
struct form_map {
  form_map *outer;
  uint64_t left;            /* pairs whose key has not been read yet */
  uint64_t value;           /* value of the key that no row has taken yet */
  uint32_t last, last_size; /* bytes of the key before */
  uint8_t major;
  bool waits;
};

/* Notes `code` unless something was wrong before. */
void form_fail(form *in, int code);

/* An unsigned integer of `min` to `max`; of any size. */
uint32_t form_uint(form *in, uint32_t min, uint32_t max);
uint64_t form_wide(form *in);
/* An integer that must be `wanted`; another one is -code. */
void form_literal(form *in, int32_t wanted, int code);
void form_null(form *in);
/* A byte string of `min` to `max` bytes. */
tars_bytes form_bytes(form *in, uint32_t min, uint32_t max);
/* A byte string of exactly `size` bytes; NULL after a fault. */
const uint8_t *form_fixed(form *in, uint32_t size);
/* A text of at most `max` bytes. */
tars_text form_text(form *in, uint32_t max);
/* The head of an array of `min` to `max` items. */
uint32_t form_array(form *in, uint32_t min, uint32_t max);
void form_tag(form *in, uint32_t tag);

/* Enters a byte string of at most `max` bytes that holds one item. Give the result to form_leave, which wants all of
 * the byte string read. */
uint32_t form_enter(form *in, uint32_t max);
void form_leave(form *in, uint32_t outer);

/* A map: its head, then the rows of its template in order, then its end. The value follows the key; of a row that may
 * be left out only if the key is there. */
void form_map_begin(form *in, form_map *map);
void form_key(form *in, int32_t key);
bool form_has(form *in, int32_t key);
bool form_has_word(form *in, const char *key);
void form_map_end(form *in);

#endif
