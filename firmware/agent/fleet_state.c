/* The state of the broker's agent, and what other tasks may know of it. */
#include "fleet_state.h"
#include "tars_net.h" /* sleep */

fleet_state tars_fleet;

bool tars_fleet_online(void) { return tars_fleet.online; }
const char *tars_fleet_trouble(void) { return tars_fleet.trouble; }
bool tars_fleet_replying(void) { return tars_fleet.replying; }
void tars_fleet_wake(void) { tars_net_notify(); }
