/* The reader of signed documents; the rules are in bundle_form.h. */
#include "bundle_form.h"

#include <string.h> /* memcmp, strlen */

#include "tars_errors.h"

enum { UINT = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, TAG = 6, SIMPLE = 7, NOTHING = 8 };
enum { NULL_ARGUMENT = 22 };

/* First byte of an item with what it says. */
typedef struct {
  uint8_t major;
  uint64_t value;
} head;

/* The first fault stays. */
void form_fail(form *in, int code) {
  if (!in->error) in->error = -code;
}

/* Reads a head; NOTHING after a fault. Floats have no shorter form here: no template has any. */
static head read_head(form *in) {
  static const uint64_t least[] = {24, 0x100, 0x10000, 0x100000000};
  const head nothing = {NOTHING, 0};
  if (in->error) return nothing;
  if (in->at >= in->end) return form_fail(in, TARS_E_TRUNCATED), nothing;
  uint8_t first = in->bytes[in->at++], info = first & 31;
  head found = {first >> 5, info};
  if (info < 24) return found;
  if (info > 27) return form_fail(in, TARS_E_ENCODING), nothing;
  uint32_t size = 1u << (info - 24);
  if (in->end - in->at < size) return form_fail(in, TARS_E_TRUNCATED), nothing;
  found.value = 0;
  for (uint32_t i = 0; i < size; i++) found.value = found.value << 8 | in->bytes[in->at++];
  if (found.major != SIMPLE && found.value < least[info - 24]) return form_fail(in, TARS_E_ENCODING), nothing;
  return found;
}

/* Reads the head of an item of this type; its argument. */
static uint64_t expect(form *in, uint8_t major) {
  head found = read_head(in);
  if (found.major != major) form_fail(in, TARS_E_PROFILE);
  return in->error ? 0 : found.value;
}

/* Bounds of an integer are the template's. */
uint64_t form_uint(form *in, uint64_t min, uint64_t max) {
  uint64_t value = expect(in, UINT);
  if (value < min || value > max) form_fail(in, TARS_E_PROFILE);
  return in->error ? 0 : value;
}

/* A negative integer n is spelled as the number -1 - n. */
void form_literal(form *in, int32_t wanted, int code) {
  head found = read_head(in);
  uint64_t value = wanted < 0 ? (uint64_t)(-1 - wanted) : (uint64_t)wanted;
  if (found.major != (wanted < 0 ? NEGATIVE : UINT) || found.value != value) form_fail(in, code);
}

/* Null has one spelling; simple value 22 in a byte of its own is another item. */
void form_null(form *in) {
  uint32_t start = in->at;
  head found = read_head(in);
  if (found.major != SIMPLE || found.value != NULL_ARGUMENT || in->at - start != 1) form_fail(in, TARS_E_PROFILE);
}

/* Takes the content of a string whose head was read. */
static const uint8_t *take(form *in, uint64_t size) {
  if (in->error) return NULL;
  if (size > in->end - in->at) return form_fail(in, TARS_E_TRUNCATED), NULL;
  in->at += (uint32_t)size;
  return in->bytes + in->at - (uint32_t)size;
}

/* What is cut short is told before a length that the template doesn't allow. */
tars_bytes form_bytes(form *in, uint32_t min, uint32_t max) {
  uint64_t size = expect(in, BYTES);
  const uint8_t *bytes = take(in, size);
  if (size < min || size > max) form_fail(in, TARS_E_PROFILE);
  return in->error ? (tars_bytes){NULL, 0} : (tars_bytes){bytes, (uint32_t)size};
}

/* UTF-8 is judged before the length; the judge is the core's reader, which sees the same bytes again. */
tars_text form_text(form *in, uint32_t max) {
  tars_text text = {"", 0};
  tars_cbor_reader again = {in->bytes, in->end, in->at};
  take(in, expect(in, TEXT));
  if (in->error) return text;
  if (tars_cbor_read_text(&again, UINT16_MAX, &text)) form_fail(in, TARS_E_ENCODING);
  if (text.size > max) form_fail(in, TARS_E_PROFILE);
  return in->error ? (tars_text){"", 0} : text;
}

/* The items follow. */
uint32_t form_array(form *in, uint32_t min, uint32_t max) {
  uint64_t count = expect(in, ARRAY);
  if (count < min || count > max) form_fail(in, TARS_E_PROFILE);
  return in->error ? 0 : (uint32_t)count;
}

/* The tagged item follows. */
void form_tag(form *in, uint32_t tag) {
  if (expect(in, TAG) != tag) form_fail(in, TARS_E_PROFILE);
}

/* The end moves to that of the byte string. */
uint32_t form_enter(form *in, uint32_t max) {
  uint32_t outer = in->end;
  tars_bytes content = form_bytes(in, 0, max);
  if (in->error) return outer;
  in->end = in->at;
  in->at -= content.size;
  return outer;
}

/* The end moves back. */
void form_leave(form *in, uint32_t outer) {
  if (in->at < in->end) form_fail(in, TARS_E_TRAILING);
  in->end = outer;
}

/* The number of pairs is believed only as far as there are bytes. */
form_map form_map_begin(form *in) {
  return (form_map){.left = expect(in, MAP)};
}

/* Order of two keys by their bytes; a beginning comes before the longer one. */
static int compare_keys(const form *in, const form_map *map, uint32_t start) {
  uint32_t size = in->at - start;
  int order = memcmp(in->bytes + start, in->bytes + map->last, size < map->last_size ? size : map->last_size);
  return order ? order : (size > map->last_size) - (size < map->last_size);
}

/* Reads the next key, unless one still waits for its row. */
static void next_key(form *in, form_map *map) {
  uint32_t start = in->at;
  if (in->error || map->waits || !map->left) return;
  head found = read_head(in);
  if (found.major == TEXT) {
    in->at = start;
    form_text(in, UINT32_MAX);
  } else if (found.major > NEGATIVE) {
    form_fail(in, TARS_E_PROFILE);
  }
  if (in->error) return;
  int order = map->last_size ? compare_keys(in, map, start) : 1;
  if (order <= 0) form_fail(in, order ? TARS_E_ENCODING : TARS_E_DUPLICATE_KEY);
  *map = (form_map){map->left - 1, found.value, start, in->at - start, found.major, true};
}

/* Whether the waiting key is the row's; a row that must be there and isn't is a fault. */
static bool settle(form *in, form_map *map, bool same, bool optional) {
  bool here = map->waits && same && !in->error;
  if (here) map->waits = false;
  else if (!optional) form_fail(in, TARS_E_PROFILE);
  return here;
}

/* A row with an integer as key. */
bool form_map_key(form *in, form_map *map, int32_t key, bool optional) {
  next_key(in, map);
  uint64_t value = key < 0 ? (uint64_t)(-1 - key) : (uint64_t)key;
  return settle(in, map, map->major == (key < 0 ? NEGATIVE : UINT) && map->value == value, optional);
}

/* A row with a text of less than 24 bytes as key. */
bool form_map_word(form *in, form_map *map, const char *key, bool optional) {
  next_key(in, map);
  bool same = map->waits && map->major == TEXT && map->value == strlen(key);
  return settle(in, map, same && !memcmp(in->bytes + map->last + 1, key, (size_t)map->value), optional);
}

/* No pair is left. */
void form_map_end(form *in, form_map *map) {
  next_key(in, map);
  if (map->waits) form_fail(in, TARS_E_PROFILE);
}
