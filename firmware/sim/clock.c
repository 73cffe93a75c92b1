/* The virtual clock: it moves only when a bench says so, from deadline to deadline. */
#include "tars_clock.h"
#include "tars.h"        /* idle, next deadline */
#include "tars_errors.h" /* TARS_E_TIMEOUT */
#include "tars_os.h"     /* time */

/* A behaviour that arms a timer of no delay again and again never comes to rest: virtual time can't move then. */
enum { SETTLE_MAX_US = 10000000 };

/* Waits until both tasks sleep and nothing is due now; false if that takes longer than SETTLE_MAX_US of host time. */
bool tars_clock_settle(void) {
  int64_t end_us = tars_clock_host_us() + SETTLE_MAX_US;
  while (tars_clock_host_us() < end_us) {
    uint32_t generation = tars_wait_generation();
    if (tars_wait_both_asleep() && tars_idle() && tars_next_deadline_us() > tars_os_now_us()) return true;
    tars_wait_next_sleep(generation);
  }
  return false;
}

/* Jumps from deadline to deadline, so every event runs at its own time. */
int tars_clock_advance(int64_t us, void (*pump)(void)) {
  if (!tars_clock_settle()) return -TARS_E_TIMEOUT;
  int64_t target_us = tars_os_now_us() + us, next_us;
  while ((next_us = tars_next_deadline_us()) <= target_us) {
    tars_clock_set(next_us);
    if (!tars_clock_settle()) return -TARS_E_TIMEOUT;
    pump();
  }
  tars_clock_set(target_us);
  return tars_clock_settle() ? 0 : -TARS_E_TIMEOUT;
}
