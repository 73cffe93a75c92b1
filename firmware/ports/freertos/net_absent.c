/* In the place of net/agent.c where an image has no network. */
#include "port.h"

void tars_net_init(tars_agent_config *config) { (void)config; }
void tars_net_start(void) {}
bool tars_net_replying(void) { return false; }
