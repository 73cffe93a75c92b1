/* What comes from the broker: subscriptions and messages. */
#ifndef FLEET_IN_H
#define FLEET_IN_H

#include "tars_mqtt.h" /* messages */

#include <stdbool.h>

void tars_fleet_in_begin(void);
/* Subscribes what is due, and goes on with the message that is held; true if something happened. */
bool tars_fleet_in_step(void);
void tars_fleet_in_message(const tars_mqtt_event *event);
/* The connection is gone. */
void tars_fleet_in_drop(void);
int64_t tars_fleet_in_deadline_us(void);

#endif
