/* The task of the broker's agent. */
#include "../port.h"
#include "tars_fleet_agent.h"

#ifndef TARS_FLEET_STACK
#define TARS_FLEET_STACK 8192
#endif

static tars_task task;
static _Alignas(8) uint8_t stack[TARS_FLEET_STACK];

/* Body of the task. */
static void run(void *unused) {
  (void)unused;
  tars_fleet_run();
}

/* To be called before the core starts. */
void tars_net_init(tars_agent_config *config) {
  config->online = config->way_back = tars_fleet_online;
  config->phase = tars_fleet_report;
  config->answered = tars_fleet_wake;
  tars_fleet_init();
}

bool tars_net_replying(void) { return tars_fleet_replying(); }

/* Starts the agent's task, which the watchdog watches from now on. */
void tars_net_start(void) {
  tars_watchdog_expect(TARS_ALIVE_AGENT);
  tars_task_start(&task, run, "agent", TARS_TASK_NET, stack, sizeof stack);
}
