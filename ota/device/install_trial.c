/* Staging, trial, commit and revert, and the start of the board, which is a trial that a power cut may have
 * interrupted. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "trust_state.h" /* number that is committed, bundles that failed */

#include <string.h>

enum {
  REBOOTS_MAX = 2, /* the second reboot in a trial reverts it */
  /* so long after its window a healthy trial waits for the connection, because brokers restart */
  WAY_BACK_WAIT_US = 60000000,
  WAY_BACK_LOOK_US = 100000, /* time between two looks */
};

/* True if staging won't read this module: it runs, and lies neither in RAM nor in the store. */
static bool runs_only(const install_place *place, uint32_t size) {
  return !place->ram && tars_install_runs(place->digest) &&
         !(tars_install.mounted && tars_store_module_has(place->digest, size));
}

/* Verifies and stages an app. Nothing that runs changes. */
static int app_stage(const tars_app_record *app) {
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

static int received_start(uint32_t *gap_us) {
  tars_app_record app = tars_install.app;
  int err = app_stage(&app);
  if (err) return err;
  tars_install_phase(TARS_PHASE_STAGED, &app, 0);
  if (tars_install.store) err = tars_store_app_write(TARS_STORE_NEXT, &app);
  if (err) {
    tars_app_unstage();
    return err;
  }
  err = staged_swap(&app, tars_install.store, gap_us);
  if (err && tars_install.store) tars_store_next_remove();
  return err;
}

int tars_trial_start(uint32_t *gap_us) {
  int err = received_start(gap_us);
  if (err) tars_install_phase(tars_install_phase_of(err, TARS_PHASE_TRIAL), &tars_install.app, err);
  return err;
}

/* Removes the record of a trial that is over. If that fails, the record does no harm: it names the committed app, or
 * a failed one that is reverted again. */
static void next_remove(void) {
  if (tars_install.store && tars_store_next_remove())
    tars_install_note("the record of the trial can't be removed; the next boot will try again");
}

/* The host has confirmed: the new app stays. */
int tars_trial_confirm(void) {
  if (tars_install.phase != INSTALL_TRIAL) return tars_install_absent();
  int err = tars_install.store ? tars_store_app_write(TARS_STORE_APP, &tars_install.app) : 0;
  if (err) return err;
  next_remove();
  tars_install.phase = INSTALL_IDLE;
  tars_app_commit();
  tars_trust_trial_set(NULL);
  if (tars_install.store) tars_trust_committed_set(&tars_install.app.order);
  tars_install_phase(TARS_PHASE_COMMITTED, &tars_install.app, 0);
  if (tars_install.store && tars_install_sweep()) tars_install_note("modules that nobody needs can't be removed");
  return 0;
}

/* Remembers that a bundle failed. */
static void failed_note(const tars_app_record *app) {
  if (app->order.number && tars_trust_failed_add(app->order.digest))
    tars_install_note("the bundle that failed can't be written down; the next reset forgets it");
}

/* Reverts to the old app and reports why. */
static void revert(int code, tars_text behaviour) {
  tars_install.phase = INSTALL_IDLE;
  tars_install.ended = code;
  next_remove();
  tars_app_revert();
  tars_install.stored = tars_install.old_stored;
  tars_trust_trial_set(NULL);
  tars_install_phase_blame(TARS_PHASE_REVERTED, &tars_install.app, code, behaviour);
  tars_install_note("the trial ended: %s; the app before it is back", tars_error_name(code));
}

/* The bundle may be tried again. */
void tars_trial_drop(void) { revert(-TARS_E_UNCONFIRMED, (tars_text){ "", 0 }); }

/* The failure is stored before the revert, so that the bundle isn't tried again even if the power fails in between. */
void tars_trial_fail(int code, tars_text behaviour) {
  failed_note(&tars_install.app);
  revert(code, behaviour);
}

/* Commits if all behaviours are healthy and the connection to the operator is open. */
void tars_trial_decide(void) {
  tars_behaviour_info behaviour;
  int err = tars_health_check(&behaviour);
  if (err) {
    tars_trial_fail(err, behaviour.name);
    return;
  }
  if (tars_install_way_back() && tars_trial_confirm() == 0) return;
  if (tars_install.now_us < tars_install.patience_us)
    tars_install.deadline_us = tars_install.now_us + WAY_BACK_LOOK_US;
  else
    tars_trial_fail(-TARS_E_UNCONFIRMED, (tars_text){ "", 0 });
}

/* Starts the committed app. */
static void boot_app(void) {
  tars_app_record app;
  uint32_t gap_us;
  int err = tars_store_app_read(TARS_STORE_APP, &app);
  if (err == -TARS_E_UNKNOWN) return;
  if (err && tars_trust_is_owned()) tars_trust_unreadable_set();
  tars_install.store = true;
  if (!err) tars_trust_committed_set(&app.order);
  if (!err && app.count == 0) return; /* a repair left the number alone */
  if (!err) err = app_stage(&app);
  if (!err) err = tars_app_swap(&gap_us);
  if (err) {
    tars_install_note("the stored app can't start: %s", tars_error_name(err));
    return;
  }
  tars_app_commit();
  tars_install.stored = true;
}

/* True if the record of the trial names the committed app: the power failed before the record was removed. */
static bool is_committed(const tars_app_record *next) {
  tars_app_record app;
  bool same = tars_store_app_read(TARS_STORE_APP, &app) == 0 && next->count == app.count;
  return same && memcmp(next->digests, app.digests, app.count * sizeof *app.digests) == 0 &&
         memcmp(next->order.digest, app.order.digest, sizeof app.order.digest) == 0;
}

/* Goes on with a trial that a reboot interrupted, or ends it. */
static void boot_next(void) {
  tars_app_record next;
  uint32_t gap_us;
  int err = tars_store_app_read(TARS_STORE_NEXT, &next);
  if (err == -TARS_E_UNKNOWN) return;
  tars_install.store = true;
  if (!err && is_committed(&next)) {
    next_remove();
    return;
  }
  bool known_bad = !err && next.order.number && tars_trust_failed_has(next.order.digest);
  if (known_bad) err = -TARS_E_KNOWN_BAD; /* the power failed during the revert */
  if (!err && ++next.reboots >= REBOOTS_MAX) {
    err = -TARS_E_UNCONFIRMED;
    failed_note(&next);
  }
  if (!err) err = tars_store_app_write(TARS_STORE_NEXT, &next);
  if (!err) err = app_stage(&next);
  if (!err) err = staged_swap(&next, true, &gap_us);
  if (!err) return;
  tars_install.ended = err;
  next_remove();
  if (err != -TARS_E_CORRUPT) tars_install_phase(TARS_PHASE_REVERTED, &next, err);
  tars_install_note("the trial ended: %s; the app before it is back", tars_error_name(err));
}

void tars_trial_boot(void) {
  boot_app();
  boot_next();
}
