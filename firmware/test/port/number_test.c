/* The FreeRTOS port's conversions and division of 64 bits against the host's: the same bits for edges and for a million
 * numbers. */
#include "check.h"

#include <stdint.h>
#include <string.h>

double __aeabi_ul2d(uint64_t value);
double __aeabi_l2d(int64_t value);
float __aeabi_ul2f(uint64_t value);
float __aeabi_l2f(int64_t value);
uint64_t __udivmoddi4(uint64_t value, uint64_t divisor, uint64_t *remainder);

static uint64_t seed = 1;

/* A random number of any length up to 64 bits. */
static uint64_t next(void) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return seed >> (seed * 11400714819323198485u >> 58);
}

/* Compares all conversions of one number. */
static void convert(uint64_t value) {
  double doubles[] = { __aeabi_ul2d(value), (double)value, __aeabi_l2d((int64_t)value), (double)(int64_t)value };
  float floats[] = { __aeabi_ul2f(value), (float)value, __aeabi_l2f((int64_t)value), (float)(int64_t)value };
  CHECK(memcmp(doubles, doubles + 1, sizeof *doubles) == 0 && memcmp(doubles + 2, doubles + 3, sizeof *doubles) == 0);
  CHECK(memcmp(floats, floats + 1, sizeof *floats) == 0 && memcmp(floats + 2, floats + 3, sizeof *floats) == 0);
}

/* Compares the quotient and the remainder. */
static void divide(uint64_t value, uint64_t divisor) {
  uint64_t rest, quotient = __udivmoddi4(value, divisor, &rest);
  CHECK(quotient == value / divisor && rest == value % divisor);
}

int main(void) {
  /* Around every power of two, and halfway between two floats or two doubles of every size. */
  for (int bit = 0; bit < 64; bit++) {
    for (int other = -1; other < bit; other++) {
      uint64_t value = UINT64_C(1) << bit | (other < 0 ? 0 : UINT64_C(1) << other);
      for (int64_t off = -2; off <= 2; off++) convert(value + (uint64_t)off), convert(-(value + (uint64_t)off));
      for (int divisor = 0; divisor < 64; divisor++)
        divide(value, UINT64_C(1) << divisor), divide(value - 1, (UINT64_C(2) << divisor) - 1);
    }
  }
  for (int i = 0; i < 1000000; i++) {
    uint64_t value = next(), divisor = next();
    convert(value);
    divide(value, divisor ? divisor : 1);
  }
  return check_report("number");
}
