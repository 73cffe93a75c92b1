/* TLS 1.2 over the open connection of tars_net.h, for stream.c alone: client only, ECDHE with P-256, AES-128-GCM or
 * ChaCha20-Poly1305, SHA-256. It works in a static pool; firmware/net/tars_mbedtls.h says what is built of mbedTLS. */
#ifndef TARS_TLS_H
#define TARS_TLS_H

#include "tars_stream.h"

/* Prepares a connection to config->host, whose certificate must lead to config->ca. `host` is copied, `ca` must stay. 0, or
 * -denied without a proper `ca`. Ends what was begun before. */
int tars_tls_begin(const tars_stream_config *config);
/* Once the TCP connection is open: goes on with the handshake. 1 when it is over, 0 while it isn't, or a negative error:
 * -denied, -timeout, -io. */
int tars_tls_handshake(void);
/* As tars_stream_send and tars_stream_receive. What was taken leaves with the next call of any of these functions, and
 * tars_tls_handshake too sends it on. */
int32_t tars_tls_send(const void *bytes, uint32_t size);
int32_t tars_tls_receive(void *bytes, uint32_t capacity);
/* Says good-bye if the connection is still there, wipes keys and gives the pool back. Before tars_net_close(). */
void tars_tls_end(void);
/* Why the last one failed, for people; static text, empty if it didn't. */
const char *tars_tls_reason(void);

#endif
