/* SHA-512 as FIPS 180-4 writes it: small rather than fast, because what is hashed by it has a hundred bytes. */
#include "tars_sha512.h"

#include "sha2.h" /* constants */

#include <string.h> /* memcpy, memmove */

enum { BLOCK = 128, LENGTH = 16 }; /* bytes of a block, and of the length in bits at the end of the last one */

/* Rotates right by 1 to 63 bits. */
static uint64_t rotate(uint64_t word, unsigned bits) { return (word >> bits) | (word << (64 - bits)); }

/* Big-endian word. */
static uint64_t word_at(const uint8_t *bytes) {
  uint64_t word = 0;
  for (int i = 0; i < 8; i++) word = word << 8 | bytes[i];
  return word;
}

/* Its other direction. */
static void word_put(uint8_t *bytes, uint64_t word) {
  for (int i = 7; i >= 0; i--, word >>= 8) bytes[i] = (uint8_t)word;
}

/* Mixes one block into the state (6.4.2); of the message schedule only the 16 words that count are kept. */
static void block_mix(uint64_t state[8], const uint8_t block[BLOCK]) {
  uint64_t w[16], v[8];
  for (int i = 0; i < 16; i++) w[i] = word_at(block + 8 * i);
  memcpy(v, state, sizeof v);
  for (int i = 0; i < 80; i++) {
    uint64_t high = rotate(v[4], 14) ^ rotate(v[4], 18) ^ rotate(v[4], 41);
    uint64_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
    uint64_t one = v[7] + high + choice + tars_sha2_rounds[i] + w[0];
    uint64_t low = rotate(v[0], 28) ^ rotate(v[0], 34) ^ rotate(v[0], 39);
    uint64_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += one;
    v[0] = one + low + majority;
    low = rotate(w[1], 1) ^ rotate(w[1], 8) ^ (w[1] >> 7);
    high = rotate(w[14], 19) ^ rotate(w[14], 61) ^ (w[14] >> 6);
    uint64_t next = w[0] + low + w[9] + high;
    memmove(w, w + 1, 15 * sizeof *w);
    w[15] = next;
  }
  for (int i = 0; i < 8; i++) state[i] += v[i];
}

/* Sets the initial state (5.3.5). */
void tars_sha512_begin(tars_sha512 *sha) {
  memcpy(sha->state, tars_sha2_initial, sizeof sha->state);
  sha->size = 0;
}

/* Fills blocks and mixes each that is full. */
void tars_sha512_add(tars_sha512 *sha, const void *bytes, size_t size) {
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

/* Pads to 112 bytes modulo 128 and adds the length in bits (5.1.2). */
void tars_sha512_end(tars_sha512 *sha, uint8_t digest[64]) {
  uint8_t length[LENGTH] = { 0 };
  word_put(length + LENGTH - 8, sha->size * 8);
  tars_sha512_add(sha, "\x80", 1);
  while (sha->size % BLOCK != BLOCK - LENGTH) tars_sha512_add(sha, "", 1);
  tars_sha512_add(sha, length, sizeof length);
  for (int i = 0; i < 8; i++) word_put(digest + 8 * i, sha->state[i]);
}
