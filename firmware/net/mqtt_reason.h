/* Why a broker refuses a session, as words for people: what is wrong, and what helps. */
#ifndef MQTT_REASON_H
#define MQTT_REASON_H

#include <stdint.h>

/* `code`: of a CONNACK, which MQTT 3.1.1 numbers from 1 and MQTT 5 from 128, or of a DISCONNECT of MQTT 5. */
const char *tars_mqtt_refusal(uint8_t code);

#endif
