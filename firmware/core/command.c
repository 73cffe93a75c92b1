/* What links ask and order: list of behaviours, statistics, start, stop (tars.h). */
#include "core.h"
#include "slot.h"
#include "tars_errors.h"
#include "tars_os.h"

#include <string.h> /* memcpy */

/* The status that a behaviour will have once worker and supervisor have done what was asked of them. A command is
 * answered before they have. */
static uint8_t status_of(const tars_behaviour *b) {
  static const uint8_t statuses[LIFE_COUNT] = {
    [LIFE_FREE] = STATUS_STOPPED,          [LIFE_LOADING] = STATUS_STOPPED,   [LIFE_STAGED] = STATUS_STOPPED,
    [LIFE_LISTENING] = STATUS_RUNNING,     [LIFE_SWAPPING] = STATUS_SWAPPING, [LIFE_OPEN] = STATUS_RUNNING,
    [LIFE_FINISHING] = STATUS_STOPPED,     [LIFE_PARKED] = STATUS_PARKED,     [LIFE_STOPPED] = STATUS_STOPPED,
    [LIFE_RESTARTING] = STATUS_RESTARTING, [LIFE_STARTING] = STATUS_RUNNING,  [LIFE_BEGINNING] = STATUS_RUNNING,
  };
  if (b->stop_wanted) return STATUS_STOPPED;
  return b->throttled && b->life == LIFE_OPEN ? STATUS_THROTTLED : statuses[b->life];
}

int tars_behaviour_at(int index, tars_behaviour_info *info) {
  tars_os_lock();
  bool found = index >= 0 && index < tars_core.app.count;
  if (found) {
    const tars_behaviour *b = tars_core.app.behaviours[index];
    *info = (tars_behaviour_info){ .name = b->manifest.name,
                                   .status = status_of(b),
                                   .priority = b->manifest.priority,
                                   .fault = b->fault,
                                   .size = b->size,
                                   .faults = b->faults,
                                   .trial = b->side == SIDE_NEW };
    char *words = info->words;
    tars_text_keep(&info->name, &words);
    memcpy(info->digest, b->digest, sizeof info->digest);
  }
  tars_os_unlock();
  return found ? 0 : -TARS_E_UNKNOWN;
}

int tars_behaviour_stats_get(tars_text name, tars_behaviour_stats *stats) {
  tars_os_lock();
  const tars_behaviour *b = tars_app_named(&tars_core.app, name);
  if (b != NULL) {
    *stats = b->stats;
    stats->arena = tars_slot_used(b);
  }
  tars_os_unlock();
  return b != NULL ? 0 : -TARS_E_UNKNOWN;
}

/* Asks for the start of a behaviour that is stopped or parked. */
static int start(tars_behaviour *b) {
  if (b->stop_wanted || b->life == LIFE_FINISHING) return -TARS_E_BUSY;
  if (b->life != LIFE_STOPPED && b->life != LIFE_PARKED) return -TARS_E_STATE;
  b->consecutive = 0;
  tars_life_go(&b->life, LIFE_STARTING);
  tars_os_supervisor_notify();
  return 0;
}

/* The supervisor makes a fresh instance, then the worker begins the behaviour. */
int tars_behaviour_start(tars_text name) {
  tars_os_lock();
  tars_behaviour *b = tars_app_named(&tars_core.app, name);
  int err = b != NULL ? start(b) : -TARS_E_UNKNOWN;
  tars_os_unlock();
  return err;
}

/* The worker stops the behaviour between two reactions. */
int tars_behaviour_stop(tars_text name) {
  tars_os_lock();
  tars_behaviour *b = tars_app_named(&tars_core.app, name);
  int err = b == NULL ? -TARS_E_UNKNOWN : status_of(b) == STATUS_STOPPED ? -TARS_E_STATE : 0;
  if (!err) {
    b->stop_wanted = true;
    b->restart_us = NEVER;
    tars_os_worker_notify();
  }
  tars_os_unlock();
  return err;
}
