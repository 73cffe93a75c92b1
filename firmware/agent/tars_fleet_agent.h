/* The board's agent at the broker: one MQTT client (coreMQTT, 3.1.1, static memory) over tars_stream.h, in a task of
 * its own above the worker. Takes bundles, root documents, beacons and commands, fetches what is detached, and sends
 * births, presence, reports and replies (hal/contract/wire/fleet.ts; docs/fleet.md). Portable: the same code on every
 * port. */
#ifndef TARS_FLEET_AGENT_H
#define TARS_FLEET_AGENT_H

#include "tars_install.h" /* tars_update_step */

#include <stdint.h>

/* Before tars_init(). */
void tars_fleet_init(void);
/* The task: runs for ever, sleeps in tars_net_wait(). Idle while the board is open or has no broker. */
void tars_fleet_run(void);
/* One pass of the task. Returns the time at which the next one is due at the latest. */
int64_t tars_fleet_pass(int64_t now_us);
/* Any task may call this: wakes the agent, because something has changed that it should look at. */
void tars_fleet_wake(void);
/* Any task: connected to the broker, and the newest birth is acknowledged. */
bool tars_fleet_online(void);
/* Any task: why the last attempt to get a session failed, and what helps; static text, empty if there is a session. */
const char *tars_fleet_trouble(void);
/* Any task: connected, and an answer to a command is still on its way: a restart should wait for it. */
bool tars_fleet_replying(void);
/* Any task, from updates: one step of an update happened; it becomes a report, in order. */
void tars_fleet_report(const tars_update_step *step);

#endif
