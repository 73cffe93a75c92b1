/* SHA-256 as FIPS 180-4 writes it: small rather than fast, because a module is hashed once when it arrives. */
#include "tars_sha256.h"

#include "sha2.h" /* constants */

#include <string.h> /* memcpy, memmove */

enum { BLOCK = 64, LENGTH = 8 }; /* bytes of a block, and of the length in bits at the end of the last one */

/* Rotates right by 1 to 31 bits. */
static uint32_t rotate(uint32_t word, unsigned bits) { return (word >> bits) | (word << (32 - bits)); }

/* Big-endian word. */
static uint32_t word_at(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Its other direction. */
static void word_put(uint8_t *bytes, uint32_t word) {
  bytes[0] = (uint8_t)(word >> 24), bytes[1] = (uint8_t)(word >> 16), bytes[2] = (uint8_t)(word >> 8),
  bytes[3] = (uint8_t)word;
}

/* Mixes one block of 64 bytes into the state (6.2.2). */
static void block_mix(uint32_t state[8], const uint8_t block[BLOCK]) {
  uint32_t w[64], v[8];
  for (int i = 0; i < 16; i++) w[i] = word_at(block + 4 * i);
  for (int i = 16; i < 64; i++) {
    uint32_t low = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
    uint32_t high = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + low + w[i - 7] + high;
  }
  memcpy(v, state, sizeof v);
  for (int i = 0; i < 64; i++) {
    uint32_t high = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
    uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
    uint32_t one = v[7] + high + choice + (uint32_t)(tars_sha2_rounds[i] >> 32) + w[i];
    uint32_t low = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
    uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += one;
    v[0] = one + low + majority;
  }
  for (int i = 0; i < 8; i++) state[i] += v[i];
}

/* Sets the initial state (5.3.3). */
void tars_sha256_begin(tars_sha256 *sha) {
  for (int i = 0; i < 8; i++) sha->state[i] = (uint32_t)(tars_sha2_initial[i] >> 32);
  sha->size = 0;
}

/* Fills blocks and mixes each that is full. */
void tars_sha256_add(tars_sha256 *sha, const void *bytes, size_t size) {
  const uint8_t *from = bytes;
  while (size > 0) {
    size_t used = (size_t)(sha->size % BLOCK), part = BLOCK - used < size ? BLOCK - used : size;
    memcpy(sha->block + used, from, part);
    sha->size += part;
    from += part;
    size -= part;
    if (used + part == BLOCK) block_mix(sha->state, sha->block);
  }
}

/* Pads to 56 bytes modulo 64 and adds the length in bits (5.1.1). */
void tars_sha256_end(tars_sha256 *sha, uint8_t digest[32]) {
  uint8_t length[LENGTH];
  word_put(length, (uint32_t)(sha->size >> 29));
  word_put(length + 4, (uint32_t)sha->size << 3);
  tars_sha256_add(sha, "\x80", 1);
  while (sha->size % BLOCK != BLOCK - LENGTH) tars_sha256_add(sha, "", 1);
  tars_sha256_add(sha, length, sizeof length);
  for (int i = 0; i < 8; i++) word_put(digest + 4 * i, sha->state[i]);
}

/* Begins, adds and ends. */
void tars_sha256_of(const void *bytes, size_t size, uint8_t digest[32]) {
  tars_sha256 sha;
  tars_sha256_begin(&sha);
  tars_sha256_add(&sha, bytes, size);
  tars_sha256_end(&sha, digest);
}
