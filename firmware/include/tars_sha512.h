/* SHA-512 (FIPS 180-4): the hash inside Ed25519. */
#ifndef TARS_SHA512_H
#define TARS_SHA512_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t state[8];
  uint64_t size; /* bytes; messages of 2^61 or more don't exist here */
  uint8_t block[128];
} tars_sha512;

/* Begins a digest. */
void tars_sha512_begin(tars_sha512 *sha);
/* Adds bytes. */
void tars_sha512_add(tars_sha512 *sha, const void *bytes, size_t size);
/* Ends it; `sha` must begin again before its next use. */
void tars_sha512_end(tars_sha512 *sha, uint8_t digest[64]);

#endif
