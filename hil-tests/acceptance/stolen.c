/* Watches one processor for time that it was taken away and yet charged to one thread: `stolen CPU FILE`. A virtual
 * machine charges such time to whoever happens to run, so a measurement of processor time has to know of it. Works like
 * cyclictest (rt-tests): at the highest real-time priority nothing in this system keeps it from waking on time, except
 * that the processor doesn't run. FILE is the thread's /proc/PID/task/TID/schedstat, whose first figure, nanoseconds
 * charged, is exact whenever this program has pushed the thread off their processor.
 *
 * From one wake to the next the thread can have run no longer than the time that passed, less what the wake was late.
 * What it was charged beyond that was stolen from it; printed as `from to stolen`, nanoseconds, the first two of
 * CLOCK_MONOTONIC, for wakes that are LATE_NS late. A thread that slept, or a slow one, is charged no more than it ran
 * and excuses nothing. Prints `ready` first; ends when its output is closed or the thread is gone. Needs the right to
 * real-time priority (root). */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PERIOD_NS = 40000, LATE_NS = 20000, SECOND_NS = 1000000000 };

/* Time of CLOCK_MONOTONIC. */
static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* Sleeps until a moment. */
static void sleep_until(int64_t ns) {
  struct timespec at = { .tv_sec = ns / SECOND_NS, .tv_nsec = ns % SECOND_NS };
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
    ;
}

/* Takes the processor and the priority; what is missing, NULL if nothing is. */
static const char *prepare(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  struct sched_param priority = { .sched_priority = sched_get_priority_max(SCHED_FIFO) };
  if (sched_setaffinity(0, sizeof set, &set)) return "this processor";
  if (sched_setscheduler(0, SCHED_FIFO, &priority)) return "real-time priority";
  return mlockall(MCL_CURRENT | MCL_FUTURE) ? "locked memory" : NULL;
}

/* Processor time that the thread was charged so far; negative if it is gone. */
static int64_t charged_ns(int file) {
  char text[64];
  ssize_t size = pread(file, text, sizeof text - 1, 0);
  if (size <= 0) return -1;
  text[size] = 0;
  return strtoll(text, NULL, 10);
}

/* Watches until nobody listens or the thread is gone. */
static void watch(int file) {
  int64_t charged = charged_ns(file), from = now_ns();
  while (charged >= 0) {
    int64_t due = now_ns() + PERIOD_NS;
    sleep_until(due);
    int64_t late = now_ns() - due;
    int64_t total = charged_ns(file), to = now_ns();
    int64_t stolen = total - charged - (to - from - late);
    if (late > LATE_NS && stolen > 0 &&
        dprintf(STDOUT_FILENO, "%lld %lld %lld\n", (long long)from, (long long)to, (long long)stolen) < 0)
      return;
    charged = total;
    from = to;
  }
}

int main(int count, char **arguments) {
  if (count != 3) return fputs("usage: stolen CPU FILE\n", stderr), 2;
  const char *missing = prepare(atoi(arguments[1]));
  int file = open(arguments[2], O_RDONLY);
  if (file < 0) missing = arguments[2];
  if (missing) return fprintf(stderr, "stolen: can't have %s: %s\n", missing, strerror(errno)), 1;
  if (dprintf(STDOUT_FILENO, "ready\n") > 0) watch(file);
  return 0;
}
