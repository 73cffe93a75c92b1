/* Power cuts: the device's own code over NOR flash in RAM, cut at every flash operation of an update, of rollbacks and
 * of a change of the root document, then again at every operation of the recovery. The operation is torn: half of a
 * program's bytes and one byte between, half of a sector. After each cut the board must run the old app or the new one,
 * never neither, with the number, the owner, the list of failures and the retained variables that belong to it; and it
 * must still reach the end.
 *
 *   power_cuts [--all]   every cut, every pair of the update and of the change of owner, every 7th by every 7th of the
 *                        rollbacks; without it a sample */
#include "check.h"
#include "fake_core.h"
#include "install_host.h"
#include "nor.h"
#include "tars_errors.h"
#include "tars_link.h"
#include "trust_state.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef TARS_PLANT_COMMIT_EARLY
enum { PLANTED = true };
#else
enum { PLANTED = false };
#endif

enum { OLD_NUMBER = 4, NEW_NUMBER = 5, BACK_NUMBER = 6, RECORD = 12 };

static const maker_app old_app = { 3, { 1, 2, 3 }, { 2000, 6000, 3000 } };
static const maker_app new_app = { 4, { 1, 12, 13, 14 }, { 2000, 14000, 12000, 9000 } };
static const tars_text retainer = { "blink", 5 };

static maker_bytes old_bundle, new_bundle, back_bundle, next_root;
static uint8_t base_old[TARS_BOARD_FLASH_SIZE], base_new[TARS_BOARD_FLASH_SIZE], torn[TARS_BOARD_FLASH_SIZE];
static uint8_t device_key[32], bad_digest[32], old_digest[32], new_digest[32], back_digest[32];
static uint32_t violations, cuts, pairs;

/* One thing to do to a board, from an image on. */
typedef struct {
  const char *name;
  const uint8_t *base;
  uint32_t step;       /* with --all: every so manieth cut has a second one, at every so manieth operation */
  uint32_t stride;     /* without it: every so manieth operation is cut */
  void (*drive)(void); /* does it, or goes on with it after a cut */
  bool (*done)(void);  /* whether it ended as it should */
} scenario;

/* ---- what the board does ---- */

/* The core checkpoints a retained variable; in a trial it keeps that to itself. */
static void core_saves(const char *value) {
  uint8_t record[RECORD] = { 0 };
  memcpy(record, value, strlen(value));
  if (!fake_core.trial) tars_install_retain_save(retainer, record, sizeof record);
}

/* Delivers a detached bundle and all of its modules that are missing; then the trial runs, unless it was refused. */
static void deliver(const maker_bytes *bundle, const maker_app *app) {
  tars_install_answer answer = host_upload(TARS_UPLOAD_BUNDLE, bundle, true, 1);
  if (answer.code || answer.same) return;
  answer = host_app_begin(app, true);
  if (!answer.code) answer.code = host_app_send(app, answer.missing);
  if (!answer.code) host_commit();
}

/* A signed update, from its first byte to the checkpoint after its commit. */
static void drive_update(void) {
  core_saves("old 1");
  if (!fake_core.trial) deliver(&new_bundle, &new_app);
  core_saves(fake_core.trial ? "trial" : "old 1");
  host_wait(2000000);
  if (host_app_runs(&new_app)) core_saves("new 0");
}

/* The same app faults in its trial: the old one comes back. */
static void drive_revert(void) {
  core_saves("old 1");
  if (!fake_core.trial) deliver(&new_bundle, &new_app);
  core_saves(fake_core.trial ? "trial" : "old 1");
  if (fake_core.trial) tars_install_trial_failed(retainer, TARS_E_TRAP, "unreachable");
  host_wait(1000);
}

/* Back on purpose: the old app under a higher number. */
static void drive_back(void) {
  if (!fake_core.trial) deliver(&back_bundle, &old_app);
  host_wait(2000000);
}

/* The next root document, which begins a new epoch. */
static void drive_root(void) { host_upload(TARS_UPLOAD_ROOT, &next_root, true, 1); }

/* ---- what must hold ---- */

/* Tells of the first ones. */
static void violated(const char *what, const char *name, uint32_t cut, int second) {
  if (violations++ < 5 && !PLANTED)
    printf("%s: %s, cut at operation %u and %d of the recovery\n", name, what, (unsigned)cut, second);
}

/* Whether the record is the app's, with this number and digest. */
static bool record_is(const tars_app_record *record, const maker_app *app, uint32_t number, const uint8_t digest[32]) {
  if (record->order.number != number || memcmp(record->order.digest, digest, 32) || record->count != app->count)
    return false;
  for (int i = 0; i < app->count; i++)
    if (record->sizes[i] != app->sizes[i]) return false;
  return true;
}

/* What runs is what is committed, or a trial of something else before it. */
static const char *apps_wrong(const tars_app_record *record) {
  bool is_old = record_is(record, &old_app, OLD_NUMBER, old_digest),
       is_new = record_is(record, &new_app, NEW_NUMBER, new_digest);
  bool is_back = record_is(record, &old_app, BACK_NUMBER, back_digest);
  if (!is_old && !is_new && !is_back) return "the record is neither the old nor the new one";
  const maker_app *committed = is_new ? &new_app : &old_app, *other = is_new ? &old_app : &new_app;
  if (host_app_runs(fake_core.trial ? other : committed)) return NULL;
  return host_app_runs(committed) ? NULL : "what runs is neither the old nor the new app";
}

/* Retained variables are a whole checkpoint of the app that is committed. */
static bool retained_wrong(const tars_app_record *record) {
  uint8_t kept[RECORD + 1] = { 0 };
  int size = tars_install_retain_load(retainer, kept, RECORD);
  bool fits_new = strcmp((char *)kept, "new 0") == 0, fits_old = strncmp((char *)kept, "old ", 4) == 0;
  if (size != RECORD || (!fits_new && !fits_old)) return true;
  return fits_new && record->order.number == OLD_NUMBER;
}

/* All of it, after a boot that went through; NULL if it holds. */
static const char *state_wrong(void) {
  tars_app_record record;
  tars_trust_status status;
  tars_trust_read(&status);
  if (tars_store_app_read(TARS_STORE_APP, &record)) return "there is no record";
  const char *apps = apps_wrong(&record);
  if (apps) return apps;
  if (memcmp(&status.committed, &record.order, sizeof status.committed))
    return "the number is not the one of the record";
  if (!status.owned || (status.root_version != 1 && status.root_version != 2)) return "the owner is gone";
  if (!status.has_key || memcmp(status.public_key, device_key, sizeof device_key)) return "the key has changed";
  if (!tars_trust_failed_has(bad_digest)) return "what failed is forgotten";
  return retained_wrong(&record) ? "retained variables are not those of the app" : NULL;
}

/* Ended with this app under this number. */
static bool ends_with(const maker_app *app, uint32_t number) {
  return host_app_runs(app) && !fake_core.trial && tars_trust.status.committed.number == number;
}

/* The new app, however many cuts there were: a cut is no evidence against it. */
static bool done_update(void) { return ends_with(&new_app, NEW_NUMBER) && !tars_trust_failed_has(new_digest); }
static bool done_revert(void) { return ends_with(&old_app, OLD_NUMBER) && tars_trust_failed_has(new_digest); }
static bool done_back(void) { return ends_with(&old_app, BACK_NUMBER) && !tars_trust_failed_has(back_digest); }
static bool done_root(void) {
  return tars_trust.status.root_version == 2 && tars_trust_root()->epoch == 1 && ends_with(&old_app, OLD_NUMBER);
}

/* ---- cuts ---- */

/* Boots if asked to, then drives; false if the power failed in it. */
static bool survives(const scenario *s, bool boots, uint32_t cut) {
  if (setjmp(nor_power) != 0) return false;
  nor_cut_after(cut);
  if (boots) host_boot();
  s->drive();
  nor_cut_after(UINT32_MAX);
  return true;
}

/* The power is back for good: what must hold holds, and the scenario reaches its end. */
static void check(const scenario *s, uint32_t cut, int second) {
  host_boot();
  const char *wrong = state_wrong();
  if (wrong) violated(wrong, s->name, cut, second);
  s->drive();
  wrong = state_wrong();
  if (wrong)
    violated(wrong, s->name, cut, second);
  else if (!s->done())
    violated("it does not end as it should", s->name, cut, second);
}

/* A second cut in the recovery from the first, at every `step`th of its operations. */
static void recovery_cuts(const scenario *s, uint32_t cut, uint32_t step) {
  nor_snapshot(torn);
  for (uint32_t second = step > 1 ? cut % step : 0;; second += step) {
    nor_restore(torn);
    bool through = survives(s, true, second);
    if (through) return;
    pairs++;
    check(s, cut, (int)second);
    if (PLANTED && violations) return;
  }
}

/* Flash operations of a scenario without a cut. */
static uint32_t operations_count(const scenario *s) {
  nor_restore(s->base);
  host_boot();
  uint32_t before = nor_operations;
  survives(s, false, UINT32_MAX);
  return nor_operations - before;
}

/* The cuts of a scenario, and pairs with every `step`th of them. Its number of flash operations. */
static uint32_t scenario_run(const scenario *s, uint32_t stride, uint32_t step) {
  uint32_t cut = 0, operations = operations_count(s);
  for (; cut < operations; cut += stride) {
    nor_restore(s->base);
    host_boot();
    if (survives(s, false, cut)) violated("an operation was not there", s->name, cut, -1);
    cuts++;
    check(s, cut, -1);
    if (PLANTED && violations) break;
    if (cut / stride % step) continue;
    nor_restore(s->base);
    host_boot();
    survives(s, false, cut);
    recovery_cuts(s, cut, step);
  }
  return operations;
}

/* ---- the boards to begin with ---- */

/* Digest of a bundle's manifest, as the device names it. */
static void digest_of(const maker_bytes *bundle, uint8_t digest[32]) {
  memcpy(digest, bundle->bytes + 13, 32); /* behind the tag, the map, its key, three heads and the digest's own */
}

/* Makes what is sent. */
static void documents_make(void) {
  host_root_make(2, 1, &next_root);
  host_bundle_make(&old_app, 0, OLD_NUMBER, true, &host_release_key, &old_bundle);
  host_bundle_make(&new_app, 0, NEW_NUMBER, true, &host_release_key, &new_bundle);
  host_bundle_make(&old_app, 0, BACK_NUMBER, true, &host_release_key, &back_bundle);
  digest_of(&old_bundle, old_digest);
  digest_of(&new_bundle, new_digest);
  digest_of(&back_bundle, back_digest);
}

/* An owned board with the old app, and the same after the update. */
static void boards_make(void) {
  tars_trust_status status;
  nor_reset();
  host_boot();
  host_own();
  memset(bad_digest, 0xbb, sizeof bad_digest);
  CHECK_EQUAL(tars_trust_failed_add(bad_digest), 0);
  deliver(&old_bundle, &old_app);
  host_wait(2000000);
  core_saves("old 0");
  CHECK(ends_with(&old_app, OLD_NUMBER));
  tars_trust_read(&status);
  memcpy(device_key, status.public_key, sizeof device_key);
  nor_snapshot(base_old);
  drive_update();
  CHECK(ends_with(&new_app, NEW_NUMBER));
  nor_snapshot(base_new);
}

/* All scenarios. */
int main(int argc, char **argv) {
  bool all = argc > 1 && strcmp(argv[1], "--all") == 0;
  const scenario scenarios[] = {
    { "update", base_old, 1, 8, drive_update, done_update },
    { "rollback after a fault", base_old, 7, 12, drive_revert, done_revert },
    { "rollback on purpose", base_new, 7, 8, drive_back, done_back },
    { "change of the root document", base_old, 1, 1, drive_root, done_root },
  };
  documents_make();
  boards_make();
  for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
    clock_t begun = clock();
    uint32_t cuts_before = cuts, pairs_before = pairs,
             operations = all ? scenario_run(&scenarios[i], 1, scenarios[i].step)
                              : scenario_run(&scenarios[i], scenarios[i].stride, 11);
    if (!PLANTED)
      printf("%s: %u flash operations, %u cuts, %u pairs of cuts, %.1f s\n", scenarios[i].name, (unsigned)operations,
             (unsigned)(cuts - cuts_before), (unsigned)(pairs - pairs_before),
             (double)(clock() - begun) / CLOCKS_PER_SEC);
    if (i == 0 && !PLANTED) CHECK(operations >= 150 && (!all || pairs >= 10000));
  }
  if (PLANTED) printf("the planted fault was %s\n", violations ? "caught" : "NOT caught");
  CHECK(PLANTED ? violations > 0 : violations == 0);
  return check_report(PLANTED ? "power_cuts_planted" : "power_cuts");
}
