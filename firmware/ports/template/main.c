/* The board: everything is started here, in this order. The template runs nothing; it compiles, so that what it says
 * stays true. */
#include "port.h"
#include "tars.h"             /* tars_init */
#include "tars_agent.h"       /* hooks, sessions */
#include "tars_board.h"       /* class */
#include "tars_fleet_agent.h" /* the broker */
#include "tars_hal.h"         /* flash counters */
#include "tars_os.h"

/* Puts the agent on this board. `device` is this one's name: from its serial number, or written when it was made. */
static const tars_hooks *agent_init(void) {
  static tars_agent_config config = {
    .class = tars_board_class,
    .device = "template",
    .now_us = tars_os_now_us,
    .lock = tars_os_lock,
    .unlock = tars_os_unlock,
    .flash_counters = tars_flash_counters,
    .wake = tars_link_wake,
    .online = tars_fleet_online,
    .trouble = tars_fleet_trouble,
    .way_back = tars_fleet_online,
    .phase = tars_fleet_report,
    .answered = tars_fleet_wake,
  };
  return tars_agent_init(&config);
}

/* On a kernel: clocks and sleep before it starts, the rest in the supervisor's task, whose stack the start uses,
 * too. */
int main(void) {
  tars_clock_init();
  tars_wait_init();
  tars_entropy_init();
  tars_fleet_init();
  if (tars_init(agent_init()) != 0) tars_os_panic(41, "the core can't start");
  tars_reaction_start(); /* worker and guard */
  tars_link_start();
  tars_watchdog_start();
  tars_tasks_start(); /* the supervisor is the rest of this task */
}
