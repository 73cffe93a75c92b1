/* Mutations of CBOR; see mutate.h. */
#include "mutate.h"

#include "tars_cbor.h"

#include <string.h>

enum { ITEMS = 600, DEPTH = 8, SCRATCH = 4096, KEPT = 400 };

/* An item: where it is, the size of its head and of all of it, and the item that holds it. */
typedef struct {
  uint32_t at, head, size, parent;
  uint8_t major;
  uint64_t argument;
} item;

/* All items of an input in their order. */
typedef struct {
  const uint8_t *data;
  uint32_t size, count;
  item items[ITEMS];
} tree;

uint32_t mutate_random(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

/* Reads a head; false if it is cut short or indefinite. */
static bool read_head(const tree *t, item *i) {
  if (i->at >= t->size) return false;
  uint8_t info = t->data[i->at] & 31;
  uint32_t more = info < 24 ? 0 : info < 28 ? 1u << (info - 24) : UINT32_MAX;
  if (more > t->size - i->at - 1) return false;
  i->major = t->data[i->at] >> 5;
  i->head = 1 + more;
  i->argument = more ? 0 : info;
  for (uint32_t k = 1; k <= more; k++) i->argument = i->argument << 8 | t->data[i->at + k];
  return true;
}

/* Number of items that follow as the item's children; UINT32_MAX if they can't be. */
static uint32_t children(const tree *t, const item *i) {
  if (i->major == 6) return 1;
  if (i->major != 4 && i->major != 5) return 0;
  return i->argument > t->size ? UINT32_MAX : (uint32_t)i->argument * (i->major == 5 ? 2 : 1);
}

/* Parses the item at `at` and all that it holds; returns its size, 0 if it is malformed. */
static uint32_t parse(tree *t, uint32_t at, uint32_t parent, int depth) {
  uint32_t self = t->count;
  item i = { .at = at, .parent = parent };
  if (self == ITEMS || depth > DEPTH || !read_head(t, &i)) return 0;
  t->items[t->count++] = i;
  uint32_t end = at + i.head, count = children(t, &i);
  if (count == UINT32_MAX) return 0;
  if (i.major == 2 || i.major == 3) {
    if (i.argument > t->size - end) return 0;
    end += (uint32_t)i.argument;
  }
  while (count--) {
    uint32_t size = parse(t, end, self, depth + 1);
    if (!size) return 0;
    end += size;
  }
  t->items[self].size = end - at;
  return end - at;
}

/* Puts `inserted` bytes in the place of `removed` bytes; returns the new size, 0 if it doesn't fit. */
static size_t splice(uint8_t *data, size_t size, size_t capacity, uint32_t at, uint32_t removed, const uint8_t *bytes,
                     uint32_t inserted) {
  if (size - removed + inserted > capacity) return 0;
  memmove(data + at + inserted, data + at + removed, size - at - removed);
  memcpy(data + at, bytes, inserted);
  return size - removed + inserted;
}

/* Replaces the head of an item by the shortest head of another argument. */
static size_t set_head(uint8_t *data, size_t size, size_t capacity, const item *i, uint64_t argument) {
  uint8_t head[9];
  tars_cbor_writer out = { head, sizeof head, 0 };
  tars_cbor_write_uint(&out, argument);
  head[0] = (uint8_t)(head[0] | i->major << 5);
  return splice(data, size, capacity, i->at, i->head, head, out.size);
}

/* Changes an integer to one nearby, or to one at the edge of a type. */
static size_t change_integer(uint8_t *data, size_t size, size_t capacity, const item *i, uint32_t *random) {
  uint32_t pick = mutate_random(random) % 4, bits = mutate_random(random);
  item changed = *i;
  if (pick == 0) return set_head(data, size, capacity, i, i->argument + 1);
  if (pick == 1) return set_head(data, size, capacity, i, i->argument - 1);
  if (pick == 2) changed.major ^= mutate_random(random) % 8 == 0;
  return set_head(data, size, capacity, &changed, pick == 2 ? bits % 32 : bits >> bits % 32);
}

/* Changes a float or bool to another one, or to an integer. */
static size_t change_simple(uint8_t *data, size_t size, size_t capacity, const item *i, uint32_t *random) {
  static const float floats[] = { 0, -1, 1, 0.5f, 0.1f, 50, 100, 101, -1e30f, 65504, 65536 };
  uint8_t bytes[9];
  tars_cbor_writer out = { bytes, sizeof bytes, 0 };
  uint32_t pick = mutate_random(random) % 16;
  if (pick < sizeof floats / sizeof floats[0])
    tars_cbor_write_float(&out, floats[pick]);
  else if (pick == 11)
    tars_cbor_write_int(&out, -5);
  else
    tars_cbor_write_bool(&out, pick & 1);
  return splice(data, size, capacity, i->at, i->size, bytes, out.size);
}

/* Changes the length of a text or byte string: its content is repeated or cut. */
static size_t change_string(uint8_t *data, size_t size, size_t capacity, const item *i, uint32_t *random) {
  uint8_t bytes[300];
  tars_cbor_writer out = { bytes, sizeof bytes, 0 };
  uint32_t length = mutate_random(random) % (mutate_random(random) % 4 ? 8 : 280);
  tars_cbor_write_uint(&out, length);
  bytes[0] = (uint8_t)(bytes[0] | i->major << 5);
  for (uint32_t k = 0; k < length; k++)
    bytes[out.size++] = i->argument ? data[i->at + i->head + k % (uint32_t)i->argument] : 'a';
  return splice(data, size, capacity, i->at, i->size, bytes, out.size);
}

/* Copies an item of an array into it, or takes one out. */
static size_t change_array(uint8_t *data, size_t size, size_t capacity, const tree *t, uint32_t child,
                           uint32_t *random) {
  static uint8_t copy[SCRATCH];
  const item *i = &t->items[child], *array = &t->items[i->parent];
  bool more = mutate_random(random) % 2;
  if (array->major != 4 || i->size > SCRATCH) return 0;
  memcpy(copy, data + i->at, i->size);
  size = splice(data, size, capacity, i->at, more ? 0 : i->size, copy, more ? i->size : 0);
  return size ? set_head(data, size, capacity, array, array->argument + (more ? 1 : -1)) : 0;
}

static size_t copy_item(uint8_t *data, size_t size, size_t capacity, const item *to, const item *from) {
  static uint8_t copy[SCRATCH];
  if (from->size > SCRATCH) return 0;
  memcpy(copy, data + from->at, from->size);
  return splice(data, size, capacity, to->at, to->size, copy, from->size);
}

/* Changes one item; 0 if nothing can be changed about it, or the change doesn't fit. */
static size_t change_item(uint8_t *data, size_t size, size_t capacity, const tree *t, uint32_t *random) {
  uint32_t pick = mutate_random(random) % t->count;
  const item *i = &t->items[pick];
  uint32_t way = mutate_random(random) % 8;
  if (way == 0) return copy_item(data, size, capacity, i, &t->items[mutate_random(random) % t->count]);
  if (way == 1 && pick) return change_array(data, size, capacity, t, pick, random);
  switch (i->major) {
  case 0:
  case 1: return change_integer(data, size, capacity, i, random);
  case 2:
  case 3: return change_string(data, size, capacity, i, random);
  case 7: return change_simple(data, size, capacity, i, random);
  default: return 0;
  }
}

/* Tries items until one can be changed. */
size_t mutate_cbor(uint8_t *data, size_t size, size_t capacity, uint32_t *random) {
  enum { TRIES = 8 };
  static tree t;
  t = (tree){ .data = data, .size = (uint32_t)size };
  if (parse(&t, 0, 0, 0) != size) return 0;
  size_t changed = 0;
  for (int i = 0; i < TRIES && !changed; i++) changed = change_item(data, size, capacity, &t, random);
  return changed;
}

static struct {
  size_t size;
  uint8_t bytes[SCRATCH];
} kept[KEPT];
static uint32_t kept_count, recalled = KEPT;

/* Keeps an accepted input. One that was made from a kept input replaces it, so that the descendants of one input never
 * fill all places. */
void mutate_keep(const uint8_t *data, size_t size) {
  uint32_t place = recalled < KEPT ? recalled : kept_count;
  recalled = KEPT;
  if (size > SCRATCH || place == KEPT) return;
  if (place == kept_count) kept_count++;
  kept[place].size = size;
  memcpy(kept[place].bytes, data, size);
}

/* Copies one of the kept inputs; returns its size, 0 if it doesn't fit. */
static size_t recall(uint8_t *data, size_t capacity, uint32_t *random) {
  uint32_t place = kept_count ? mutate_random(random) % kept_count : 0;
  if (kept[place].size == 0 || kept[place].size > capacity) return 0;
  recalled = place;
  memcpy(data, kept[place].bytes, kept[place].size);
  return kept[place].size;
}

size_t mutate_input(uint8_t *data, size_t size, size_t capacity, uint32_t seed, size_t head) {
  uint32_t random = seed | 1, way = mutate_random(&random) % 4;
  recalled = KEPT;
  size_t base = way >= 2 ? recall(data, capacity, &random) : 0;
  if (base == 0) base = size;
  size_t changed = way >= 1 && base > head ? mutate_cbor(data + head, base - head, capacity - head, &random) : 0;
  return changed ? changed + head : LLVMFuzzerMutate(data, base, capacity);
}
