/* The last checkpoint lies in the behaviour's arena: a restart after a fault goes back to it without reading flash, and
 * a trial writes only here until it is committed. */
#include "retain.h"

#include "core.h"
#include "param.h"
#include "state.h"
#include "tars_os.h"

#define ENTRY_SIZE 12

/* Time until a behaviour, and all of them together, have one store more. */
#define STORE_US       (TARS_LIMIT_CHECKPOINT_MS * INT64_C(1000))
#define BOARD_STORE_US (STORE_US / TARS_LIMIT_MODULES)

uint8_t tars_retain_count(const tars_manifest *manifest) {
  uint8_t count = 0;
  for (uint32_t i = 0; i < tars_state_count(manifest); i++) count += tars_state_retain(manifest, i);
  return count;
}

bool tars_retain_copy(tars_behaviour *b) {
  bool changed = false;
  uint8_t at = 0;
  for (uint32_t i = 0; i < tars_state_count(&b->manifest); i++) {
    if (!tars_state_retain(&b->manifest, i)) continue;
    uint64_t bits = tars_state_get(b, i);
    tars_retained *entry = &b->retained[at++];
    changed |= entry->bits != bits;
    *entry = (tars_retained){ .hash = tars_state_hash(&b->manifest, i), .bits = bits };
  }
  return changed;
}

void tars_retain_apply(tars_behaviour *b) {
  uint8_t at = 0;
  for (uint32_t i = 0; i < tars_state_count(&b->manifest); i++)
    if (tars_state_retain(&b->manifest, i)) tars_state_put(b, i, b->retained[at++].bits);
}

/* Takes over one value if the checkpoint has its hash, which covers name, type and unit. */
static void adopt(tars_behaviour *b, uint32_t hash, uint64_t bits) {
  for (uint8_t i = 0; i < b->retained_count; i++)
    if (b->retained[i].hash == hash) b->retained[i].bits = bits;
}

void tars_retain_adopt(tars_behaviour *b, const tars_behaviour *old) {
  for (uint8_t i = 0; i < old->retained_count; i++) adopt(b, old->retained[i].hash, old->retained[i].bits);
}

/* Little-endian number of `size` bytes. */
static uint64_t number_at(const uint8_t *bytes, int size) {
  uint64_t number = 0;
  for (int i = size - 1; i >= 0; i--) number = number << 8 | bytes[i];
  return number;
}

/* A record of another version may lack entries and have others; entries are found by their hash. */
void tars_retain_decode(tars_behaviour *b, const uint8_t *record, uint32_t size) {
  for (uint32_t at = 0; at + ENTRY_SIZE <= size; at += ENTRY_SIZE)
    adopt(b, (uint32_t)number_at(record + at, 4), number_at(record + at + 4, 8));
}

uint32_t tars_retain_encode(const tars_behaviour *b, uint8_t record[TARS_RETAIN_RECORD_MAX]) {
  for (uint8_t i = 0; i < b->retained_count; i++) {
    uint8_t *entry = record + i * ENTRY_SIZE;
    for (int k = 0; k < 4; k++) entry[k] = (uint8_t)(b->retained[i].hash >> 8 * k);
    for (int k = 0; k < 8; k++) entry[4 + k] = (uint8_t)(b->retained[i].bits >> 8 * k);
  }
  return (uint32_t)b->retained_count * ENTRY_SIZE;
}

void tars_retain_checkpoint(tars_behaviour *b, bool always) {
  b->checkpoint_wish = CHECKPOINT_NONE;
  if (b->retained_count == 0 || b->instance == NULL) return;
  tars_param_store(b, true); /* the guest may have had no reaction since one was set */
  bool changed = tars_retain_copy(b);
  b->checkpoint_us = tars_time_after(tars_os_now_us(), TARS_LIMIT_CHECKPOINT_MS * INT64_C(1000));
  if (!changed && (!always || b->checkpoint_store != CHECKPOINT_UNSTORED)) return;
  b->checkpoint_store = CHECKPOINT_WAITS;
  if (tars_retain_due(b) > tars_os_now_us()) b->stats.deferred++;
  tars_os_supervisor_notify();
}

int64_t tars_retain_due(const tars_behaviour *b) {
  if (b->life == LIFE_STOPPED) return 0;
  int64_t own = b->stores_us - (TARS_LIMIT_SAVES - 1) * STORE_US;
  int64_t all = tars_core.stores_us - (TARS_LIMIT_BOARD_SAVES - 1) * BOARD_STORE_US;
  return own > all ? own : all;
}

/* Adds a store to a budget, whose number is the time at which all of them would be paid for. */
static void spend(int64_t *stores_us, int64_t now_us, int64_t price_us) {
  *stores_us = (*stores_us > now_us ? *stores_us : now_us) + price_us;
}

void tars_retain_spend(tars_behaviour *b) {
  int64_t now_us = tars_os_now_us();
  b->stats.saves++;
  spend(&b->stores_us, now_us, STORE_US);
  spend(&tars_core.stores_us, now_us, BOARD_STORE_US);
}
