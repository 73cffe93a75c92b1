/* Time of the board: the host's monotonic clock since the start, or a clock that only the bench moves. */
#include "port.h"
#include "tars.h"        /* idle, next deadline */
#include "tars_errors.h" /* TARS_E_TIMEOUT */
#include "tars_os.h"     /* the interface implemented here */

#include <stdatomic.h>
#include <time.h>

/* A behaviour that arms a timer of no delay again and again never comes to rest: virtual time can't move then. */
enum { SETTLE_MAX_US = 10000000 };

static bool is_virtual;
static int64_t started_us;             /* real clock: host time of the start */
static _Atomic int64_t virtual_now_us; /* virtual clock */

/* The host's monotonic clock. */
int64_t tars_clock_host_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Starts the board's time at 0. */
void tars_clock_init(bool virtual_clock) {
  is_virtual = virtual_clock;
  started_us = tars_clock_host_us();
}

bool tars_clock_is_virtual(void) { return is_virtual; }

/* Time since the board started. */
int64_t tars_os_now_us(void) {
  return is_virtual ? atomic_load(&virtual_now_us) : tars_clock_host_us() - started_us;
}

/* Moves the virtual clock; never back. */
static void clock_set(int64_t now_us) {
  if (now_us > atomic_load(&virtual_now_us))
    atomic_store(&virtual_now_us, now_us);
  tars_wait_clock_moved(atomic_load(&virtual_now_us));
}

/* Waits until both tasks sleep and nothing is due now; false if that takes longer than SETTLE_MAX_US of host time. */
bool tars_clock_settle(void) {
  int64_t end_us = tars_clock_host_us() + SETTLE_MAX_US;
  while (tars_clock_host_us() < end_us) {
    uint32_t generation = tars_wait_generation();
    if (tars_wait_both_asleep() && tars_idle() && tars_next_deadline_us() > tars_os_now_us())
      return true;
    tars_wait_next_sleep(generation);
  }
  return false;
}

/* Jumps from deadline to deadline, so every event runs at its own time. */
int tars_clock_advance(int64_t us, void (*pump)(void)) {
  if (!tars_clock_settle())
    return -TARS_E_TIMEOUT;
  int64_t target_us = tars_os_now_us() + us, next_us;
  while ((next_us = tars_next_deadline_us()) <= target_us) {
    clock_set(next_us);
    if (!tars_clock_settle())
      return -TARS_E_TIMEOUT;
    pump();
  }
  clock_set(target_us);
  return tars_clock_settle() ? 0 : -TARS_E_TIMEOUT;
}

/* An abandoned reaction has cost its budget. */
void tars_clock_spend(int64_t us) {
  if (is_virtual)
    clock_set(atomic_load(&virtual_now_us) + us);
}
