/* The core's lock and the sleep of its two tasks.
 *
 * A sleeper has a flag of its own under `sleep_mutex`, so a notification is never lost whether or not the notifier
 * holds the core's lock. Order of locks: core, then sleep. */
#include "port.h"
#include "tars_os.h" /* the interface implemented here */

#include <pthread.h>
#include <time.h>

typedef struct {
  pthread_cond_t wake;
  int64_t until_us;
  bool notified, asleep;
} sleeper;

static pthread_mutex_t core_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t sleep_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t slept; /* a task has gone to sleep: `generation` changed */
static uint32_t generation;
static sleeper worker, supervisor;

/* Makes a condition variable that counts on CLOCK_MONOTONIC. */
static void condition_init(pthread_cond_t *condition) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(condition, &attributes);
  pthread_condattr_destroy(&attributes);
}

/* Prepares the condition variables before main. */
__attribute__((constructor)) static void wait_init(void) {
  condition_init(&worker.wake);
  condition_init(&supervisor.wake);
  condition_init(&slept);
}

/* Takes the core's lock. */
void tars_os_lock(void) {
  tars_hold();
  pthread_mutex_lock(&core_mutex);
}

/* Gives the core's lock back. */
void tars_os_unlock(void) {
  pthread_mutex_unlock(&core_mutex);
  tars_release();
}

/* Sleeps on the real clock until notified or until the time has come. */
static void sleep_real(sleeper *self, int64_t until_us) {
  int64_t left_us = until_us == INT64_MAX ? INT64_MAX : until_us - tars_os_now_us();
  if (left_us <= 0) return;
  if (left_us > (int64_t)3600 * 1000000) /* an hour, then look again: keeps the sum below in range */
    left_us = (int64_t)3600 * 1000000;
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  int64_t ns = at.tv_nsec + left_us % 1000000 * 1000;
  at.tv_sec += left_us / 1000000 + ns / 1000000000;
  at.tv_nsec = ns % 1000000000;
  while (!self->notified)
    if (pthread_cond_timedwait(&self->wake, &sleep_mutex, &at) != 0) return;
}

/* Sleeps on the virtual clock; tars_wait_clock_moved() wakes it. */
static void sleep_virtual(sleeper *self, int64_t until_us) {
  if (tars_os_now_us() >= until_us) return;
  while (!self->notified) pthread_cond_wait(&self->wake, &sleep_mutex);
}

/* One sleep; called and left with the core's lock held. */
static void sleeper_wait(sleeper *self, int64_t until_us) {
  tars_hold();
  pthread_mutex_lock(&sleep_mutex);
  tars_os_unlock();
  self->until_us = until_us;
  self->asleep = true;
  generation++;
  pthread_cond_broadcast(&slept);
  if (tars_clock_is_virtual())
    sleep_virtual(self, until_us);
  else
    sleep_real(self, until_us);
  self->asleep = false;
  self->notified = false;
  pthread_mutex_unlock(&sleep_mutex);
  tars_os_lock();
  tars_release();
}

/* Calls a task; its next sleep ends at once if it is awake. */
static void sleeper_notify(sleeper *self) {
  tars_hold();
  pthread_mutex_lock(&sleep_mutex);
  self->notified = true;
  pthread_cond_signal(&self->wake);
  pthread_mutex_unlock(&sleep_mutex);
  tars_release();
}

void tars_os_worker_wait(int64_t until_us) { sleeper_wait(&worker, until_us); }
void tars_os_worker_notify(void) { sleeper_notify(&worker); }
void tars_os_supervisor_wait(int64_t until_us) { sleeper_wait(&supervisor, until_us); }
void tars_os_supervisor_notify(void) { sleeper_notify(&supervisor); }

/* Linux shares the processor fairly among threads anyway. */
void tars_os_supervisor_share(bool on) { (void)on; }

/* Wakes a sleeper whose virtual time has come. */
static void sleeper_due(sleeper *self, int64_t now_us) {
  if (!self->asleep || self->until_us > now_us) return;
  self->notified = true;
  pthread_cond_signal(&self->wake);
}

void tars_wait_clock_moved(int64_t now_us) {
  pthread_mutex_lock(&sleep_mutex);
  sleeper_due(&worker, now_us);
  sleeper_due(&supervisor, now_us);
  pthread_mutex_unlock(&sleep_mutex);
}

/* True when both tasks sleep and neither was called. */
bool tars_wait_both_asleep(void) {
  pthread_mutex_lock(&sleep_mutex);
  bool asleep = worker.asleep && !worker.notified && supervisor.asleep && !supervisor.notified;
  pthread_mutex_unlock(&sleep_mutex);
  return asleep;
}

/* Counts how often a task went to sleep. */
uint32_t tars_wait_generation(void) {
  pthread_mutex_lock(&sleep_mutex);
  uint32_t now = generation;
  pthread_mutex_unlock(&sleep_mutex);
  return now;
}

/* Sleeps until that count changes; 5 ms bound what a missed change could cost. */
void tars_wait_next_sleep(uint32_t seen) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  at.tv_nsec += 5000000;
  if (at.tv_nsec >= 1000000000) {
    at.tv_sec++;
    at.tv_nsec -= 1000000000;
  }
  pthread_mutex_lock(&sleep_mutex);
  while (generation == seen && pthread_cond_timedwait(&slept, &sleep_mutex, &at) == 0) {
  }
  pthread_mutex_unlock(&sleep_mutex);
}
