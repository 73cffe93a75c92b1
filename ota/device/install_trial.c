/* Staging, trial, commit and revert, and the start of the board, which is a trial that a power cut may have
 * interrupted. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_os.h"     /* evidence */
#include "trust_state.h" /* number that is committed, bundles that failed */

#include <string.h>

enum {
  /* failures of the board with evidence against an app that end its trial, or keep a board from starting it */
  FAILURES_MAX = 2,
  REBOOTS_MAX = 10, /* without evidence, this reboot in a trial ends it */
  /* so long after its window a healthy trial waits for the connection, because brokers restart */
  WAY_BACK_WAIT_US = 60000000,
  WAY_BACK_LOOK_US = 100000, /* time between two looks */
};

/* True if staging won't read this module: it runs, and lies neither in RAM nor in the store. */
static bool runs_only(const install_place *place, uint32_t size) {
  return !place->ram && tars_install_runs(place->digest) &&
         !(tars_install.mounted && tars_store_module_has(place->digest, size));
}

/* Verifies and stages an app. Nothing that runs changes. If the board fails meanwhile, it is evidence against the app:
 * what is counted then is counted at the next boot, so a loss of power counts nothing. */
static int app_stage(const tars_app_record *app, install_evidence evidence) {
  tars_module_source sources[TARS_LIMIT_MODULES];
  install_place places[TARS_LIMIT_MODULES];
  int first = 0; /* first error; all modules are verified, so that the next install asks for all that are corrupt */
  memset(sources, 0, sizeof sources);
  for (int i = 0; i < app->count; i++) {
    places[i] = tars_place_of(app, i);
    memcpy(sources[i].digest, app->digests[i], TARS_DIGEST);
    sources[i].size = app->sizes[i];
    sources[i].read = tars_place_read;
    sources[i].context = &places[i];
    int err = runs_only(&places[i], app->sizes[i]) ? 0 : tars_place_verify(&places[i], app->sizes[i], NULL);
    if (err) tars_install_note("module %d of the app: %s", i, tars_error_name(err));
    first = first ? first : err;
  }
  if (first) return first;
  tars_app_blame((uint8_t)evidence);
  int err = tars_app_stage(sources, app->count, tars_install.detail, sizeof tars_install.detail);
  if (err) tars_install_refusal_note(err);
  return err;
}

/* Sets the window of a trial. A host confirms once the window has passed, and has limits.health_ms for that. */
static void windows_set(const tars_app_record *app) {
  uint32_t health_ms = app->health_ms;
  if (!app->unattended) health_ms += TARS_LIMIT_HEALTH_MS;
  tars_install.deadline_us = tars_install.now_us + (int64_t)health_ms * 1000;
  tars_install.patience_us = tars_install.deadline_us + WAY_BACK_WAIT_US;
}

/* Swaps to the staged app, whose trial begins. */
static int staged_swap(const tars_app_record *app, bool stored, uint32_t *gap_us) {
  int err = tars_app_swap(gap_us);
  if (err) {
    tars_app_unstage();
    return err;
  }
  tars_install.old_stored = tars_install.stored;
  tars_install.app = *app;
  tars_install.stored = stored;
  tars_install.store = stored;
  tars_install.phase = INSTALL_TRIAL;
  windows_set(app);
  tars_health_begin();
  tars_trust_trial_set(app->order.number ? app->order.digest : NULL);
  tars_install_phase(TARS_PHASE_TRIAL, app, 0);
  return 0;
}

/* Removes the record of a trial that is over. If that fails, the record does no harm: it names the committed app, or
 * a failed one that is reverted again. */
static void next_remove(void) {
  if (tars_install.store && tars_store_next_remove())
    tars_install_note("the record of the trial can't be removed; the next boot tries again");
}

/* The record is written before the app is staged: if the board fails in between, the next boot knows what it did. */
static int received_start(uint32_t *gap_us) {
  tars_app_record app = tars_install.app;
  bool store = tars_install.store;
  int err = store ? tars_store_app_write(TARS_STORE_NEXT, &app) : 0;
  if (err) return err;
  err = app_stage(&app, store ? EVIDENCE_TRIAL : EVIDENCE_DEV);
  if (!err) tars_install_phase(TARS_PHASE_STAGED, &app, 0);
  if (!err) err = staged_swap(&app, store, gap_us);
  if (err) next_remove();
  return err;
}

int tars_trial_start(uint32_t *gap_us) {
  int err = received_start(gap_us);
  if (err) tars_install_phase(tars_install_phase_of(err, TARS_PHASE_TRIAL), &tars_install.app, err);
  return err;
}

/* The new app stays. Until its window is over, which begins with its trial or with the boot that starts it, a failure
 * is evidence of `evidence`. */
static void app_commit(install_evidence evidence) {
  tars_app_blame_committed((uint8_t)evidence);
  tars_app_commit();
}

/* The host has confirmed: the new app stays. */
int tars_trial_confirm(void) {
  bool store = tars_install.store;
  if (tars_install.phase != INSTALL_TRIAL) return tars_install_absent();
  tars_install.app.failures = 0;
  int err = store ? tars_store_app_write(TARS_STORE_APP, &tars_install.app) : 0;
  if (err) return err;
  next_remove();
  tars_install.phase = INSTALL_IDLE;
  app_commit(store ? EVIDENCE_APP : EVIDENCE_DEV);
  tars_trust_trial_set(NULL);
  if (store) {
    tars_install.app_error = 0;
    tars_trust_committed_set(&tars_install.app.order);
  }
  tars_install_phase(TARS_PHASE_COMMITTED, &tars_install.app, 0);
  if (store && tars_install_sweep()) tars_install_note("modules that nobody needs can't be removed");
  return 0;
}

/* Remembers that a bundle failed. */
static void failed_note(const tars_app_record *app) {
  if (app->order.number && tars_trust_failed_add(app->order.digest))
    tars_install_note("the bundle that failed can't be written down; the next reset forgets it");
}

/* Tells a person why a trial is over. */
static void ended_note(int code, tars_text behaviour) {
  const char *detail = tars_install.detail;
  tars_install_note("the trial ended: %s%s%.*s%s%s; the app before it is back", tars_error_name(code),
                    behaviour.size ? " in " : "", (int)behaviour.size, behaviour.text, detail[0] ? ", " : "", detail);
}

/* Reverts to the old app and reports why. */
static void revert(int code, tars_text behaviour) {
  tars_install.phase = INSTALL_IDLE;
  tars_install.ended = code;
  next_remove();
  tars_app_revert();
  windows_set(&tars_install.app); /* the app that is back must run through one as a whole */
  tars_install.stored = tars_install.old_stored;
  tars_trust_trial_set(NULL);
  tars_install_phase_blame(TARS_PHASE_REVERTED, &tars_install.app, code, behaviour);
  ended_note(code, behaviour);
}

/* The bundle may be tried again. */
void tars_trial_drop(void) { revert(-TARS_E_UNCONFIRMED, (tars_text){ "", 0 }); }

/* The failure is stored before the revert, so that the bundle isn't tried again even if the power fails in between.
 * What proves nothing against the app is -unconfirmed: as after too many reboots, its bundle may be tried again, later.
 */
void tars_trial_fail(int code, tars_text behaviour) {
  if (code == -TARS_E_UNCONFIRMED)
    tars_trust_rest();
  else
    failed_note(&tars_install.app);
  revert(code, behaviour);
}

/* Commits if all behaviours are healthy and the connection to the operator is open. A broker that isn't there proves
 * nothing against an app. */
void tars_trial_decide(void) {
  tars_text behaviour;
  int err = tars_health_check(&behaviour);
  if (!err) {
    if (tars_install_way_back() && tars_trial_confirm() == 0) return;
    tars_install.deadline_us = tars_install.now_us + WAY_BACK_LOOK_US;
    if (tars_install.now_us < tars_install.patience_us) return;
    err = -TARS_E_UNCONFIRMED;
  }
  tars_trial_fail(err, behaviour);
}

/* Counts a failure of the board that is evidence against an app; -crashed if it is one too many. */
static int failure_count(tars_store_slot slot, tars_app_record *app, bool failed) {
  if (failed) app->failures++;
  int err = failed ? tars_store_app_write(slot, app) : 0;
  return !err && app->failures >= FAILURES_MAX ? -TARS_E_CRASHED : err;
}

/* The board comes up without its committed app, whose record stays. A bundle that has crashed the board too often is
 * not installed again; any other app is. */
static void boot_without(const tars_app_record *app, int code) {
  tars_install_note("the stored app can't start: %s", tars_error_name(code));
  tars_install.app_error = code;
  if (app->failures < FAILURES_MAX) return;
  failed_note(app);
  tars_install_phase(TARS_PHASE_REVERTED, app, code);
}

/* Starts the committed app. `failed`: the board has failed when it did that last, or before the app's window was over.
 */
static void boot_app(bool failed) {
  tars_app_record app;
  uint32_t gap_us;
  int err = tars_store_app_read(TARS_STORE_APP, &app);
  if (err == -TARS_E_UNKNOWN) return;
  if (err && tars_trust.status.owned) tars_trust_unreadable_set();
  if (!err) tars_trust_committed_set(&app.order);
  if (!err && app.count == 0) return; /* a repair left the number alone */
  if (!err) err = failure_count(TARS_STORE_APP, &app, failed);
  if (!err) err = app_stage(&app, EVIDENCE_APP);
  if (!err) err = tars_app_swap(&gap_us);
  if (err) {
    boot_without(&app, err);
    return;
  }
  app_commit(EVIDENCE_APP);
  tars_install.stored = true;
  windows_set(&app);
}

/* Only failures without a whole window between them count. */
void tars_trial_window_end(void) {
  tars_app_record app;
  tars_install.deadline_us = INT64_MAX;
  if (!tars_install.stored) return;
  tars_app_blame_committed(EVIDENCE_LATER);
  if (tars_store_app_read(TARS_STORE_APP, &app) || app.failures == 0) return;
  app.failures = 0;
  if (tars_store_app_write(TARS_STORE_APP, &app)) tars_install_note("a failure of the stored app can't be forgotten");
}

/* True if the record of the trial names the committed app: the power failed before the record was removed. */
static bool is_committed(const tars_app_record *next) {
  tars_app_record app;
  bool same = tars_store_app_read(TARS_STORE_APP, &app) == 0 && next->count == app.count;
  return same && memcmp(next->digests, app.digests, app.count * sizeof *app.digests) == 0 &&
         memcmp(next->order.digest, app.order.digest, sizeof app.order.digest) == 0;
}

/* Counts a reboot in a trial: the negative error if the trial ends with it. Without evidence against the app its bundle
 * may be tried again, later: whoever causes the resets, the board runs the old app for most of the time. */
static int reboot_count(tars_app_record *next, bool failed) {
  next->reboots++;
  int err = failure_count(TARS_STORE_NEXT, next, failed);
  if (err == -TARS_E_CRASHED) failed_note(next);
  if (err) return err;
  if (next->reboots < REBOOTS_MAX) return failed ? 0 : tars_store_app_write(TARS_STORE_NEXT, next);
  tars_trust_rest();
  return -TARS_E_UNCONFIRMED;
}

/* Goes on with a trial that a reboot interrupted, or ends it. `failed`: the app in trial is to blame for the reboot. */
static void boot_next(bool failed) {
  tars_app_record next;
  uint32_t gap_us;
  int err = tars_store_app_read(TARS_STORE_NEXT, &next);
  if (err == -TARS_E_UNKNOWN) return;
  if (!err && is_committed(&next)) {
    next_remove();
    return;
  }
  if (!err && tars_trust_failed_has(next.order.digest))
    err = -TARS_E_KNOWN_BAD; /* the power failed during the revert */
  if (!err) err = reboot_count(&next, failed);
  if (!err) err = app_stage(&next, EVIDENCE_TRIAL);
  if (!err) err = staged_swap(&next, true, &gap_us);
  if (!err) return;
  tars_install.ended = err;
  next_remove();
  if (err != -TARS_E_CORRUPT) tars_install_phase(TARS_PHASE_REVERTED, &next, err);
  ended_note(err, (tars_text){ "", 0 });
}

void tars_trial_boot(void) {
  static const char *const apps[] = {
    [EVIDENCE_APP] = "stored app",
    [EVIDENCE_TRIAL] = "app in trial",
    [EVIDENCE_DEV] = "app in RAM",
    [EVIDENCE_LATER] = "stored app",
  };
  uint8_t evidence = tars_os_evidence_take();
  if (evidence > EVIDENCE_LATER) evidence = EVIDENCE_NONE; /* of another firmware */
  if (evidence) tars_install_note("the board restarted because it failed in the %s", apps[evidence]);
  tars_install.store = true;
  boot_app(evidence == EVIDENCE_APP);
  boot_next(evidence == EVIDENCE_TRIAL);
}
