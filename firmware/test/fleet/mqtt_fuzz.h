/* Brokers that send anything. */
#ifndef MQTT_FUZZ_H
#define MQTT_FUZZ_H

/* Sessions with streams of packets that were changed at random, the same ones each time. */
void mqtt_fuzz(void);

#endif
