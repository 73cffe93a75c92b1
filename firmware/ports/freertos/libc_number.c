/* In the place of libgcc's own, for size: numbers of 64 bits, which a Cortex-M7 neither divides nor converts itself.
 * libgcc brings 2.3 KB for them, among it addition in software for a processor that has it in hardware. */
#include <stdint.h>

/* The compiler calls these by their names, and takes their results from the registers of the base procedure call
 * standard also where floats are otherwise passed in those of the floating-point unit (Run-time ABI for the Arm
 * Architecture, 4.1.2). */
#ifdef __arm__
#define BASE_PCS __attribute__((pcs("aapcs")))
#else
#define BASE_PCS
#endif
BASE_PCS double __aeabi_ul2d(uint64_t value);
BASE_PCS double __aeabi_l2d(int64_t value);
BASE_PCS float __aeabi_ul2f(uint64_t value);
BASE_PCS float __aeabi_l2f(int64_t value);
uint64_t __udivmoddi4(uint64_t value, uint64_t divisor, uint64_t *remainder);

/* The upper half is exact and the lower one, too: only their sum is rounded, once. */
double __aeabi_ul2d(uint64_t value) { return (double)(uint32_t)(value >> 32) * 0x1p32 + (double)(uint32_t)value; }
double __aeabi_l2d(int64_t value) { return (double)(int32_t)(value >> 32) * 0x1p32 + (double)(uint32_t)value; }

/* What a double has no room for is gathered in one odd bit, so that only the rounding to float is seen. */
static uint64_t odd(uint64_t value) { return (value & ~UINT64_C(0x7ff)) | (value & 0x7ff ? 0x800 : 0); }
float __aeabi_ul2f(uint64_t value) { return (float)__aeabi_ul2d(value >> 53 ? odd(value) : value); }
float __aeabi_l2f(int64_t value) {
  return (float)__aeabi_l2d(value >> 53 == value >> 63 ? value : (int64_t)odd((uint64_t)value));
}

/* Quotient, and remainder. A divisor below 2^16 takes four divisions by the processor, any other a bit at a time; it
 * isn't 0. */
uint64_t __udivmoddi4(uint64_t value, uint64_t divisor, uint64_t *remainder) {
  uint64_t quotient = 0, rest = 0;
  if (divisor >> 16 == 0) {
    for (int shift = 48; shift >= 0; shift -= 16) {
      uint32_t part = (uint32_t)rest << 16 | (uint16_t)(value >> shift);
      quotient = quotient << 16 | part / (uint16_t)divisor;
      rest = part % (uint16_t)divisor;
    }
  } else {
    rest = value;
    int shift = value == 0 || value < divisor ? -1 : __builtin_clzll(divisor) - __builtin_clzll(value);
    for (; shift >= 0; shift--) {
      quotient <<= 1;
      if (rest >= divisor << shift) rest -= divisor << shift, quotient |= 1;
    }
  }
  if (remainder) *remainder = rest;
  return quotient;
}
