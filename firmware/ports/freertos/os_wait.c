/* The core's lock, and the sleep of its two tasks until they are notified or a time has come: one hardware timer serves
 * both, so a sleep is exact to the microsecond and not to the kernel's tick. */
#include "chip.h"
#include "port.h"
#include "tars_bench_port.h" /* wakes the bench */

#include <semphr.h>

enum { WORKER, SUPERVISOR, SLEEPERS };
enum { LOOK_MS = 1000, SLEEP_MS = 5 };

static struct {
  TaskHandle_t task;
  int64_t until_us; /* INT64_MAX: awake, or waits for a notification only */
  volatile bool asleep, notified;
} sleepers[SLEEPERS];
static volatile uint32_t generation; /* how often one of them went to sleep */
static StaticSemaphore_t lock_memory;
static SemaphoreHandle_t lock;

void tars_wait_init(void) {
  lock = xSemaphoreCreateMutexStatic(&lock_memory);
  sleepers[WORKER].until_us = sleepers[SUPERVISOR].until_us = INT64_MAX;
  chip_alarm_start();
}

/* Tells which tasks tars_os_worker_wait() and tars_os_supervisor_wait() put to sleep. */
void tars_wait_tasks(TaskHandle_t worker, TaskHandle_t supervisor) {
  sleepers[WORKER].task = worker;
  sleepers[SUPERVISOR].task = supervisor;
}

TaskHandle_t tars_wait_supervisor(void) { return sleepers[SUPERVISOR].task; }

/* Takes the core's lock; the worker isn't abandoned while it holds it. */
void tars_os_lock(void) {
  tars_hold();
  xSemaphoreTake(lock, portMAX_DELAY);
}

void tars_os_unlock(void) {
  xSemaphoreGive(lock);
  tars_release();
}

/* Sets the timer to the earliest sleeper. Interrupts masked. */
static void alarm_set(int64_t now_us) {
  int64_t next_us = INT64_MAX;
  for (int i = 0; i < SLEEPERS; i++)
    if (sleepers[i].until_us < next_us) next_us = sleepers[i].until_us;
  if (next_us == INT64_MAX) return; /* what is still set finds nothing due */
  chip_alarm_set(next_us - now_us);
}

/* The alarm has expired: wakes the tasks whose time has come. */
void tars_alarm_interrupt(void) {
  BaseType_t woken = pdFALSE;
  UBaseType_t mask = portSET_INTERRUPT_MASK_FROM_ISR();
  int64_t now_us = tars_os_now_us();
  for (int i = 0; i < SLEEPERS; i++) {
    if (sleepers[i].until_us > now_us) continue;
    sleepers[i].until_us = INT64_MAX;
    vTaskNotifyGiveFromISR(sleepers[i].task, &woken);
  }
  alarm_set(now_us);
  portCLEAR_INTERRUPT_MASK_FROM_ISR(mask);
  portYIELD_FROM_ISR(woken);
}

/* Sets until when a task sleeps; on the virtual clock the bench wakes it. */
static void sleep_set(int who, int64_t until_us) {
  taskENTER_CRITICAL();
  sleepers[who].until_us = until_us;
  if (until_us != INT64_MAX && !tars_clock_is_virtual()) alarm_set(tars_os_now_us());
  taskEXIT_CRITICAL();
}

/* Sleeps until notified; the supervisor shows every second that it lives, and looks at the clock. */
static void notified_wait(int who) {
  while (ulTaskNotifyTake(pdTRUE, who == SUPERVISOR ? pdMS_TO_TICKS(LOOK_MS) : portMAX_DELAY) == 0) {
    tars_watchdog_alive(TARS_ALIVE_SUPERVISOR);
    tars_clock_host_us();
  }
}

/* One sleep; called and left with the lock held. */
static void sleep_until(int who, int64_t until_us) {
  tars_hold();
  sleep_set(who, until_us);
  sleepers[who].asleep = true;
  generation++;
  tars_os_unlock();
  if (tars_clock_is_virtual()) tars_bench_wake();
  notified_wait(who);
  taskENTER_CRITICAL();
  sleepers[who].asleep = sleepers[who].notified = false;
  taskEXIT_CRITICAL();
  sleep_set(who, INT64_MAX);
  tars_os_lock();
  tars_release();
}

void tars_os_worker_wait(int64_t until_us) {
  if (until_us > tars_os_now_us()) sleep_until(WORKER, until_us);
}

void tars_os_supervisor_wait(int64_t until_us) {
  tars_watchdog_alive(TARS_ALIVE_SUPERVISOR);
  if (until_us > tars_os_now_us()) sleep_until(SUPERVISOR, until_us);
}

/* Calls a task; its next sleep ends at once if it is awake. */
static void notify(int who) {
  tars_hold();
  sleepers[who].notified = true;
  if (sleepers[who].task) xTaskNotifyGive(sleepers[who].task);
  tars_release();
}

void tars_os_worker_notify(void) { notify(WORKER); }
void tars_os_supervisor_notify(void) { notify(SUPERVISOR); }

/* At the worker's priority the kernel changes between the two with each of its ticks. */
void tars_os_supervisor_share(bool on) { vTaskPrioritySet(NULL, on ? TARS_TASK_WORKER : TARS_TASK_SUPERVISOR); }

/* The virtual clock has moved: wakes the tasks whose time has come. */
void tars_wait_clock_moved(void) {
  for (int i = 0; i < SLEEPERS; i++)
    if (sleepers[i].until_us <= tars_os_now_us()) notify(i);
}

/* Virtual clock: true when both sleep and neither was called. */
bool tars_wait_both_asleep(void) {
  taskENTER_CRITICAL();
  bool asleep = true;
  for (int i = 0; i < SLEEPERS; i++) asleep = asleep && sleepers[i].asleep && !sleepers[i].notified;
  taskEXIT_CRITICAL();
  return asleep;
}

/* Virtual clock: counts how often a task went to sleep, which also calls the bench's task. */
uint32_t tars_wait_generation(void) { return generation; }
void tars_wait_next_sleep(uint32_t seen) {
  if (generation == seen) ulTaskNotifyTake(pdTRUE, pdMS_TO_TICKS(SLEEP_MS));
}
