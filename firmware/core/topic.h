/* Topics: publishing and subscribing under one name. All functions need the lock. */
#ifndef TOPIC_H
#define TOPIC_H

#include "behaviour.h"

/* Prepares a publish or subscribe handle: hash of the topic, types of the fields. 0 or -manifest. */
int tars_topic_bind(tars_behaviour *b, uint8_t handle);
/* True if two handles name the same topic. */
bool tars_topic_same(const tars_behaviour *a, uint8_t handle_a, const tars_behaviour *b, uint8_t handle_b);
/* Topic and schema of a handle; false for other kinds. */
bool tars_topic_of(const tars_use *use, tars_text *topic, tars_text *schema);
/* Publishes from a handle whose rate allows it at `time_us`; otherwise counts it as limited. */
void tars_topic_send(tars_behaviour *b, uint8_t handle, const uint32_t *fields, uint8_t count, int64_t time_us);

#endif
