/* The byte stream to the broker: TCP as tars_net.h has it, or TLS 1.2 over it (mbedTLS). Agent task only, one at a
 * time, nothing blocks. TLS works in a static pool; the broker's certificate must be signed by `ca`, and name `host`. A
 * board has no clock that it could trust, so dates in certificates are not compared. */
#ifndef TARS_STREAM_H
#define TARS_STREAM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const char *host;
  uint16_t port;
  bool tls;
  const uint8_t *ca; /* DER; size 0 with tls: nothing is trusted, opening fails */
  uint32_t ca_size;
} tars_stream_config;

typedef enum { TARS_STREAM_CLOSED, TARS_STREAM_OPENING, TARS_STREAM_OPEN } tars_stream_state;

/* Begins to connect; 0 or a negative error. */
int tars_stream_open(const tars_stream_config *config);
/* Goes on with connecting and handshake. A tars_stream_state, or a negative error: -unknown no such host, -timeout,
 * -io, -denied the broker's certificate isn't signed by `ca` or names another host. */
int tars_stream_poll(void);
/* Bytes taken, 0 if it would block, or a negative error: the stream is gone. */
int32_t tars_stream_send(const void *bytes, uint32_t size);
/* Bytes received, 0 if there are none now, or a negative error. */
int32_t tars_stream_receive(void *bytes, uint32_t capacity);
void tars_stream_close(void);
/* Why the last attempt failed, for people; static text, empty if it didn't. */
const char *tars_stream_reason(void);

#endif
