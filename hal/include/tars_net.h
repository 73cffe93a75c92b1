/* A TCP connection to the broker. One at a time, agent task only; nothing here blocks, and nothing is allocated. Every
 * port with a network implements this header. */
#ifndef TARS_NET_H
#define TARS_NET_H

#include <stdint.h>

typedef enum { TARS_NET_CLOSED, TARS_NET_OPENING, TARS_NET_OPEN } tars_net_state;

/* Begins to resolve and connect; what was open is closed. 0 or a negative error: -unknown no such host, -io the network
 * is down. */
int tars_net_open(const char *host, uint16_t port);
/* Where it stands; a negative error if it failed: -unknown, -timeout, -io (refused, reset). */
int tars_net_state_get(void);
/* Bytes taken, 0 if it would block, or a negative error: the connection is gone. */
int32_t tars_net_send(const void *bytes, uint32_t size);
/* Bytes received, 0 if there are none now, or a negative error. */
int32_t tars_net_receive(void *bytes, uint32_t capacity);
/* Closes at once. */
void tars_net_close(void);

/* The agent sleeps until the state changes, it is notified, or `until_us` (clock of tars_os_now_us); also until bytes
 * can be received, if the last receive returned 0, and until there is room, if the last send took less than it was
 * given: so an agent that is busy with what it has doesn't wake for more. May wake early. */
void tars_net_wait(int64_t until_us);
/* Any task: wakes the agent. */
void tars_net_notify(void);

#endif
