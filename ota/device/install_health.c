/* The health of a trial, from counters since it began. A fault of a new behaviour ends a trial at once; all other
 * checks are made here, at the end of the window. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_link.h"   /* statuses */

#include <string.h>

enum {
  MISSED_SHARE = 8
}; /* one in so many events of a behaviour may have been skipped: a virtual board may get too little processor time */

/* Counters of one behaviour when the trial began. */
typedef struct {
  uint32_t faults, events, overruns;
} health_counts;

static health_counts before[TARS_LIMIT_MODULES];

/* Counters of a behaviour now; false past the last one. */
static bool counts_read(int index, tars_behaviour_info *info, health_counts *counts) {
  tars_behaviour_stats stats;
  if (tars_behaviour_at(index, info) || tars_behaviour_stats_get(info->name, &stats)) return false;
  *counts = (health_counts){ .faults = info->faults, .events = stats.events, .overruns = stats.overruns };
  return true;
}

/* The counters of a behaviour that the old app has too go on, so their values at the beginning are kept. */
void tars_health_begin(void) {
  tars_behaviour_info info;
  memset(before, 0, sizeof before);
  for (int i = 0; i < TARS_LIMIT_MODULES && counts_read(i, &info, &before[i]); i++) {
  }
}

/* Checks one behaviour: 0 or a negative error, which is -unconfirmed where events were skipped. A board that is flooded
 * from outside skips events, too, so they are no evidence against the app. */
static int behaviour_check(const tars_behaviour_info *info, const health_counts *was, const health_counts *now) {
  if (info->status == TARS_STATUS_PARKED) return -TARS_E_PARKED;
  if (info->status == TARS_STATUS_RESTARTING || now->faults != was->faults)
    return info->fault ? -(int)info->fault : -TARS_E_TRAP;
  uint32_t missed = now->overruns - was->overruns, events = now->events - was->events;
  return missed > 1 + (missed + events) / MISSED_SHARE ? -TARS_E_UNCONFIRMED : 0;
}

/* A fault of any behaviour comes before skipped events of another, which are no evidence. */
int tars_health_check(tars_text *behaviour) {
  tars_behaviour_info info;
  health_counts now;
  int err = 0;
  *behaviour = (tars_text){ "", 0 };
  for (int i = 0; i < TARS_LIMIT_MODULES && counts_read(i, &info, &now); i++) {
    int found = behaviour_check(&info, &before[i], &now);
    if (!found || found == err) continue;
    err = found;
    *behaviour = info.name;
    if (err != -TARS_E_UNCONFIRMED) break;
  }
  return err;
}
