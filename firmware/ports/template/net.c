/* Step 13: TCP to the broker, if the board has a network; without one this file, tars_fleet and the network's task are
 * left out. One connection at a time, agent task only, nothing blocks, nothing is allocated. firmware/net brings MQTT
 * and TLS above it. */
#include "port.h"
#include "tars_net.h"

/* Begins to resolve and connect; what was open is closed. -unknown no such host, -io the network is down. */
int tars_net_open(const char *host, uint16_t port) { return (void)host, (void)port, NOT_WRITTEN; }
/* Goes on with it. A tars_net_state, or why it failed: -unknown, -timeout, -io. Attempts end by themselves. */
int tars_net_state_get(void) { return TARS_NET_CLOSED; }
/* Returns how many bytes were taken, 0 if it would block. */
int32_t tars_net_send(const void *bytes, uint32_t size) { return (void)bytes, (void)size, NOT_WRITTEN; }
/* Bytes received, 0 if there are none now. What came before the end is delivered before the error. */
int32_t tars_net_receive(void *bytes, uint32_t capacity) { return (void)bytes, (void)capacity, NOT_WRITTEN; }
/* Closes the connection at once. */
void tars_net_close(void) {}
/* The agent's sleep: until the state changes, tars_net_notify(), `until_us`, bytes after a receive that gave 0, or room
 * after a send that took less. The stack is served meanwhile. It shows the watchdog that the agent lives: at least
 * every second. */
void tars_net_wait(int64_t until_us) { (void)until_us, tars_watchdog_alive(TARS_ALIVE_AGENT); }
/* Ends a sleep in tars_net_wait(), or the next one. Any task may call it. */
void tars_net_notify(void) {}
