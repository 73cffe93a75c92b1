/* The network interface: lwIP over the chip's Ethernet controller, with an address by DHCP. Agent task only. */
#ifndef TARS_NETIF_H
#define TARS_NETIF_H

#include <stdbool.h>
#include <stdint.h>

/* Starts it with the first call. False if the board has no controller. */
bool tars_netif_start(void);
/* Reads frames that have come, and runs timers of lwIP that are due. */
void tars_netif_serve(void);
/* True once the interface has an address. */
bool tars_netif_ready(void);
/* The way to other networks, IPv4 as lwIP keeps it; 0 if there is none. */
uint32_t tars_netif_gateway(void);
/* Sleeps until a frame comes, lwIP has something to do, tars_netif_wake() or `until_us`. True if it was woken. */
bool tars_netif_sleep(int64_t until_us);
/* Any task: ends the sleep, or the next one. */
void tars_netif_wake(void);

#endif
