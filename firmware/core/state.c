/* Entries of the state table name globals by index, or words of the linear memory by offset. */
#include "state.h"

#include <string.h> /* memcpy: an offset need not be aligned */

#include "param_range.h"

/* Address of the word of linear memory that an entry names. */
static uint8_t *word_of(const tars_behaviour *b, uint32_t entry) {
  return tars_engine_memory(b->instance, tars_state_place(&b->manifest, entry), sizeof(uint32_t));
}

tars_global_type tars_state_type(const tars_behaviour *b, uint32_t entry) {
  if (b->manifest.memory) return word_of(b, entry) != NULL ? TARS_GLOBAL_I32 : TARS_GLOBAL_OTHER;
  return tars_engine_global_type(b->instance, tars_state_place(&b->manifest, entry));
}

uint64_t tars_state_get(const tars_behaviour *b, uint32_t entry) {
  uint32_t word;
  if (!b->manifest.memory) return tars_engine_global_get(b->instance, tars_state_place(&b->manifest, entry));
  memcpy(&word, word_of(b, entry), sizeof word);
  return word;
}

void tars_state_put(tars_behaviour *b, uint32_t entry, uint64_t bits) {
  const tars_use_param *param = tars_param_of_entry(b, entry);
  uint32_t word = (uint32_t)bits;
  if (param != NULL && !tars_param_in_range(param, bits)) return;
  if (b->manifest.memory)
    memcpy(word_of(b, entry), &word, sizeof word);
  else
    tars_engine_global_set(b->instance, tars_state_place(&b->manifest, entry), bits);
}

void tars_state_copy(tars_behaviour *to, const tars_behaviour *from) {
  for (uint32_t i = 0; i < tars_state_count(&to->manifest); i++) {
    for (uint32_t j = 0; j < tars_state_count(&from->manifest); j++) {
      if (tars_state_hash(&to->manifest, i) != tars_state_hash(&from->manifest, j)) continue;
      if (tars_state_type(to, i) == tars_state_type(from, j)) tars_state_put(to, i, tars_state_get(from, j));
      break;
    }
  }
}
