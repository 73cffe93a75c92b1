/* Kernel, peripherals, timer and sleep of the FreeRTOS port, with a task in C in the place of core, engine and
 * guest. */
#include "plain.h"
#include "port.h"
#include "tars.h"     /* what the port asks of the core */
#include "tars_sim.h" /* simulated pins */

enum { PERIOD_US = 10300 }; /* no multiple of the kernel's tick */

/* Stands in for a function of the core, which isn't linked. */
bool tars_idle(void) { return true; }
int64_t tars_next_deadline_us(void) { return INT64_MAX; }
void tars_event_edge(uint16_t resource, bool level, int64_t time_us) { (void)resource, (void)level, (void)time_us; }
void tars_event_uart(uint16_t resource, uint32_t lost, int64_t time_us) { (void)resource, (void)lost, (void)time_us; }

/* The worker's task: sleeps until the next period, exact to the microsecond, and reacts. */
void tars_worker_run(void) {
  plain_start();
  int64_t due_us = tars_os_now_us();
  tars_os_lock(); /* no other task takes it */
  for (;;) {
    due_us += PERIOD_US;
    while (tars_os_now_us() < due_us) tars_os_worker_wait(due_us);
    plain_react();
  }
}

/* Starts clocks and task. */
int main(void) {
  tars_clock_init(false);
  tars_wait_init();
  tars_sim_gpio_start();
  tars_reaction_start();
  tars_wait_tasks(tars_reaction_worker(), NULL);
  vTaskStartScheduler();
  tars_os_panic(27, "the kernel came back");
}
