/* The reader of signed documents; the rules are in bundle_form.h. */
#include "bundle_form.h"

#include <string.h> /* memcmp, strlen */

#include "tars_errors.h"

enum { UINT = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, TAG = 6, SIMPLE = 7, NOTHING = 8 };
enum { NULL_ARGUMENT = 22 };

/* Keeps the first error. */
void form_fail(form *in, int code) {
  if (!in->error) in->error = -code;
}

/* Reads a head: its major type, NOTHING after a fault. Floats have no shorter form here: no template has any. */
static uint8_t read_head(form *in, uint64_t *value) {
  static const uint64_t least[] = { 24, 0x100, 0x10000, 0x100000000 };
  *value = 0;
  if (in->error) return NOTHING;
  if (in->at >= in->end) return form_fail(in, TARS_E_TRUNCATED), NOTHING;
  uint8_t major = in->bytes[in->at] >> 5, info = in->bytes[in->at++] & 31;
  if (info < 24) return *value = info, major;
  if (info > 27) return form_fail(in, TARS_E_ENCODING), NOTHING;
  uint32_t size = 1u << (info - 24);
  if (in->end - in->at < size) return form_fail(in, TARS_E_TRUNCATED), NOTHING;
  for (uint32_t i = 0; i < size; i++) *value = *value << 8 | in->bytes[in->at++];
  if (major != SIMPLE && *value < least[info - 24]) return form_fail(in, TARS_E_ENCODING), NOTHING;
  return major;
}

/* Reads the head of an item of this type; its argument. */
static uint64_t expect(form *in, uint8_t major) {
  uint64_t value;
  if (read_head(in, &value) != major) form_fail(in, TARS_E_PROFILE);
  return in->error ? 0 : value;
}

uint64_t form_wide(form *in) { return expect(in, UINT); }

/* Reads the head of an item of this type, whose argument must be `min` to `max`. */
static uint32_t bounded(form *in, uint8_t major, uint32_t min, uint32_t max) {
  uint64_t value = expect(in, major);
  if (value < min || value > max) form_fail(in, TARS_E_PROFILE);
  return in->error ? 0 : (uint32_t)value;
}

uint32_t form_uint(form *in, uint32_t min, uint32_t max) { return bounded(in, UINT, min, max); }

/* CBOR encodes a negative integer n as the number -1 - n. */
void form_literal(form *in, int32_t wanted, int code) {
  uint64_t value;
  uint8_t major = read_head(in, &value);
  if (major != (wanted < 0 ? NEGATIVE : UINT) || value != (uint32_t)(wanted < 0 ? -1 - wanted : wanted))
    form_fail(in, code);
}

/* Null is the one byte f6. Simple value 22 in two bytes is not accepted. */
void form_null(form *in) {
  uint32_t start = in->at;
  if (expect(in, SIMPLE) != NULL_ARGUMENT || in->at - start != 1) form_fail(in, TARS_E_PROFILE);
}

/* Takes the contents of a string whose head has been read. */
static const uint8_t *take(form *in, uint64_t size) {
  if (in->error) return NULL;
  if (size > in->end - in->at) return form_fail(in, TARS_E_TRUNCATED), NULL;
  in->at += (uint32_t)size;
  return in->bytes + in->at - (uint32_t)size;
}

/* A string that is cut short is reported before a length that the template doesn't allow. */
tars_bytes form_bytes(form *in, uint32_t min, uint32_t max) {
  uint64_t size = expect(in, BYTES);
  const uint8_t *bytes = take(in, size);
  if (size < min || size > max) form_fail(in, TARS_E_PROFILE);
  return in->error ? (tars_bytes){ NULL, 0 } : (tars_bytes){ bytes, (uint32_t)size };
}

const uint8_t *form_fixed(form *in, uint32_t size) { return form_bytes(in, size, size).bytes; }

/* UTF-8 is checked before the length, by the CBOR reader of firmware/wire, which reads the same item again. */
tars_text form_text(form *in, uint32_t max) {
  tars_text text = { "", 0 };
  tars_cbor_reader again = { in->bytes, in->end, in->at };
  take(in, expect(in, TEXT));
  if (in->error) return text;
  if (tars_cbor_read_text(&again, UINT16_MAX, &text)) form_fail(in, TARS_E_ENCODING);
  if (text.size > max) form_fail(in, TARS_E_PROFILE);
  return in->error ? (tars_text){ "", 0 } : text;
}

uint32_t form_array(form *in, uint32_t min, uint32_t max) { return bounded(in, ARRAY, min, max); }

void form_tag(form *in, uint32_t tag) {
  if (expect(in, TAG) != tag) form_fail(in, TARS_E_PROFILE);
}

/* Reading is limited to the byte string until form_leave(). */
uint32_t form_enter(form *in, uint32_t max) {
  uint32_t outer = in->end;
  tars_bytes content = form_bytes(in, 0, max);
  if (in->error) return outer;
  in->end = in->at;
  in->at -= content.size;
  return outer;
}

void form_leave(form *in, uint32_t outer) {
  if (in->at < in->end) form_fail(in, TARS_E_TRAILING);
  in->end = outer;
}

/* The number of pairs needs no bound: every pair takes bytes, and reading ends where they end. */
void form_map_begin(form *in, form_map *map) {
  *map = (form_map){ .outer = in->map, .left = expect(in, MAP) };
  in->map = map;
}

/* Compares the next key with the one before by their bytes; a prefix comes before the longer key. */
static int compare_keys(const form *in, const form_map *map, uint32_t start) {
  uint32_t size = in->at - start;
  int order = memcmp(in->bytes + start, in->bytes + map->last, size < map->last_size ? size : map->last_size);
  return order ? order : (size > map->last_size) - (size < map->last_size);
}

/* Reads the next key, unless one has been read that no row of the template has taken yet. */
static void next_key(form *in, form_map *map) {
  uint32_t start = in->at;
  if (in->error || map->waits || !map->left) return;
  uint64_t value;
  uint8_t major = read_head(in, &value);
  if (major == TEXT) {
    in->at = start;
    form_text(in, UINT32_MAX);
  } else if (major > NEGATIVE) {
    form_fail(in, TARS_E_PROFILE);
  }
  if (in->error) return;
  int order = map->last_size ? compare_keys(in, map, start) : 1;
  if (order <= 0) form_fail(in, order ? TARS_E_ENCODING : TARS_E_DUPLICATE_KEY);
  *map = (form_map){ map->outer, map->left - 1, value, start, in->at - start, major, true };
}

/* Takes the key that waits if it is the row's; its value is read next. */
static bool taken(form *in, bool same) {
  bool here = same && in->map->waits && !in->error;
  if (here) in->map->waits = false;
  return here;
}

bool form_has(form *in, int32_t key) {
  next_key(in, in->map);
  return taken(in,
               in->map->major == (key < 0 ? NEGATIVE : UINT) && in->map->value == (uint32_t)(key < 0 ? -1 - key : key));
}

void form_key(form *in, int32_t key) {
  if (!form_has(in, key)) form_fail(in, TARS_E_PROFILE);
}

bool form_has_word(form *in, const char *key) {
  const form_map *map = in->map;
  next_key(in, in->map);
  bool same = map->waits && map->major == TEXT && map->value == strlen(key);
  return taken(in, same && !memcmp(in->bytes + map->last + 1, key, (size_t)map->value));
}

void form_map_end(form *in) {
  next_key(in, in->map);
  if (in->map->waits) form_fail(in, TARS_E_PROFILE);
  in->map = in->map->outer;
}
