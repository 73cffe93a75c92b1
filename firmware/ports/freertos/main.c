/* The board: clocks and tasks, then the kernel. The supervisor's task starts the core before it becomes the supervisor,
 * so that the stack of the start is used twice. */
#include "chip.h"
#include "port.h"
#include "tars.h"       /* tars_init, supervisor */
#include "tars_agent.h" /* hooks, sessions */
#include "tars_board.h" /* class */
#include "tars_hal.h"   /* flash counters */

#ifndef TARS_SUPERVISOR_STACK
#define TARS_SUPERVISOR_STACK 12288
#endif

static tars_task supervisor;
static _Alignas(8) uint8_t supervisor_stack[TARS_SUPERVISOR_STACK];

/* Configures the agent for this board and returns the hooks for the core. */
static const tars_hooks *agent_init(void) {
  static tars_agent_config config = {
    .class = tars_board_class,
    .now_us = tars_os_now_us,
    .lock = tars_os_lock,
    .unlock = tars_os_unlock,
    .flash_counters = tars_flash_counters,
    .wake = tars_link_wake,
  };
  config.virtual_clock = tars_clock_is_virtual();
  config.device = chip_device();
  tars_net_init(&config);
  return tars_agent_init(&config);
}

/* Starts all other tasks, then runs the supervisor. */
static void supervisor_run(void *unused) {
  (void)unused;
  chip_random_start();
  tars_bench_start();
  if (tars_init(agent_init()) != 0) tars_os_panic(26, "the core can't start");
  tars_reaction_start();
  tars_wait_tasks(tars_reaction_worker(), supervisor.handle);
  tars_link_start();
  if (!tars_clock_is_virtual()) { /* a broker doesn't wait for virtual time, and a watchdog has to */
    tars_net_start();
    tars_watchdog_start();
  }
  chip_blocks_start();
  tars_supervisor_run();
}

/* Starts the kernel. */
int main(void) {
  tars_clock_init(chip_wants_virtual_clock());
  tars_wait_init();
  tars_task_start(&supervisor, supervisor_run, "supervisor", TARS_TASK_SUPERVISOR, supervisor_stack,
                  sizeof supervisor_stack);
  vTaskStartScheduler();
  tars_os_panic(27, "the kernel came back");
}
