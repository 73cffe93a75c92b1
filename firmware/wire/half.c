/* Halves: the short form of a float on the wire. */
#include "tars_cbor.h"

#include <string.h> /* memcpy between a float and its bits */

/* The half that holds `value` exactly, -1 if none does. */
int32_t tars_half_from_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint32_t sign = bits >> 16 & 0x8000, exponent = bits >> 23 & 0xff, mantissa = bits & 0x7fffff;
  if (exponent == 0xff) return mantissa ? 0x7e00 : (int32_t)(sign | 0x7c00);
  if (exponent == 0) return mantissa ? -1 : (int32_t)sign;
  int power = (int)exponent - 127;
  if (power > 15 || power < -24) return -1;
  if (power >= -14) return mantissa & 0x1fff ? -1 : (int32_t)(sign | (uint32_t)(power + 15) << 10 | mantissa >> 13);
  /* A subnormal half counts in 2^-24; the mantissa with its hidden bit counts in 2^(power - 23). */
  int shift = -1 - power;
  uint32_t full = mantissa | 0x800000;
  return full & ((1u << shift) - 1) ? -1 : (int32_t)(sign | full >> shift);
}

/* Value of a half; a NaN loses its payload. */
float tars_half_to_float(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 0x1f, mantissa = half & 0x3ff, bits;
  if (exponent == 0x1f) {
    bits = mantissa ? 0x7fc00000 : sign | 0x7f800000;
  } else if (exponent) {
    bits = sign | (exponent + 112) << 23 | mantissa << 13;
  } else if (mantissa) {
    int shift = 0;
    while (!(mantissa & 0x400)) mantissa <<= 1, shift++;
    bits = sign | (uint32_t)(113 - shift) << 23 | (mantissa & 0x3ff) << 13;
  } else {
    bits = sign;
  }
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
