/* Time of the board: the host's monotonic clock since the start, or a clock that only the bench moves. */
#include "port.h"
#include "tars_os.h" /* the interface implemented here */

#include <stdatomic.h>
#include <time.h>

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
int64_t tars_os_now_us(void) { return is_virtual ? atomic_load(&virtual_now_us) : tars_clock_host_us() - started_us; }

/* Moves the virtual clock; never back. */
void tars_clock_set(int64_t now_us) {
  if (now_us > atomic_load(&virtual_now_us)) atomic_store(&virtual_now_us, now_us);
  tars_wait_clock_moved(atomic_load(&virtual_now_us));
}

/* An abandoned reaction has cost its budget. */
void tars_clock_spend(int64_t us) {
  if (is_virtual) tars_clock_set(atomic_load(&virtual_now_us) + us);
}
