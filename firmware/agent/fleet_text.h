/* Texts of the broker's agent: ids in hex, topics. */
#ifndef FLEET_TEXT_H
#define FLEET_TEXT_H

#include <stdint.h>

/* Bytes of the longest topic with its zero: root, fleet, device, digest, number of a chunk. */
#define FLEET_TOPIC       192
#define FLEET_DIGEST_TEXT 65

void tars_fleet_hex(const uint8_t *bytes, uint32_t size, char *text);
/* Writes a topic. `format` is one of TARS_TOPIC_…: if it begins with d/, its first %s becomes the id of this device,
 * the next one `rest`. */
void tars_fleet_topic(char topic[FLEET_TOPIC], const char *format, const char *rest);

#endif
