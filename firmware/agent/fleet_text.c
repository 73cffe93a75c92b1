/* Texts of the broker's agent: ids in hex, topics. */
#include "fleet_text.h"
#include "fleet_state.h"
#include "tars_fleet.h" /* formats of topics */

#include <stdio.h> /* snprintf */
#include <string.h>

void tars_fleet_hex(const uint8_t *bytes, uint32_t size, char *text) {
  static const char digits[] = "0123456789abcdef";
  for (uint32_t i = 0; i < size; i++) {
    text[2 * i] = digits[bytes[i] >> 4];
    text[2 * i + 1] = digits[bytes[i] & 15];
  }
  text[2 * size] = '\0';
}

/* Makes a topic: the root of the fleet's topics, then the format of the contract with its names filled in. */
void tars_fleet_topic(char topic[FLEET_TOPIC], const char *format, const char *rest) {
  bool is_own = strncmp(format, "d/", 2) == 0;
  int size = snprintf(topic, FLEET_TOPIC, TARS_TOPIC_ROOT_PATH, tars_fleet.network.fleet);
  char *end = topic + size;
  for (; *format && end < topic + FLEET_TOPIC - 1; format++) {
    if (format[0] != '%') {
      *end++ = *format;
      continue;
    }
    const char *text = is_own ? tars_fleet.device : rest;
    is_own = false;
    size_t room = (size_t)(topic + FLEET_TOPIC - 1 - end), length = strlen(text);
    memcpy(end, text, length < room ? length : room);
    end += length < room ? length : room;
    format++;                /* the s of %s */
    if (text == rest) break; /* `rest` stands for all that follows */
  }
  *end = '\0';
}
