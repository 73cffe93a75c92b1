/* The stand-in for the core; see fake_core.h. */
#include "fake_core.h"
#include "check.h"
#include "tars.h"
#include "tars_calls.h"
#include "tars_engine.h" /* whether it borrows */
#include "tars_errors.h"
#include "tars_link.h"
#include "tars_os.h"
#include "tars_sha256.h"

#include <string.h>

fake_core_state fake_core;
uint8_t fake_evidence;
const uint8_t *fake_fatal;
jmp_buf fake_failed;
const bool tars_engine_borrows = false;
static int lock_depth;

void fake_core_reset(void) {
  memset(&fake_core, 0, sizeof fake_core);
  fake_core.status = TARS_STATUS_RUNNING;
  lock_depth = 0;
}

void tars_os_lock(void) { CHECK_EQUAL(lock_depth++, 0); }
void tars_os_unlock(void) { CHECK_EQUAL(--lock_depth, 0); }
void tars_os_supervisor_notify(void) {}

void tars_app_blame(uint8_t what) { fake_core.blamed = what; }
void tars_app_blame_committed(uint8_t what) { fake_core.blamed_committed = what; }

uint8_t tars_os_evidence_take(void) {
  uint8_t what = fake_evidence;
  fake_evidence = 0;
  return what;
}

void fake_app_fails(void) {
  CHECK(fake_core.runs && !fake_core.trial);
  fake_evidence = fake_core.blamed_committed;
}

void fake_trial_fails(void) {
  CHECK(fake_core.trial);
  fake_evidence = fake_core.blamed;
}

/* Reads a module in pieces and compares its digest. */
static int module_load(const tars_module_source *module) {
  uint8_t bytes[100], digest[32];
  tars_sha256 sha;
  tars_sha256_begin(&sha);
  for (uint32_t at = 0; at < module->size; at += sizeof bytes) {
    uint32_t part = module->size - at < sizeof bytes ? module->size - at : sizeof bytes;
    int err = module->read(module->context, at, bytes, part);
    if (err) return err;
    tars_sha256_add(&sha, bytes, part);
  }
  tars_sha256_end(&sha, digest);
  return memcmp(digest, module->digest, sizeof digest) == 0 ? 0 : -TARS_E_DIGEST;
}

/* True if the app that runs has this module. */
static bool is_loaded(const uint8_t *digest) {
  for (int i = 0; fake_core.runs && i < fake_core.running.count; i++)
    if (memcmp(fake_core.running.digests[i], digest, 32) == 0) return true;
  return false;
}

int tars_app_stage(const tars_module_source *modules, int count, char *detail, uint32_t detail_size) {
  (void)detail;
  (void)detail_size;
  CHECK(!fake_core.staged_any && !fake_core.trial);
  if (fake_core.stage_error) return fake_core.stage_error;
  memset(&fake_core.staged, 0, sizeof fake_core.staged);
  for (int i = 0; i < count; i++) {
    bool loaded = is_loaded(modules[i].digest);
    if (!loaded && fake_fatal && memcmp(modules[i].digest, fake_fatal, 32) == 0) {
      fake_evidence = fake_core.blamed;
      longjmp(fake_failed, 1);
    }
    int err = loaded ? 0 : module_load(&modules[i]);
    if (err) return err;
    memcpy(fake_core.staged.digests[i], modules[i].digest, 32);
    fake_core.staged.sizes[i] = modules[i].size;
  }
  fake_core.staged.count = (uint8_t)count;
  fake_core.staged_any = true;
  return 0;
}

void tars_app_unstage(void) { fake_core.staged_any = false; }

int tars_app_swap(uint32_t *gap_us) {
  CHECK(fake_core.staged_any && !fake_core.trial);
  fake_core.frozen = fake_core.running;
  fake_core.running = fake_core.staged;
  fake_core.runs = fake_core.trial = true;
  fake_core.staged_any = false;
  fake_core.swaps++;
  *gap_us = 7;
  return 0;
}

void tars_app_commit(void) {
  CHECK(fake_core.trial);
  fake_core.trial = false;
  fake_core.commits++;
}

void tars_app_revert(void) {
  CHECK(fake_core.trial);
  fake_core.running = fake_core.frozen;
  fake_core.runs = fake_core.frozen.count > 0;
  fake_core.trial = false;
  fake_core.reverts++;
}

/* ---- what of the rest of the core and the port updates ask for; a test may have its own ---- */

#define WEAK __attribute__((weak))

WEAK const uint8_t tars_call_bitmap[TARS_CALL_BITMAP] = { 0xfe, 0xff, 0xff, 0x3f };

WEAK int64_t tars_os_now_us(void) { return 0; }
WEAK int tars_param_keep(void) { return 0; }

/* A different number each time, the same in each run. */
WEAK int tars_os_random(uint8_t *bytes, uint32_t size) {
  static uint32_t state = 1;
  for (uint32_t i = 0; i < size; i++) {
    state = state * 1664525u + 1013904223u;
    bytes[i] = (uint8_t)(state >> 24);
  }
  return 0;
}

/* Counters that a test may set. */
WEAK int tars_behaviour_at(int index, tars_behaviour_info *info) {
  memset(info, 0, sizeof *info);
  if (!fake_core.runs || index >= fake_core.running.count) return -TARS_E_UNKNOWN;
  info->name = (tars_text){ "behaviour", 9 };
  info->status = fake_core.status;
  memcpy(info->digest, fake_core.running.digests[index], sizeof info->digest);
  info->faults = fake_core.faults;
  return 0;
}

WEAK int tars_behaviour_stats_get(tars_text name, tars_behaviour_stats *stats) {
  (void)name;
  *stats = fake_core.stats;
  return 0;
}
