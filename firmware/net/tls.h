/* TLS 1.2 over an open TCP connection, for stream.c: the same functions as tars_stream.h, without the connecting.
 * Client only, ECDHE with P-256, AES-128-GCM, SHA-256, in a static pool; tars_mbedtls.h says what is built of
 * mbedTLS. */
#ifndef TLS_H
#define TLS_H

#include "tars_stream.h"

/* TCP is open: begins the handshake, after ending what was there. `ca` must stay until close. 0 or a negative error. */
int tars_tls_open(const tars_stream_config *config);
/* Goes on with the handshake: TARS_STREAM_OPENING, TARS_STREAM_OPEN, or -denied, -timeout, -io. */
int tars_tls_poll(void);
/* What was taken but found no room below leaves with the next call of send, receive or poll. */
int32_t tars_tls_send(const void *bytes, uint32_t size);
int32_t tars_tls_receive(void *bytes, uint32_t capacity);
/* Says goodbye if it can without waiting, wipes the keys and forgets the session. Before tars_net_close(). */
void tars_tls_close(void);
/* Why the last attempt failed, for people; static text, empty if it didn't. */
const char *tars_tls_reason(void);

#endif
