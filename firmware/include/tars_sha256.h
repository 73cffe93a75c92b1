/* SHA-256 (FIPS 180-4): digests of modules and of names in the state table. */
#ifndef TARS_SHA256_H
#define TARS_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint32_t state[8];
  uint64_t size;
  uint8_t block[64];
} tars_sha256;

/* Begins a digest. */
void tars_sha256_begin(tars_sha256 *sha);
/* Adds bytes. */
void tars_sha256_add(tars_sha256 *sha, const void *bytes, size_t size);
/* Ends it; `sha` must begin again before its next use. */
void tars_sha256_end(tars_sha256 *sha, uint8_t digest[32]);
/* Digest of bytes that lie in one piece. */
void tars_sha256_of(const void *bytes, size_t size, uint8_t digest[32]);

#endif
