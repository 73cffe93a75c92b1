/* The task of the broker's agent, and the one that gives it its share of the processor: SHARE_MS of every PERIOD_MS it
 * comes before the worker, and after it in the rest. Whatever the network brings and whatever that costs, behaviours
 * have the other part of the time; and a behaviour that never rests can't keep the operator away. Supervisor and link
 * come before it always. */
#include "../port.h"
#include "tars_fleet_agent.h"

#ifndef TARS_FLEET_STACK
#define TARS_FLEET_STACK 8192
#endif

enum { PERIOD_MS = 10, SHARE_MS = 3, PACER_STACK = 384 };

static tars_task task, pacer;
static _Alignas(8) uint8_t stack[TARS_FLEET_STACK], pacer_stack[PACER_STACK];

/* Body of the task. */
static void run(void *unused) {
  (void)unused;
  tars_fleet_run();
}

/* Body of the pacer. */
static void pace(void *unused) {
  (void)unused;
  for (;;) {
    vTaskPrioritySet(task.handle, TARS_TASK_NET_FIRST);
    vTaskDelay(pdMS_TO_TICKS(SHARE_MS));
    vTaskPrioritySet(task.handle, TARS_TASK_NET);
    vTaskDelay(pdMS_TO_TICKS(PERIOD_MS - SHARE_MS));
  }
}

/* To be called before the core starts. */
void tars_net_init(tars_agent_config *config) {
  config->online = config->way_back = tars_fleet_online;
  config->trouble = tars_fleet_trouble;
  config->phase = tars_fleet_report;
  config->answered = tars_fleet_wake;
  tars_fleet_init();
}

bool tars_net_replying(void) { return tars_fleet_replying(); }

/* Starts the agent's task, which the watchdog watches from now on. */
void tars_net_start(void) {
  tars_watchdog_expect(TARS_ALIVE_AGENT);
  tars_task_start(&task, run, "agent", TARS_TASK_NET, stack, sizeof stack);
  tars_task_start(&pacer, pace, "pacer", TARS_TASK_LINK, pacer_stack, sizeof pacer_stack);
}
