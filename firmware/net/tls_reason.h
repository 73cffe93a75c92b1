/* Errors of mbedTLS as codes of the contract, with a text for people. */
#ifndef TLS_REASON_H
#define TLS_REASON_H

#include <stdint.h>

typedef struct {
  int code;
  const char *text;
} tls_reason;

/* `flags`: what the check of the certificates found; `alert`: description of the alert, if the broker sent one. */
tls_reason tars_tls_reason_of(int err, uint32_t flags, uint8_t alert);

#endif
