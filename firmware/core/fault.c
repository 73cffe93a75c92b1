/* After a fault no code of the guest runs any more in this instance. Restarts back off: the first comes after the
 * declared delay, which doubles with every fault that follows another within restart_max_ms, up to restart_max_ms.
 * After the declared number of faults the behaviour is parked. */
#include "fault.h"

#include "core.h"
#include "log.h"
#include "output.h"
#include "tars_errors.h"
#include "tars_os.h"
#include "trace.h"

#define MAX_US (TARS_LIMIT_RESTART_MAX_MS * INT64_C(1000))

/* Counts consecutive faults. The count starts anew if the behaviour ran for restart_max_ms since it last began. The
 * time spent waiting for a restart doesn't count, or the behaviours with the longest delays would always be
 * forgiven. */
static void count(tars_behaviour *b, int64_t now_us) {
  if (now_us - b->begin_us >= MAX_US) b->consecutive = 0;
  b->faults++;
  b->consecutive++;
}

/* Delay of the next restart. */
static int64_t delay_us(const tars_behaviour *b) {
  int64_t delay = b->manifest.restart[0] * INT64_C(1000);
  for (uint32_t i = 1; i < b->consecutive && delay < MAX_US; i++) delay *= 2;
  return delay < MAX_US ? delay : MAX_US;
}

/* The status to report for the life that a fault has led to. */
static uint8_t status_of(tars_life life) {
  return life == LIFE_STOPPED ? STATUS_STOPPED : life == LIFE_PARKED ? STATUS_PARKED : STATUS_RESTARTING;
}

void tars_fault(tars_behaviour *b, uint8_t code) {
  int64_t now = tars_os_now_us();
  uint32_t most = b->manifest.restart[1];
  tars_trace_fault(b, code);
  count(b, now);
  b->fault = code;
  bool parked = most > 0 && b->consecutive >= most;
  /* A fault in the reaction to `stop` ends the behaviour all the same, and a stop that was accepted before the fault
   * still holds. */
  bool ends = b->life == LIFE_FINISHING || b->stop_wanted;
  tars_life next = ends ? LIFE_STOPPED : parked ? LIFE_PARKED : LIFE_RESTARTING;
  tars_behaviour_close(b, next);
  if (next == LIFE_RESTARTING) b->restart_us = tars_time_after(now, delay_us(b));
  b->instance_dead = true; /* before the lock is free: a restart may be due at once */
  tars_os_unlock();
  tars_output_safe(b);
  tars_os_lock();
  tars_log_status(b, status_of(next), code);
  if (b->side == SIDE_NEW && tars_core.hooks.trial_failed != NULL)
    tars_core.hooks.trial_failed(b->manifest.name, code, code == TARS_E_TRAP ? tars_engine_reason(b->instance) : "");
  tars_os_supervisor_notify();
}
