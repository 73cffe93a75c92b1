/* What the compiler calls for numbers that the processor doesn't handle itself: conversions between integers of 64 bits
 * and floats, and their products, quotients and shifts. The answers are compared with arithmetic on 32 bits at most,
 * which needs no helper; the operands are volatile, so that nothing is computed by the compiler. */
#include "conformance.h"

#include <string.h>

enum { ROUNDS = 2000 };

/* A format of IEEE 754: bits of the mantissa without the hidden one, and the exponent's bias. */
typedef struct {
  int mantissa, bias;
} format;

static const format single = { 23, 127 }, twofold = { 52, 1023 };

/* A random number of up to 64 bits, of any length. */
static uint64_t random_long(void) {
  uint64_t value = (uint64_t)conformance_random() << 32 | conformance_random();
  uint32_t length = conformance_random() & 63;
  for (uint32_t i = 0; i < length; i++) value >>= 1;
  return value;
}

/* Bits of the float nearest to `magnitude`, ties to even. */
static uint64_t float_bits(uint64_t magnitude, bool negative, format to) {
  uint64_t sign = negative ? (uint64_t)1 << (to.bias == 127 ? 31 : 63) : 0;
  if (magnitude == 0) return 0;
  int exponent = 63;
  while (!(magnitude >> 63)) magnitude += magnitude, exponent--;
  int dropped = 63 - to.mantissa;
  uint64_t kept = magnitude >> dropped, rest = magnitude << (64 - dropped), half = (uint64_t)1 << 63;
  if (rest > half || (rest == half && kept & 1)) kept++; /* a carry out of the mantissa raises the exponent by one */
  return sign + ((uint64_t)(exponent + to.bias - 1) << to.mantissa) + kept;
}

/* The integer below the magnitude of a float from its bits, saturated at `limit`. */
static uint64_t integer_below(uint64_t bits, format from, uint64_t limit) {
  int exponent = (int)(bits >> from.mantissa & (from.bias == 127 ? 0xff : 0x7ff)) - from.bias;
  if (exponent < 0) return 0;
  if (exponent > 63) return limit;
  uint64_t mantissa = (bits & (((uint64_t)1 << from.mantissa) - 1)) | (uint64_t)1 << from.mantissa;
  int shift = exponent - from.mantissa;
  return shift >= 0 ? mantissa << shift : mantissa >> -shift;
}

static uint64_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static uint64_t bits_of_double(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* One integer to floats of both sizes, as signed and as unsigned, and back as far as it fits. */
static bool converts(uint64_t value) {
  volatile uint64_t plain = value;
  volatile int64_t with_sign = (int64_t)value;
  bool negative = value >> 63;
  uint64_t magnitude = negative ? -value : value;
  volatile float to_float = (float)with_sign, to_float_unsigned = (float)plain;
  volatile double to_double = (double)with_sign, to_double_unsigned = (double)plain;
  uint64_t back_float = integer_below(bits_of_float(to_float), single, 0);
  uint64_t back_double = integer_below(bits_of_double(to_double), twofold, 0);
  bool there = bits_of_float(to_float) == float_bits(magnitude, negative, single) &&
               bits_of_float(to_float_unsigned) == float_bits(value, false, single) &&
               bits_of_double(to_double) == float_bits(magnitude, negative, twofold) &&
               bits_of_double(to_double_unsigned) == float_bits(value, false, twofold);
  if (back_float >> 63 || back_double >> 63) return there; /* does not fit a signed integer: undefined in C */
  return there && (int64_t)to_float == (negative ? -(int64_t)back_float : (int64_t)back_float) &&
         (int64_t)to_double == (negative ? -(int64_t)back_double : (int64_t)back_double) &&
         (negative || ((uint64_t)to_float == back_float && (uint64_t)to_double == back_double));
}

/* A product from four of 16 bits, modulo 2^64. */
static uint64_t product(uint64_t a, uint64_t b) {
  uint64_t sum = 0;
  for (int i = 0; i < 64; i++)
    if (b >> i & 1) sum += a << i;
  return sum;
}

/* Quotient and remainder are right if they make the number again and the remainder is smaller than the divisor. */
static bool divides(uint64_t value, uint64_t divisor) {
  volatile uint64_t a = value, b = divisor, quotient = a / b, rest = a % b;
  if (product(quotient, b) + rest != value || rest >= divisor) return false;
  volatile int64_t sa = (int64_t)value, sb = (int64_t)divisor;
  if (sb == 0 || (sb == -1 && value == (uint64_t)1 << 63)) return true; /* undefined in C */
  volatile int64_t signed_quotient = sa / sb, signed_rest = sa % sb;
  uint64_t size = sb < 0 ? -(uint64_t)sb : (uint64_t)sb;
  uint64_t rest_size = signed_rest < 0 ? -(uint64_t)signed_rest : (uint64_t)signed_rest;
  return product((uint64_t)signed_quotient, (uint64_t)sb) + (uint64_t)signed_rest == value && rest_size < size &&
         (signed_rest == 0 || (signed_rest < 0) == (sa < 0));
}

/* A product and shifts by a distance that only the running program knows. */
static bool multiplies(uint64_t a, uint64_t b) {
  volatile uint64_t x = a, y = b;
  volatile uint32_t distance = (uint32_t)b & 63;
  volatile int64_t with_sign = (int64_t)a;
  uint64_t left = a, right = a, fill = a;
  for (uint32_t i = 0; i < distance; i++) left += left, right >>= 1, fill = fill >> 1 | (fill & (uint64_t)1 << 63);
  return x * y == product(a, b) && x << distance == left && x >> distance == right &&
         (uint64_t)(with_sign >> distance) == fill;
}

/* All of it, for edges and for random numbers. */
void conformance_numbers(void) {
  conformance_random_from(1);
  bool converted = true, divided = true, multiplied = true;
  for (int bit = 0; bit < 64; bit++) {
    for (int64_t off = -2; off <= 2; off++) {
      uint64_t edge = ((uint64_t)1 << bit) + (uint64_t)off;
      converted &= converts(edge) && converts(-edge) && converts(edge | edge >> 25) && converts(edge | edge >> 54);
    }
  }
  for (int i = 0; i < ROUNDS; i++) {
    uint64_t a = random_long(), b = random_long();
    converted &= converts(a) && converts(-a);
    divided &= divides(a, b ? b : 1) && divides(-a, b ? -b : 1);
    multiplied &= multiplies(a, b) && multiplies(-a, b);
  }
  CHECK(converts(583)); /* what `f32(i64)` of a behaviour must be: it once was 8e-43 */
  CHECK(converted);
  CHECK(divided);
  CHECK(multiplied);
}
