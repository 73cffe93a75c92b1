/* Reads the URL of a broker: when somebody names one, and when the board connects to it. */
#include "tars_broker.h"

#include <string.h>

enum { PORT_PLAIN = 1883, PORT_TLS = 8883, HOST_MAX = 128 };

/* Reads a port number that ends with the text; 0 if it is none. */
static uint16_t port_read(const char *text) {
  uint32_t port = 0;
  for (; *text >= '0' && *text <= '9' && port <= UINT16_MAX; text++) port = port * 10 + (uint32_t)(*text - '0');
  return *text || port > UINT16_MAX ? 0 : (uint16_t)port;
}

bool tars_broker_url(const char *url, tars_broker_place *place) {
  static const char plain[] = "mqtt://", secure[] = "mqtts://";
  place->tls = strncmp(url, secure, sizeof secure - 1) == 0;
  if (!place->tls && strncmp(url, plain, sizeof plain - 1) != 0) return false;
  url += place->tls ? sizeof secure - 1 : sizeof plain - 1;
  bool bracket = *url == '[';
  url += bracket;
  size_t size = strcspn(url, bracket ? "]" : ":/");
  const char *rest = url + size + (bracket && url[size] == ']');
  if (size == 0 || size > HOST_MAX || (bracket && url[size] != ']') || (*rest != ':' && *rest != '\0')) return false;
  place->host = url;
  place->size = (uint8_t)size;
  place->port = *rest ? port_read(rest + 1) : place->tls ? PORT_TLS : PORT_PLAIN;
  return place->port != 0;
}
