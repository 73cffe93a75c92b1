/* Texts of the agent: URL of the broker, ids in hex, topics. */
#include "fleet_text.h"
#include "fleet_state.h"
#include "tars_fleet.h" /* formats of topics */

#include <stdio.h> /* snprintf */
#include <string.h>

enum { PORT_PLAIN = 1883, PORT_TLS = 8883 };

/* Reads a port number that ends with the text; 0 if it is none. */
static uint16_t port_read(const char *text) {
  uint32_t port = 0;
  for (; *text >= '0' && *text <= '9' && port <= UINT16_MAX; text++) port = port * 10 + (uint32_t)(*text - '0');
  return *text || port > UINT16_MAX ? 0 : (uint16_t)port;
}

/* Host and port; an IPv6 address stands in brackets. */
bool tars_fleet_url(const char *url, char host[129], uint16_t *port, bool *tls) {
  static const char plain[] = "mqtt://", secure[] = "mqtts://";
  *tls = strncmp(url, secure, sizeof secure - 1) == 0;
  if (!*tls && strncmp(url, plain, sizeof plain - 1) != 0) return false;
  url += *tls ? sizeof secure - 1 : sizeof plain - 1;
  bool bracket = *url == '[';
  url += bracket;
  size_t size = strcspn(url, bracket ? "]" : ":/");
  const char *rest = url + size + (bracket && url[size] == ']');
  if (size == 0 || size > 128 || (bracket && url[size] != ']') || (*rest != ':' && *rest != '\0')) return false;
  memcpy(host, url, size);
  host[size] = '\0';
  *port = *rest ? port_read(rest + 1) : *tls ? PORT_TLS : PORT_PLAIN;
  return *port != 0;
}

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
