/* The state table reaches globals by index, and variables in the linear memory by offset. */
#include "state.h"

#include <string.h> /* memcpy: an offset need not be aligned */

#include "param_range.h"

enum { WORD = sizeof(uint64_t) }; /* what get and put take at most */

/* Bytes of the linear memory that an entry names; NULL if they don't lie in it. */
static uint8_t *bytes_of(const tars_behaviour *b, const tars_state_entry *entry) {
  return tars_engine_memory(b->instance, entry->place, entry->size);
}

/* Whether an entry lies in the linear memory. */
static bool in_memory(const tars_state_entry *entry) { return entry->flags & TARS_STATE_MEMORY; }

/* Memory has no types: its words count as integers. */
tars_global_type tars_state_type(const tars_behaviour *b, uint32_t index) {
  const tars_state_entry *entry = &b->manifest.state[index];
  if (!in_memory(entry)) return tars_engine_global_type(b->instance, entry->place);
  return entry->size == sizeof(uint32_t) ? TARS_GLOBAL_I32 : entry->size == WORD ? TARS_GLOBAL_I64 : TARS_GLOBAL_OTHER;
}

/* A global has the size of its type. */
bool tars_state_exists(const tars_behaviour *b, uint32_t index) {
  const tars_state_entry *entry = &b->manifest.state[index];
  if (in_memory(entry)) return bytes_of(b, entry) != NULL;
  tars_global_type type = tars_state_type(b, index);
  return type != TARS_GLOBAL_OTHER && entry->size == (type == TARS_GLOBAL_I64 ? WORD : sizeof(uint32_t));
}

/* Bits of the variable. */
uint64_t tars_state_get(const tars_behaviour *b, uint32_t index) {
  const tars_state_entry *entry = &b->manifest.state[index];
  uint64_t bits = 0;
  if (!in_memory(entry)) return tars_engine_global_get(b->instance, entry->place);
  memcpy(&bits, bytes_of(b, entry), entry->size);
  return bits;
}

/* A guest that can write its parameter, such as one in C, gives it a value of its own by that. */
bool tars_state_is_own(const tars_behaviour *b, uint32_t index) {
  int h = tars_param_of_entry(b, index);
  return h < 0 || b->handles[h].param.own || tars_state_get(b, index) != b->handles[h].param.initial;
}

/* Sets the variable, unless a parameter's range forbids it. */
void tars_state_put(tars_behaviour *b, uint32_t index, uint64_t bits) {
  const tars_state_entry *entry = &b->manifest.state[index];
  int h = tars_param_of_entry(b, index);
  if (h >= 0) {
    if (!tars_param_in_range(&b->manifest.uses[h].param, bits)) return;
    b->handles[h].param.own = true;
  }
  if (in_memory(entry))
    memcpy(bytes_of(b, entry), &bits, entry->size);
  else
    tars_engine_global_set(b->instance, entry->place, bits);
}

/* Copies one variable of the same hash, if it has the same size and type. */
static void entry_copy(tars_behaviour *to, uint32_t i, const tars_behaviour *from, uint32_t j) {
  const tars_state_entry *mine = &to->manifest.state[i], *theirs = &from->manifest.state[j];
  if (mine->size != theirs->size || tars_state_type(to, i) != tars_state_type(from, j)) return;
  if (!tars_state_is_own(from, j)) return;
  if (mine->size <= WORD)
    tars_state_put(to, i, tars_state_get(from, j));
  else
    memcpy(bytes_of(to, mine), bytes_of(from, theirs), mine->size);
}

/* Matches by hash. */
void tars_state_copy(tars_behaviour *to, const tars_behaviour *from) {
  for (uint32_t i = 0; i < tars_state_count(&to->manifest); i++) {
    for (uint32_t j = 0; j < tars_state_count(&from->manifest); j++) {
      if (tars_state_hash(&to->manifest, i) != tars_state_hash(&from->manifest, j)) continue;
      entry_copy(to, i, from, j);
      break;
    }
  }
}
