/* What the probes of both ports do with a broker: connect through tars_stream.h, and send a message that comes back. */
#ifndef CONVERSATION_H
#define CONVERSATION_H

#include "tars_stream.h"

/* Each probe provides this: it lets time pass until something may have come. */
void conversation_rest(void);

/* Connects, and waits until the stream is open or has failed; 0 or a negative error. */
int conversation_connect(const tars_stream_config *config);
/* MQTT by hand: CONNECT, SUBSCRIBE, and a PUBLISH of 9,000 bytes to oneself. 0, -invalid if other bytes came back, or
 * the stream's error. */
int conversation_echo(void);

#endif
