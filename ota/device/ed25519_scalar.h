/* Numbers modulo L, the order of Ed25519's base point: 2^252 + 27742317777372353535851937790883648493. Words are
 * little-endian. Time depends on no argument but in scalar_read. */
#ifndef ED25519_SCALAR_H
#define ED25519_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t scalar[8];

/* Bit `i` of a number. */
static inline uint32_t scalar_bit_at(const scalar number, int i) { return number[i / 32] >> i % 32 & 1; }
/* Reads 32 bytes as they are; whether they are below L. */
bool scalar_read(scalar number, const uint8_t bytes[32]);
/* 64 bytes modulo L. */
void scalar_reduce(scalar number, const uint8_t bytes[64]);
/* a · b + c modulo L, as bytes; b and c are below L, a has any 255 bits. */
void scalar_multiply_add(uint8_t bytes[32], const scalar a, const scalar b, const scalar c);

#endif
