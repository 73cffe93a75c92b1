/* A swap prepares ports and inputs of the new behaviours while events still enter the old ones, then, in one piece
 * under the lock, moves variables, phases and events and puts the new app in the place of the old. */
#include "switch.h"

#include "core.h"
#include "input.h"
#include "load.h"
#include "output.h"
#include "takeover.h"
#include "tars_os.h"

/* A switch has no budget of its own: it is bounded by the slots. The number only has to outlast it. */
#define SWITCH_BUDGET_US 1000000000u

/* The running version that a new behaviour takes over from; NULL if there is none that runs. */
static tars_behaviour *version_before(const tars_behaviour *b) {
  tars_behaviour *old = tars_app_named(&tars_core.app, b->manifest.name);
  return old != NULL && tars_life_is_open(old->life) && !old->stop_wanted ? old : NULL;
}

/* Talks to the port before the swap. Outputs that a behaviour gives up go to their safe state first, because another
 * behaviour may get them; then ports and inputs of the new behaviours are set up. */
static void setup(tars_behaviour *before[]) {
  const tars_app *app = &tars_core.app, *staged = &tars_core.staged;
  for (uint8_t i = 0; i < app->count; i++)
    tars_output_rest(app->behaviours[i], tars_app_named(staged, app->behaviours[i]->manifest.name));
  for (uint8_t i = 0; i < staged->count; i++)
    if (!tars_app_holds(app, staged->behaviours[i])) tars_behaviour_setup(staged->behaviours[i], before[i]);
}

/* Makes the staged app the running one and opens its new behaviours. */
static void replace(tars_behaviour *before[]) {
  int64_t now = tars_os_now_us();
  tars_app *app = &tars_core.app;
  tars_core.old = *app;
  *app = tars_core.staged;
  for (uint8_t i = 0; i < tars_core.old.count; i++) {
    tars_behaviour *b = tars_core.old.behaviours[i];
    if (!tars_app_holds(app, b)) tars_side_go(&b->side, SIDE_OLD);
  }
  for (uint8_t i = 0; i < app->count; i++) {
    tars_behaviour *b = app->behaviours[i];
    if (tars_app_holds(&tars_core.old, b)) continue;
    tars_side_go(&b->side, SIDE_NEW);
    b->begin_us = now;
    b->begin_lifecycle = before[i] != NULL ? TARS_LIFECYCLE_SWAP : TARS_LIFECYCLE_START;
    tars_behaviour_open(b, before[i]);
  }
  tars_core.staged.count = 0;
  tars_core.is_staged = false;
  tars_core.in_trial = true;
}

/* The worker's part of a swap. */
static void swap(void) {
  tars_behaviour *before[TARS_LIMIT_MODULES];
  for (uint8_t i = 0; i < tars_core.staged.count; i++) {
    tars_behaviour *b = tars_core.staged.behaviours[i];
    before[i] = version_before(b);
    if (tars_app_holds(&tars_core.app, b)) continue;
    tars_life_go(&b->life, LIFE_LISTENING);
  }
  tars_os_unlock();
  setup(before);
  tars_os_lock();
  replace(before);
}

/* Puts the outputs of the reverted behaviours into their safe state, then gives those of the behaviours that come
 * back the levels that they had. */
static void outputs_back(void) {
  for (uint8_t i = 0; i < tars_core.app.count; i++)
    if (tars_core.app.behaviours[i]->side == SIDE_NEW) tars_output_safe(tars_core.app.behaviours[i]);
  for (uint8_t i = 0; i < tars_core.old.count; i++)
    if (tars_core.old.behaviours[i]->side == SIDE_BACK) tars_output_restore(tars_core.old.behaviours[i]);
}

/* The version of a frozen behaviour in the app that is on trial; NULL if that app has none. */
static tars_behaviour *successor_of(const tars_behaviour *b) {
  return tars_app_named(&tars_core.app, b->manifest.name);
}

/* Lets a frozen behaviour go on where it was, with the events that its successor has not consumed. If it was about
 * to begin, it begins now. */
static void thaw(tars_behaviour *b, int64_t now_us) {
  tars_behaviour *successor = successor_of(b);
  tars_side_go(&b->side, SIDE_NONE);
  if (!tars_life_is_open(b->life)) {
    b->begin_us = now_us;
    if (b->restart_us < now_us) b->restart_us = now_us;
    return;
  }
  if (successor != NULL) tars_takeover_events(b, successor);
  tars_load_waits(b);
  tars_input_back(b, now_us);
  tars_takeover_thaw(b, now_us);
}

/* The worker's part of a revert: the app before the trial is the running one again. */
static void revert(void) {
  tars_app *old = &tars_core.old;
  for (uint8_t i = 0; i < old->count; i++) {
    if (old->behaviours[i]->side != SIDE_OLD) continue;
    tars_side_go(&old->behaviours[i]->side, SIDE_BACK);
  }
  tars_os_unlock();
  outputs_back();
  for (uint8_t i = 0; i < old->count; i++)
    if (old->behaviours[i]->side == SIDE_BACK)
      tars_behaviour_ports(old->behaviours[i], successor_of(old->behaviours[i]));
  tars_os_lock();
  int64_t now = tars_os_now_us();
  for (uint8_t i = 0; i < old->count; i++)
    if (old->behaviours[i]->side == SIDE_BACK) thaw(old->behaviours[i], now);
  for (uint8_t i = 0; i < tars_core.app.count; i++) {
    tars_behaviour *b = tars_core.app.behaviours[i];
    if (b->side == SIDE_NEW && b->life != LIFE_STOPPED) tars_behaviour_close(b, LIFE_STOPPED);
  }
  tars_app trial = tars_core.app;
  tars_core.app = tars_core.old;
  tars_core.old = trial;
  tars_core.in_trial = false;
}

/* The switch runs under the clock of a reaction, which measures the processor time that it takes. */
void tars_switch_run(void) {
  if (tars_core.switch_wanted == SWITCH_NONE) return;
  tars_os_reaction_begin(++tars_core.reaction, SWITCH_BUDGET_US);
  tars_os_call_enter(); /* the clock must not abandon the core's own code */
  if (tars_core.switch_wanted == SWITCH_SWAP)
    swap();
  else
    revert();
  tars_core.gap_us = tars_os_reaction_end();
  tars_os_call_leave();
  tars_core.gap_max_us = 0;
  tars_core.switch_wanted = SWITCH_NONE;
  tars_os_supervisor_notify();
}

void tars_switch_spent(uint32_t used_us) { tars_core.gap_us += used_us; }

void tars_switch_first(tars_behaviour *b) {
  if (b->life != LIFE_SWAPPING) return;
  tars_life_go(&b->life, LIFE_OPEN);
  if (tars_core.gap_us > tars_core.gap_max_us) tars_core.gap_max_us = tars_core.gap_us;
  tars_os_supervisor_notify();
}
