/* mbedTLS's SHA-256 is the board's own (MBEDTLS_SHA256_ALT, whose header has to have this name); tls_sha256.c has its
 * functions. */
#ifndef SHA256_ALT_H
#define SHA256_ALT_H

#include "tars_sha256.h"

typedef tars_sha256 mbedtls_sha256_context;

#endif
