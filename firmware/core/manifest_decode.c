/* Decoder of the manifest, driven by the tables in gen/tars_manifest.c. One spelling only is accepted: keys in
 * ascending order, values that equal their default left out. */
#include "tars_manifest_tables.h"

#include "tars_errors.h" /* TARS_E_* */

#include <string.h> /* memcpy of a pointer from and to its place, memcmp */

/* A decoder's input, and the memory for lists; without memory (NULL) lists are only measured. */
typedef struct {
  tars_cbor_reader in;
  uint8_t *rows;
  uint32_t rows_size, used;
} decoder;

/* Room for an item of any list. */
typedef union {
  tars_use use;
  tars_source source;
  tars_state_entry state;
  tars_text text;
  uint32_t number;
} any_item;

/* Takes 8-aligned memory for a list. */
static void *take_rows(decoder *d, uint32_t size) {
  uint32_t aligned = (size + 7) & ~7u;
  if (aligned > d->rows_size - d->used) return NULL;
  d->used += aligned;
  return d->rows + d->used - aligned;
}

/* Decodes one row `[kind, ...fields]` to `item`, whose first byte is the kind. */
static int read_row(tars_cbor_reader *in, const tars_row *rows, uint8_t row_count, uint8_t *item) {
  uint32_t items, kind;
  int err = tars_cbor_read_array(in, UINT8_MAX, &items);
  if (!err && items == 0) err = -TARS_E_INVALID;
  if (!err) err = tars_cbor_read_uint(in, UINT8_MAX, &kind);
  if (err) return err;
  for (uint8_t i = 0; i < row_count; i++) {
    if (rows[i].kind != kind) continue;
    *item = (uint8_t)kind;
    return tars_row_decode(in, &rows[i], items - 1, item);
  }
  return -TARS_E_INVALID;
}

/* Decodes one entry of the state table. */
static int read_state(tars_cbor_reader *in, void *item) {
  uint32_t items;
  int err = tars_cbor_read_array(in, UINT8_MAX, &items);
  return err ? err : tars_row_decode(in, &tars_manifest_state, items, item);
}

/* Decodes one item of a list. */
static int read_item(tars_cbor_reader *in, uint8_t type, void *item) {
  uint32_t number;
  int err;
  switch ((tars_key_type)type) {
  case TARS_KEY_KINDS: return read_row(in, tars_manifest_kinds, tars_manifest_kind_count, item);
  case TARS_KEY_SOURCES: return read_row(in, tars_manifest_sources, tars_manifest_source_count, item);
  case TARS_KEY_STATES: return read_state(in, item);
  case TARS_KEY_TEXTS: return tars_cbor_read_text(in, TARS_LIMIT_LOG_TEXT, item);
  case TARS_KEY_U16S:
    err = tars_cbor_read_uint(in, UINT16_MAX, &number);
    *(uint16_t *)item = (uint16_t)number;
    return err;
  case TARS_KEY_U8:
  case TARS_KEY_U16:
  case TARS_KEY_U32:
  case TARS_KEY_TEXT: /* no lists */
  case TARS_KEY_U32S: break;
  }
  return tars_cbor_read_uint(in, UINT32_MAX, item);
}

/* Bytes of one item of a list in memory. */
static uint32_t item_size(uint8_t type) {
  switch ((tars_key_type)type) {
  case TARS_KEY_KINDS: return sizeof(tars_use);
  case TARS_KEY_SOURCES: return sizeof(tars_source);
  case TARS_KEY_STATES: return sizeof(tars_state_entry);
  case TARS_KEY_TEXTS: return sizeof(tars_text);
  case TARS_KEY_U16S: return sizeof(uint16_t);
  case TARS_KEY_U8:
  case TARS_KEY_U16:
  case TARS_KEY_U32:
  case TARS_KEY_TEXT: /* no lists */
  case TARS_KEY_U32S: break;
  }
  return sizeof(uint32_t);
}

/* True if a list equals its default, which must be left out instead. */
static bool is_default_list(const tars_key *key, const void *items, uint32_t count) {
  const uint8_t *defaults = (const uint8_t *)&tars_manifest_defaults;
  const void *list;
  memcpy(&list, defaults + key->offset, sizeof list);
  return count == defaults[key->count_offset] && (count == 0 || memcmp(items, list, count * item_size(key->type)) == 0);
}

/* Skips a list and adds up the memory that its items need. */
static int measure_list(decoder *d, const tars_key *key) {
  any_item item;
  uint32_t count;
  int err = tars_cbor_read_array(&d->in, key->max, &count);
  if (!err && count < key->min) err = -TARS_E_INVALID;
  if (err) return err;
  d->used += (count * item_size(key->type) + 7) & ~7u;
  for (uint32_t i = 0; !err && i < count; i++) err = read_item(&d->in, key->type, &item);
  return err;
}

/* Decodes a list into memory of exactly its size. */
static int read_list(decoder *d, const tars_key *key, tars_manifest *out) {
  uint8_t *base = (uint8_t *)out;
  uint32_t count, size = item_size(key->type);
  int err = tars_cbor_read_array(&d->in, key->max, &count);
  if (!err && count < key->min) err = -TARS_E_INVALID;
  if (err) return err;
  uint8_t *items = take_rows(d, count * size);
  if (!items) return -TARS_E_NOMEM;
  for (uint32_t i = 0; i < count; i++) {
    err = read_item(&d->in, key->type, items + i * size);
    if (err) return err;
  }
  if (key->optional && is_default_list(key, items, count)) return -TARS_E_INVALID;
  memcpy(base + key->offset, &items, sizeof items);
  base[key->count_offset] = (uint8_t)count;
  return 0;
}

/* Decodes a number to its place. 0 is what leaving it out means. */
static int read_number(decoder *d, const tars_key *key, void *place) {
  uint32_t number = 0;
  int err = tars_cbor_read_uint(&d->in, key->max, &number);
  if (key->type == TARS_KEY_U8)
    *(uint8_t *)place = (uint8_t)number;
  else if (key->type == TARS_KEY_U16)
    *(uint16_t *)place = (uint16_t)number;
  else
    *(uint32_t *)place = number;
  return !err && key->optional && number == 0 ? -TARS_E_INVALID : err;
}

/* Decodes a text to its place. */
static int read_text(decoder *d, const tars_key *key, tars_text *place) {
  int err = tars_cbor_read_text(&d->in, key->max, place);
  return !err && place->size < key->min ? -TARS_E_INVALID : err;
}

/* Decodes the value of a key. */
static int read_key(decoder *d, const tars_key *key, tars_manifest *out) {
  void *place = (uint8_t *)out + key->offset;
  switch ((tars_key_type)key->type) {
  case TARS_KEY_U8:
  case TARS_KEY_U16:
  case TARS_KEY_U32: return read_number(d, key, place);
  case TARS_KEY_TEXT: return read_text(d, key, place);
  case TARS_KEY_U16S:
  case TARS_KEY_KINDS:
  case TARS_KEY_SOURCES:
  case TARS_KEY_STATES:
  case TARS_KEY_U32S:
  case TARS_KEY_TEXTS: break;
  }
  return d->rows ? read_list(d, key, out) : measure_list(d, key);
}

/* Decodes the pairs of the map; keys without a default must be there. */
static int read_map(decoder *d, tars_manifest *out) {
  uint32_t pairs;
  uint8_t next = 0; /* row of the first key that may still come */
  int err = tars_cbor_read_map(&d->in, UINT8_MAX, &pairs);
  while (!err && pairs--) {
    uint32_t id = 0;
    err = tars_cbor_read_uint(&d->in, UINT8_MAX, &id);
    while (!err && next < tars_manifest_key_count && tars_manifest_keys[next].key != id) {
      if (!tars_manifest_keys[next++].optional) err = -TARS_E_INVALID;
    }
    if (!err && next == tars_manifest_key_count) err = -TARS_E_INVALID;
    if (!err) err = read_key(d, &tars_manifest_keys[next++], out);
    /* A module for another ABI may spell the rest otherwise: say so instead of calling it malformed. */
    if (!err && next == 1 && out->abi != TARS_LIMIT_ABI) err = -TARS_E_ABI;
  }
  for (; !err && next < tars_manifest_key_count; next++) {
    if (!tars_manifest_keys[next].optional) err = -TARS_E_INVALID;
  }
  return err ? err : tars_cbor_read_end(&d->in);
}

int tars_manifest_decode(const uint8_t *bytes, uint32_t size, void *rows, uint32_t rows_size, tars_manifest *out) {
  decoder d = { { bytes, size, 0 }, rows, rows_size, 0 };
  if (size > TARS_LIMIT_MANIFEST) return -TARS_E_MANIFEST;
  *out = tars_manifest_defaults;
  int err = read_map(&d, out);
  out->rows_size = d.used;
  if (!err && rows) err = tars_manifest_check(out);
  return err == -TARS_E_INVALID ? -TARS_E_MANIFEST : err;
}
