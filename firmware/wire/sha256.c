/* SHA-256 as FIPS 180-4 writes it: small rather than fast, because a module is hashed once when it arrives. */
#include "tars_sha256.h"

#include <string.h> /* memcpy, memmove */

enum { BLOCK = 64, LENGTH = 8 }; /* bytes of a block, and of the length in bits at the end of the last one */

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, section 4.2.2). */
static const uint32_t rounds[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
/* The first 32 bits of the fractional parts of the square roots of the first 8 primes (FIPS 180-4, section 5.3.3). */
static const uint32_t initial[8] = {
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

/* Rotates right by 1 to 31 bits. */
static uint32_t rotate(uint32_t word, unsigned bits) { return (word >> bits) | (word << (32 - bits)); }

/* Reads a word, big-endian. */
static uint32_t word_at(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Writes a word, big-endian. */
static void word_put(uint8_t *bytes, uint32_t word) {
  bytes[0] = (uint8_t)(word >> 24), bytes[1] = (uint8_t)(word >> 16), bytes[2] = (uint8_t)(word >> 8),
  bytes[3] = (uint8_t)word;
}

/* Mixes one block of 64 bytes into the state (FIPS 180-4, section 6.2.2). */
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
    uint32_t one = v[7] + high + choice + rounds[i] + w[i];
    uint32_t low = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
    uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += one;
    v[0] = one + low + majority;
  }
  for (int i = 0; i < 8; i++) state[i] += v[i];
}

void tars_sha256_begin(tars_sha256 *sha) {
  memcpy(sha->state, initial, sizeof initial);
  sha->size = 0;
}

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

/* Pads to 56 bytes modulo 64 and adds the length in bits (FIPS 180-4, section 5.1.1). */
void tars_sha256_end(tars_sha256 *sha, uint8_t digest[32]) {
  uint8_t length[LENGTH];
  word_put(length, (uint32_t)(sha->size >> 29));
  word_put(length + 4, (uint32_t)sha->size << 3);
  tars_sha256_add(sha, "\x80", 1);
  while (sha->size % BLOCK != BLOCK - LENGTH) tars_sha256_add(sha, "", 1);
  tars_sha256_add(sha, length, sizeof length);
  for (int i = 0; i < 8; i++) word_put(digest + 4 * i, sha->state[i]);
}

void tars_sha256_of(const void *bytes, size_t size, uint8_t digest[32]) {
  tars_sha256 sha;
  tars_sha256_begin(&sha);
  tars_sha256_add(&sha, bytes, size);
  tars_sha256_end(&sha, digest);
}
