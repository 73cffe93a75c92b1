/* The clock of a reaction: the worker's processor time, in a hardware timer that stands still while another task runs.
 * (A bundle's verification alone takes seven budgets, and the supervisor that does it runs above the worker.)
 *
 * When the time is over, the interrupt calls the guard, the task of the highest priority. If the worker holds nothing
 * (no host call, no lock: `holding`), the guard deletes it and creates it again on the same memory; nobody else has run
 * in between. If it does, the worker's outermost release calls the guard. An alarm carries the number of its
 * reaction. */
#include "chip.h"
#include "port.h"
#include "tars.h" /* tars_worker_run */

#ifndef TARS_WORKER_STACK
#define TARS_WORKER_STACK 6144
#endif
enum { GUARD_STACK = 384 };

static tars_task worker, guard;
static _Alignas(8) uint8_t worker_stack[TARS_WORKER_STACK], guard_stack[GUARD_STACK];

static struct {
  volatile int holding;
  volatile bool armed;            /* a reaction runs */
  volatile bool expired;          /* its time was over while the worker held something */
  volatile uint32_t number, late; /* of the reaction that runs, and of the one whose time is over */
  uint32_t budget_us;
} reaction;

/* From here on the guard can't delete the worker. */
void tars_hold(void) {
  if (xTaskGetCurrentTaskHandle() == worker.handle) reaction.holding++;
}

/* Leaves a hold; the outermost one acts on an alarm that came meanwhile. */
void tars_release(void) {
  if (xTaskGetCurrentTaskHandle() != worker.handle) return;
  reaction.holding--;
  while (reaction.holding == 0 && reaction.armed && reaction.expired)
    xTaskNotifyGive(guard.handle); /* the guard deletes this task here */
}

void tars_os_call_enter(void) { tars_hold(); }
void tars_os_call_leave(void) { tars_release(); }

/* Starts the clock; an alarm of the reaction before is withdrawn. */
void tars_os_reaction_begin(uint32_t number, uint32_t budget_us) {
  taskENTER_CRITICAL();
  reaction.budget_us = budget_us;
  chip_reaction_start(budget_us);
  reaction.number = number;
  reaction.expired = false;
  reaction.armed = true;
  taskEXIT_CRITICAL();
}

/* The worker is switched out: its clock stops. */
void tars_reaction_pause(const void *task) {
  if (reaction.armed && task == worker.handle) chip_reaction_pause();
}

/* The worker is switched in: its clock goes on. */
void tars_reaction_resume(const void *task) {
  if (reaction.armed && task == worker.handle && !reaction.expired) chip_reaction_resume();
}

uint32_t tars_os_reaction_end(void) {
  uint32_t spent_us = chip_reaction_spent_us();
  reaction.armed = false;
  chip_reaction_pause();
  return spent_us;
}

/* The reaction's time is over: wakes the guard. */
void tars_reaction_interrupt(void) {
  BaseType_t woken = pdFALSE;
  if (reaction.armed) {
    reaction.late = reaction.number;
    vTaskNotifyGiveFromISR(guard.handle, &woken);
  }
  portYIELD_FROM_ISR(woken);
}

uint8_t *tars_os_worker_stack(void) { return worker_stack; }

/* Body of the worker. */
static void worker_run(void *unused) {
  (void)unused;
  reaction.holding = 0;
  tars_worker_run();
}

/* Creates the worker's task, which begins at tars_worker_run(). */
static void worker_start(void) {
  tars_task_start(&worker, worker_run, "worker", TARS_TASK_WORKER, worker_stack, sizeof worker_stack);
}

/* The guard: abandons the worker. The kernel keeps nothing of a static task that another one deletes. */
static void guard_run(void *unused) {
  (void)unused;
  for (;;) {
    ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    if (!reaction.armed || reaction.late != reaction.number) continue;
    if (reaction.holding > 0) {
      reaction.expired = true;
      continue;
    }
    reaction.armed = false;
    vTaskDelete(worker.handle);
    worker_start();
    if (tars_clock_is_virtual()) /* it has cost its budget */
      tars_clock_set(tars_os_now_us() + reaction.budget_us);
  }
}

void tars_reaction_start(void) {
  chip_reaction_enable();
  tars_task_start(&guard, guard_run, "guard", TARS_TASK_GUARD, guard_stack, sizeof guard_stack);
  worker_start();
}

TaskHandle_t tars_reaction_worker(void) { return worker.handle; }
bool tars_reaction_is_late(void) { return reaction.armed && reaction.expired; }
