/* URL of a broker. */
#ifndef TARS_BROKER_H
#define TARS_BROKER_H

#include <stdbool.h>
#include <stdint.h>

/* Where a URL says that the broker is. */
typedef struct {
  const char *host; /* in the URL; an IPv6 address without its brackets */
  uint8_t size;     /* of `host` */
  uint16_t port;
  bool tls;
} tars_broker_place;

/* Reads `mqtt://host:port` or `mqtts://host:port`; false if it is neither. */
bool tars_broker_url(const char *url, tars_broker_place *place);

#endif
