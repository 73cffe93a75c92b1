/* Watches one processor for time that it was taken away: `stolen CPU`. A virtual machine charges such time to the thread
 * that happens to run, so a measurement of processor time has to know of it. Works like cyclictest (rt-tests): at the
 * highest real-time priority nothing in this system keeps it from waking on time, except that the processor doesn't run.
 * Each wake that is LATE_NS late is printed as `from to`, nanoseconds of CLOCK_MONOTONIC: the processor was gone meanwhile.
 * Prints `ready` first; ends when its output is closed. Needs the right to real-time priority (root). */
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PERIOD_NS = 100000, LATE_NS = 100000, SECOND_NS = 1000000000 };

/* Time of CLOCK_MONOTONIC. */
static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* Sleeps until a moment. */
static void sleep_until(int64_t ns) {
  struct timespec at = {.tv_sec = ns / SECOND_NS, .tv_nsec = ns % SECOND_NS};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
    ;
}

/* Takes the processor and the priority; what is missing, NULL if nothing is. */
static const char *prepare(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  struct sched_param priority = {.sched_priority = sched_get_priority_max(SCHED_FIFO)};
  if (sched_setaffinity(0, sizeof set, &set))
    return "this processor";
  if (sched_setscheduler(0, SCHED_FIFO, &priority))
    return "real-time priority";
  return mlockall(MCL_CURRENT | MCL_FUTURE) ? "locked memory" : NULL;
}

/* Watches until nobody listens. */
int main(int count, char **arguments) {
  if (count != 2)
    return fputs("usage: stolen CPU\n", stderr), 2;
  const char *missing = prepare(atoi(arguments[1]));
  if (missing)
    return fprintf(stderr, "stolen: can't have %s: %s\n", missing, strerror(errno)), 1;
  if (dprintf(STDOUT_FILENO, "ready\n") < 0)
    return 0;
  for (int64_t due = now_ns() + PERIOD_NS;; due = now_ns() + PERIOD_NS) {
    sleep_until(due);
    int64_t now = now_ns();
    if (now - due > LATE_NS && dprintf(STDOUT_FILENO, "%lld %lld\n", (long long)due, (long long)now) < 0)
      return 0;
  }
}
