/* The app as the layers above see it: stage, swap, commit, revert. */
#include "bind.h"
#include "board.h" /* TARS_BOARD_SLOTS */
#include "core.h"
#include "slot.h"
#include "supervisor.h"
#include "tars_errors.h"
#include "tars_os.h"

#include <string.h> /* memcmp */

/* Longest wait for the first reactions of new versions, microseconds. */
#define FIRST_WAIT_US 100000

/* The running behaviour with this digest, which a new app takes as it is; NULL if there is none. */
static tars_behaviour *unchanged(const uint8_t digest[32]) {
  for (uint8_t i = 0; i < tars_core.app.count; i++)
    if (memcmp(tars_core.app.behaviours[i]->digest, digest, 32) == 0) return tars_core.app.behaviours[i];
  return NULL;
}

/* Unloads the behaviours of `app` that are not in `kept`. */
static void unload_rest(const tars_app *app, const tars_app *kept) {
  for (uint8_t i = 0; i < app->count; i++)
    if (!tars_app_holds(kept, app->behaviours[i])) tars_slot_unload(app->behaviours[i]);
}

/* Adds one module to the staged app: takes the running behaviour with the same digest, or loads it into a free slot. */
static int stage_one(tars_app *app, const tars_module_source *source, tars_detail detail) {
  tars_behaviour *b = unchanged(source->digest);
  if (b == NULL) {
    b = tars_slot_free();
    if (b == NULL) return tars_detail_say(detail, -TARS_E_NOMEM, "%d slots, none is free", TARS_BOARD_SLOTS);
    int err = tars_slot_load(b, source, detail);
    if (err) return err;
  }
  app->behaviours[app->count++] = b;
  return 0;
}

/* Loads the modules that the running app lacks and checks the new app as a whole. Nothing that runs changes. */
int tars_app_stage(const tars_module_source *modules, int count, char *text, uint32_t size) {
  tars_detail detail = { text, size };
  tars_app app = { .count = 0 };
  int err = 0;
  if (size > 0 && text != NULL) text[0] = '\0';
  if (tars_core.in_trial) return tars_detail_say(detail, -TARS_E_STATE, "a trial is not decided");
  if (count < 0 || count > TARS_LIMIT_MODULES)
    return tars_detail_say(detail, -TARS_E_NOMEM, "%d behaviours, at most %d", count, TARS_LIMIT_MODULES);
  tars_app_unstage();
  tars_core.loading = tars_core.blamed;
  for (int i = 0; i < count && !err; i++) err = stage_one(&app, &modules[i], detail);
  if (!err) err = tars_bind_app(&app, detail);
  tars_core.loading = 0;
  if (err) {
    unload_rest(&app, &tars_core.app);
    return err;
  }
  tars_os_lock();
  tars_core.staged = app;
  tars_core.is_staged = true;
  tars_os_unlock();
  return 0;
}

void tars_app_unstage(void) {
  tars_os_lock();
  tars_app dropped = tars_core.staged;
  tars_core.staged.count = 0;
  tars_core.is_staged = false;
  tars_os_unlock();
  unload_rest(&dropped, &tars_core.app);
}

/* True if a new version waits for its first reaction. */
static bool first_pending(void) {
  for (uint8_t i = 0; i < tars_core.app.count; i++)
    if (tars_core.app.behaviours[i]->life == LIFE_SWAPPING) return true;
  return false;
}

/* Lets the worker switch apps and waits until it has. The supervisor does its chores meanwhile, because the worker
 * may need an execution stack. The wait for first reactions has an end: behaviours of higher priority may keep a new
 * version of low priority waiting for ever, and the swap is done all the same. */
static void switch_wait(tars_switch what) {
  int64_t patience_us = tars_time_after(tars_os_now_us(), FIRST_WAIT_US);
  tars_core.switch_wanted = what;
  tars_os_worker_notify();
  while (tars_core.switch_wanted != SWITCH_NONE || (first_pending() && tars_os_now_us() < patience_us)) {
    int64_t until_us = tars_supervisor_next();
    /* The bound on the wait counts only once the worker has switched: a wait whose time has come does not release
     * the lock, so the worker would never get it. */
    if (tars_core.switch_wanted == SWITCH_NONE && patience_us < until_us) until_us = patience_us;
    if (!tars_supervisor_chores()) tars_os_supervisor_wait(until_us);
  }
}

int tars_app_swap(uint32_t *gap_us) {
  tars_os_lock();
  bool staged = tars_core.is_staged && !tars_core.in_trial;
  if (staged) switch_wait(SWITCH_SWAP);
  if (staged && gap_us != NULL) *gap_us = first_pending() ? tars_core.gap_us : tars_core.gap_max_us;
  tars_os_unlock();
  return staged ? 0 : -TARS_E_STATE;
}

/* Ends the trial and frees the slots of the old app. */
void tars_app_commit(void) {
  tars_os_lock();
  bool trial = tars_core.in_trial;
  tars_core.in_trial = false;
  for (uint8_t i = 0; trial && i < tars_core.app.count; i++)
    if (tars_core.app.behaviours[i]->side == SIDE_NEW) tars_side_go(&tars_core.app.behaviours[i]->side, SIDE_NONE);
  tars_app old = tars_core.old;
  tars_core.old.count = 0;
  tars_os_unlock();
  if (trial) unload_rest(&old, &tars_core.app);
}

/* Ends the trial and frees the slots of the new app. */
void tars_app_revert(void) {
  tars_os_lock();
  bool trial = tars_core.in_trial;
  if (trial) switch_wait(SWITCH_REVERT);
  tars_app gone = tars_core.old;
  tars_core.old.count = 0;
  tars_os_unlock();
  if (trial) unload_rest(&gone, &tars_core.app);
}

bool tars_app_in_trial(void) {
  tars_os_lock();
  bool trial = tars_core.in_trial;
  tars_os_unlock();
  return trial;
}
