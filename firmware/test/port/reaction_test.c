/* The clock of a reaction on the real scheduler: spins in guest code, in host calls and under the lock are left in
 * time, and never while something is held. The worker's body here stands in for the core's. */
#include "check.h"
#include "port.h"
#include "tars.h"
#include "tars_os.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { SPINS = 300, BUDGET_US = 2000, KINDS = 4, PLAIN_LATE_US = 500 };
enum { SPIN_PLAIN, SPIN_HOST_CALLS, SPIN_LOCK, SPIN_SHORT }; /* what a reaction does */

static _Atomic int done;
static int64_t begun_ns[KINDS * SPINS], late_us[KINDS * SPINS];
static int entered, abandoned[KINDS];
static volatile int held, left_held;

static int64_t processor_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Spins for `us` of processor time. */
static void spin_us(int64_t us) {
  int64_t end = processor_ns() + us * 1000;
  while (processor_ns() < end) {
  }
}

/* Host calls of 50 us, one after the other; a jump inside one would leave `held` set. */
static void spin_host_calls(void) {
  for (;;) {
    tars_os_call_enter();
    held = 1;
    spin_us(50);
    held = 0;
    tars_os_call_leave();
  }
}

/* Takes the core's lock for 50 us, again and again; a jump inside would leave `held` set. */
static void spin_lock(void) {
  for (;;) {
    tars_os_lock();
    held = 1;
    spin_us(50);
    held = 0;
    tars_os_unlock();
  }
}

/* Runs one reaction of a kind. */
static void react(int kind) {
  for (volatile int spin = 1; kind == SPIN_PLAIN && spin;) {
  }
  if (kind == SPIN_HOST_CALLS) spin_host_calls();
  if (kind == SPIN_LOCK) spin_lock();
  if (kind == SPIN_SHORT) spin_us(20);
}

/* Takes the place of the core's worker: runs reactions, and is entered anew after each that was abandoned. */
void tars_worker_run(void) {
  if (entered > 0) {
    int last = entered - 1;
    late_us[last] = (processor_ns() - begun_ns[last]) / 1000 - BUDGET_US;
    abandoned[last / SPINS]++;
    left_held |= held;
  }
  while (entered < KINDS * SPINS) {
    int i = entered++;
    begun_ns[i] = processor_ns();
    tars_os_reaction_begin((uint32_t)i, BUDGET_US);
    react(i / SPINS);
    tars_os_reaction_end();
  }
  atomic_store(&done, 1);
  for (;;) {
    tars_os_lock();
    tars_os_worker_wait(INT64_MAX);
    tars_os_unlock();
  }
}

bool tars_idle(void) { return true; }
int64_t tars_next_deadline_us(void) { return INT64_MAX; }

static int compare(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

/* Prints how late the spins of a kind were left. Nine in ten must be in time: the last ones depend on how a virtual
 * machine accounts for the time that its host took. */
static void report(const char *name, int kind, int64_t bound_us) {
  int64_t *late = late_us + kind * SPINS;
  qsort(late, SPINS, sizeof *late, compare);
  printf("%s: late by median %lld us, 99 %% %lld us, most %lld us\n", name, (long long)late[SPINS / 2],
         (long long)late[SPINS * 99 / 100], (long long)late[SPINS - 1]);
  CHECK(late[SPINS * 9 / 10] <= bound_us);
  CHECK(late[0] >= 0);
  CHECK_EQUAL(abandoned[kind], SPINS);
}

int main(void) {
  pthread_t thread;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, tars_reaction_signal());
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  tars_clock_init(false);
  pthread_create(&thread, NULL, tars_reaction_worker, NULL);
  while (!atomic_load(&done)) nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
  report("plain code", SPIN_PLAIN, PLAIN_LATE_US);
  report("host calls of 50 us", SPIN_HOST_CALLS, PLAIN_LATE_US + 50);
  report("the lock for 50 us", SPIN_LOCK, PLAIN_LATE_US + 50);
  CHECK_EQUAL(abandoned[SPIN_SHORT], 0);
  CHECK_EQUAL(left_held, 0);
  return check_report("reaction");
}
