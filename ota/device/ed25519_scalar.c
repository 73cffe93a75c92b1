/* Arithmetic modulo the order of the group, bit by bit: it runs once for a signature and is small rather than fast. */
#include "ed25519_scalar.h"

#include <string.h> /* memcpy, memset */

enum { WORDS = 8, HIGH = 31 }; /* so many of 64 bytes are below L without a reduction */

static const scalar order = { 0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0, 0, 0, 0x10000000 };

/* number - L; all ones if the number is below L, else 0. */
static uint32_t subtract(scalar difference, const scalar number) {
  int64_t carry = 0;
  for (int i = 0; i < WORDS; i++) {
    carry += (int64_t)number[i] - order[i];
    difference[i] = (uint32_t)carry;
    carry >>= 32;
  }
  return (uint32_t)carry;
}

/* sum + (mask ? number : 0) + bit modulo L; the mask is 0 or all ones. What comes out before the reduction is below 2
 * L. */
static void add(scalar sum, const scalar number, uint32_t mask, uint32_t bit) {
  scalar reduced;
  uint64_t carry = bit;
  for (int i = 0; i < WORDS; i++) {
    carry += (uint64_t)sum[i] + (number[i] & mask);
    sum[i] = (uint32_t)carry;
    carry >>= 32;
  }
  uint32_t below = subtract(reduced, sum);
  for (int i = 0; i < WORDS; i++) sum[i] = (sum[i] & below) | (reduced[i] & ~below);
}

/* Four bytes after the other. */
bool scalar_read(scalar number, const uint8_t bytes[32]) {
  scalar ignored;
  for (int i = 0; i < WORDS; i++)
    number[i] = bytes[4 * i] | (uint32_t)bytes[4 * i + 1] << 8 | (uint32_t)bytes[4 * i + 2] << 16 |
                (uint32_t)bytes[4 * i + 3] << 24;
  return subtract(ignored, number);
}

/* The high bytes are below L; each lower bit doubles. */
void scalar_reduce(scalar number, const uint8_t bytes[64]) {
  uint8_t high[32] = { 0 };
  memcpy(high, bytes + 64 - HIGH, HIGH);
  scalar_read(number, high);
  for (int i = 8 * (64 - HIGH) - 1; i >= 0; i--) add(number, number, UINT32_MAX, bytes[i / 8] >> i % 8 & 1);
}

/* Doubles and adds. */
void scalar_multiply_add(uint8_t bytes[32], const scalar a, const scalar b, const scalar c) {
  scalar sum = { 0 };
  for (int i = 254; i >= 0; i--) {
    add(sum, sum, UINT32_MAX, 0);
    add(sum, b, -scalar_bit_at(a, i), 0);
  }
  add(sum, c, UINT32_MAX, 0);
  for (int i = 0; i < 32; i++) bytes[i] = (uint8_t)(sum[i / 4] >> 8 * (i % 4));
}
