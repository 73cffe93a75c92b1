/* What the board says at the broker: births, presence, reports, replies; each waits until the broker has acknowledged
 * it. Steps of updates are reported by tars_fleet_report (tars_fleet_agent.h). */
#ifndef FLEET_OUT_H
#define FLEET_OUT_H

#include "tars_mqtt.h" /* publications */

#include <stdbool.h>

/* Publishes under a topic of this device, whose format is given as `topic`; false if there is no room. */
bool tars_fleet_publish(tars_mqtt_publication publication);
void tars_fleet_out_init(void);
/* At the beginning of a connection: what wasn't acknowledged is sent again. */
void tars_fleet_out_begin(void);
/* Publishes as much as there is room for; true if something was published. */
bool tars_fleet_out_step(void);
void tars_fleet_out_acked(uint16_t id);
/* True if the newest birth is acknowledged and no newer one is due. */
bool tars_fleet_out_current(void);
/* True if this connection has published something, and nothing of it was acknowledged. */
bool tars_fleet_out_untaken(void);
/* True if a reply would find room. */
bool tars_fleet_out_has_room(void);
/* True while a reply waits. */
bool tars_fleet_out_replying(void);
void tars_fleet_reply(uint32_t command, int code, tars_bytes body);
/* Makes the will of the connection: `presence` that says offline. Bytes, or a negative error. */
int tars_fleet_will(uint8_t *out, uint32_t capacity);
/* Reports that a command, beacon or root document was refused. */
void tars_fleet_refused(int code);

#endif
