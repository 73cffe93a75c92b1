/* The clock of a reaction: the worker's processor time, in a hardware timer that stands still while another task runs.
 * (A bundle's verification alone takes seven budgets, and the supervisor that does it runs above the worker.)
 *
 * When the time is over, the interrupt calls the guard, the task of the highest priority. If the worker holds nothing
 * (no host call, no lock: `holding`), the guard deletes it and creates it again on the same memory; nobody else has run
 * in between. If it does, the worker's outermost release calls the guard. An alarm carries the number of its reaction.
 */
#include "an500.h"
#include "port.h"
#include "tars.h" /* tars_worker_run */

#ifndef TARS_WORKER_STACK
#define TARS_WORKER_STACK 6144
#endif
enum { GUARD_STACK = 384 };
enum { DUAL_RUN = AN500_DUAL_ON | AN500_DUAL_IRQ | AN500_DUAL_32_BITS | AN500_DUAL_ONE_SHOT };

static tars_task worker, guard;
static _Alignas(8) uint8_t worker_stack[TARS_WORKER_STACK], guard_stack[GUARD_STACK];

static struct {
  volatile int holding;
  volatile bool armed;            /* a reaction runs */
  volatile bool expired;          /* its time was over while the worker held something */
  volatile uint32_t number, late; /* of the reaction that runs, and of the one whose time is over */
  uint32_t budget_ticks;
} reaction;

/* From here the worker stays where it is. */
void tars_hold(void) {
  if (xTaskGetCurrentTaskHandle() == worker.handle) reaction.holding++;
}

/* Leaves a hold; the outermost one acts on an alarm that came meanwhile. */
void tars_release(void) {
  if (xTaskGetCurrentTaskHandle() != worker.handle) return;
  reaction.holding--;
  while (reaction.holding == 0 && reaction.armed && reaction.expired)
    xTaskNotifyGive(guard.handle); /* this task ends here */
}

void tars_os_host_enter(void) { tars_hold(); }
void tars_os_host_leave(void) { tars_release(); }

/* Starts the clock; an alarm of the reaction before is withdrawn. */
void tars_os_reaction_begin(uint32_t number, uint32_t budget_us) {
  taskENTER_CRITICAL();
  reaction.budget_ticks = budget_us * AN500_TICKS_US;
  AN500_DUAL->control = 0;
  AN500_DUAL->interrupt_clear = 1;
  AN500_NVIC_CLEAR_PENDING[0] = 1u << AN500_IRQ_DUAL_TIMER;
  AN500_DUAL->load = reaction.budget_ticks;
  AN500_DUAL->control = DUAL_RUN;
  reaction.number = number;
  reaction.expired = false;
  reaction.armed = true;
  taskEXIT_CRITICAL();
}

/* Another task takes the processor. */
void tars_reaction_pause(const void *task) {
  if (reaction.armed && task == worker.handle) AN500_DUAL->control = 0;
}

/* The worker has it again. A timer that has come to its end stays there. */
void tars_reaction_resume(const void *task) {
  if (reaction.armed && task == worker.handle && !reaction.expired && AN500_DUAL->value > 0)
    AN500_DUAL->control = DUAL_RUN;
}

/* Stops the clock. */
uint32_t tars_os_reaction_end(void) {
  uint32_t left = AN500_DUAL->value;
  reaction.armed = false;
  AN500_DUAL->control = 0;
  return left < reaction.budget_ticks ? (reaction.budget_ticks - left) / AN500_TICKS_US : 0;
}

/* The time is over. */
void tars_reaction_interrupt(void) {
  BaseType_t woken = pdFALSE;
  AN500_DUAL->interrupt_clear = 1;
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

/* Puts the worker at its beginning. */
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
      tars_clock_set(tars_os_now_us() + reaction.budget_ticks / AN500_TICKS_US);
  }
}

/* Starts both. */
void tars_reaction_start(void) {
  an500_irq_enable(AN500_IRQ_DUAL_TIMER, AN500_PRIORITY_PORT);
  tars_task_start(&guard, guard_run, "guard", TARS_TASK_GUARD, guard_stack, sizeof guard_stack);
  worker_start();
}

TaskHandle_t tars_reaction_worker(void) { return worker.handle; }
