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

void tars_retain_begin(tars_behaviour *b) {
  tars_retained *entry = b->retained;
  for (uint32_t i = 0; i < tars_state_count(&b->manifest); i++)
    if (tars_state_retain(&b->manifest, i)) (entry++)->hash = tars_state_hash(&b->manifest, i);
}

bool tars_retain_copy(tars_behaviour *b, bool missing) {
  bool changed = false;
  uint8_t at = 0;
  for (uint32_t i = 0; i < tars_state_count(&b->manifest); i++) {
    if (!tars_state_retain(&b->manifest, i)) continue;
    uint64_t bits = tars_state_get(b, i);
    bool own = tars_state_is_own(b, i);
    tars_retained *entry = &b->retained[at++];
    if (entry->kept == own && (missing || !own || entry->bits == bits)) continue;
    entry->kept = own;
    entry->bits = bits;
    changed = true;
  }
  return changed;
}

void tars_retain_apply(tars_behaviour *b) {
  uint8_t at = 0;
  for (uint32_t i = 0; i < tars_state_count(&b->manifest); i++)
    if (tars_state_retain(&b->manifest, i)) {
      const tars_retained *entry = &b->retained[at++];
      if (entry->kept) tars_state_put(b, i, entry->bits);
    }
}

/* Takes over one value if the checkpoint has its hash, which covers name, type and unit; true if that changed it. */
static bool adopt(tars_behaviour *b, uint32_t hash, uint64_t bits) {
  for (uint8_t i = 0; i < b->retained_count; i++) {
    tars_retained *entry = &b->retained[i];
    if (entry->hash != hash || (entry->kept && entry->bits == bits)) continue;
    entry->kept = true;
    entry->bits = bits;
    return true;
  }
  return false;
}

void tars_retain_adopt(tars_behaviour *b, const tars_behaviour *old) {
  for (uint8_t i = 0; i < old->retained_count; i++)
    if (old->retained[i].kept) adopt(b, old->retained[i].hash, old->retained[i].bits);
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

/* Writes the last checkpoint as a record; returns its size. */
static uint32_t encode(const tars_behaviour *b, uint8_t record[TARS_RETAIN_RECORD_MAX]) {
  uint8_t *entry = record;
  for (uint8_t i = 0; i < b->retained_count; i++) {
    if (!b->retained[i].kept) continue;
    for (int k = 0; k < 4; k++) entry[k] = (uint8_t)(b->retained[i].hash >> 8 * k);
    for (int k = 0; k < 8; k++) entry[4 + k] = (uint8_t)(b->retained[i].bits >> 8 * k);
    entry += ENTRY_SIZE;
  }
  return (uint32_t)(entry - record);
}

/* Leaves the checkpoint to the supervisor. */
static void wait(tars_behaviour *b) {
  b->checkpoint_store = CHECKPOINT_WAITS;
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

/* Counts a store of a behaviour. */
static void store_spend(tars_behaviour *b) {
  int64_t now_us = tars_os_now_us();
  b->stats.saves++;
  spend(&b->stores_us, now_us, STORE_US);
  spend(&tars_core.stores_us, now_us, BOARD_STORE_US);
}

bool tars_retain_set(tars_behaviour *b, uint8_t entry, uint64_t bits) {
  if (adopt(b, tars_state_hash(&b->manifest, entry), bits)) wait(b);
  return tars_state_retain(&b->manifest, entry) && b->checkpoint_store != CHECKPOINT_STORED;
}

void tars_retain_complete(tars_behaviour *b) {
  if (tars_retain_copy(b, true)) wait(b);
}

int tars_retain_store(tars_behaviour *b) {
  uint8_t record[TARS_RETAIN_RECORD_MAX];
  uint32_t size = encode(b, record);
  tars_text name = b->manifest.name;
  b->checkpoint_store = CHECKPOINT_STORED;
  if (tars_core.hooks.retain_save == NULL) return 0;
  store_spend(b);
  tars_os_unlock();
  int err = tars_core.hooks.retain_save(name, record, size);
  tars_os_lock();
  if (err && b->checkpoint_store == CHECKPOINT_STORED) b->checkpoint_store = CHECKPOINT_FAILED;
  return err;
}

void tars_retain_checkpoint(tars_behaviour *b) {
  b->checkpoint_wish = CHECKPOINT_NONE;
  if (b->retained_count == 0 || b->instance == NULL) return;
  tars_param_store(b, true); /* the guest may have had no reaction since one was set */
  bool changed = tars_retain_copy(b, false);
  b->checkpoint_us = tars_time_after(tars_os_now_us(), TARS_LIMIT_CHECKPOINT_MS * INT64_C(1000));
  if (!changed && b->checkpoint_store != CHECKPOINT_FAILED) return;
  wait(b);
  if (tars_retain_due(b) > tars_os_now_us()) b->stats.deferred++;
}
