/* Points over Monocypher's arithmetic modulo p = 2^255 - 19, whose functions are static: its source is included to
 * reach them. Its own functions for points are faster and take 5 K more: tables of the base point's multiples, and
 * squares apart from products.
 *
 * A product has limbs below 1.1 · 2^25 (even ones) and 1.1 · 2^24 (odd ones), a factor may have up to 1.65 · 2^26
 * and 1.65 · 2^25: so sums and differences of up to three products are factors. */
#include "ed25519_point.h"

#include <string.h> /* memcmp, memset */

#include "monocypher.c"

enum { LIMBS = 10, SECRET_BITS = 255, TOP_DIGIT = 252 };

/* A point (x / z, y / z) with x y = e h z: the two factors of what the formulas call t, multiplied only where a sum
 * needs it. */
typedef struct {
  fe x, y, z, e, h;
} point;

/* What a sum needs of a point that is added to others. */
typedef struct {
  fe sides[2]; /* y + x, y - x */
  fe product;  /* 2 d x y */
} term;

/* The base point. */
static const fe base_x = { -14297830, -7645148,  16144683, -16471763, 27570974,
                           -2696100,  -26142465, 8378389,  20764389,  8758491 };
static const fe base_y = { -26843541, -6710886,  13421773, -13421773, 26843546,
                           6710886,   -13421773, 13421773, -26843546, -6710886 };

/* Bits of a limb, and where they begin in a number: 26 and 25 in turn. */
static int limb_bits(int i) { return 26 - i % 2; }
static int limb_begin(int i) { return (51 * i + 1) / 2; }

/* Reads a number below 2^255. Its limbs are below 2^26 and 2^25, less than a sum's of two products. */
static void number_read(fe x, const uint8_t bytes[32]) {
  for (int i = 0; i < LIMBS; i++)
    x[i] = (i32)(load32_le(bytes + limb_begin(i) / 8) >> limb_begin(i) % 8 & ((1u << limb_bits(i)) - 1));
}

/* Writes a factor modulo p. A product is between -p and p; below 0, p is added: 19 is taken off and bit 255 lost. */
static void number_write(uint8_t bytes[32], const fe x) {
  fe limbs;
  fe_1(limbs);
  fe_mul(limbs, limbs, x);
  i32 sign = (19 * limbs[9] + (1 << 24)) >> 25; /* as fe_tobytes has it */
  for (int i = 0; i < LIMBS; i++) sign = (sign + limbs[i]) >> limb_bits(i);
  i64 rest = 19 * sign;
  int bits = 0;
  for (int i = 0; i < LIMBS; i++) {
    rest += (i64)limbs[i] * (1 << bits);
    for (bits += limb_bits(i); bits >= 8; bits -= 8, rest >>= 8) *bytes++ = (uint8_t)rest;
  }
  *bytes = rest & 0x7f;
}

/* Whether a factor is 0 modulo p. */
static bool is_zero(const fe x) {
  uint8_t bytes[32], any = 0;
  number_write(bytes, x);
  for (int i = 0; i < 32; i++) any |= bytes[i];
  return !any;
}

/* Squares, so many times. */
static void square(fe x, int times) {
  while (times-- > 0) fe_mul(x, x, x);
}

/* x^((p - 5) / 8) = x^(2^252 - 3). x^(2^n - 1) is made for n = 1, 3, 7, 15, 31, 62, 125, 250: doubled, and one more
 * where the next bit of 250 is set. */
static void power(fe result, const fe x) {
  fe shifted;
  fe_copy(result, x);
  for (int bit = 6, n = 1; bit >= 0; bit--, n = 250 >> (bit + 1)) {
    fe_copy(shifted, result);
    square(shifted, n);
    fe_mul(result, result, shifted);
    if (250 >> bit & 1) {
      square(result, 1);
      fe_mul(result, result, x);
    }
  }
  square(result, 2);
  fe_mul(result, result, x);
}

/* Reads y of an encoded point, and what its x² is as a fraction: u / v = (2 y² - 2) / (2 d y² + 2). */
static void y_read(fe y, fe u, fe v, const uint8_t encoded[32]) {
  number_read(y, encoded);
  fe_mul(u, y, y);
  fe_mul(v, u, D2);
  fe_add(u, u, u);
  u[0] -= 2;
  v[0] += 2;
}

/* The sign of x doesn't matter: a point and its negative have the same order. Those of order 1 and 2 have x = 0, of
 * order 4 y = 0, of order 8 x² = -y²: one of u, y and u + v y² is 0. */
bool point_weak(const uint8_t encoded[32]) {
  fe y, u, v, sum;
  uint8_t again[32];
  y_read(y, u, v, encoded);
  number_write(again, y);
  again[31] |= encoded[31] & 0x80;
  if (memcmp(again, encoded, sizeof again)) return true;
  fe_mul(v, v, y);
  fe_mul(v, v, y);
  fe_add(sum, u, v);
  fe_mul(sum, sum, u);
  fe_mul(sum, sum, y);
  return is_zero(sum);
}

/* A term of a point. */
static void term_make(term *made, const fe x, const fe y) {
  fe_add(made->sides[0], y, x);
  fe_sub(made->sides[1], y, x);
  fe_mul(made->product, x, y);
  fe_mul(made->product, made->product, D2);
}

/* Reads a point as the term of its negative; false if it is not on the curve. On it u v is a square, and u (u v)^((p -
 * 5) / 8) is a root of u / v or of -u / v, which differ by a root of -1. */
static bool term_read(term *negative, const uint8_t encoded[32]) {
  fe x, y, u, v, t;
  uint8_t bytes[32];
  y_read(y, u, v, encoded);
  fe_mul(t, u, v);
  power(x, t);
  fe_mul(x, x, u);
  fe_mul(t, x, x);
  fe_mul(v, v, t);
  fe_sub(t, v, u);
  if (!is_zero(t)) {
    fe_add(t, v, u);
    if (!is_zero(t)) return false;
    fe_mul(x, x, sqrtm1);
  }
  number_write(bytes, x);
  if ((bytes[0] & 1) == encoded[31] >> 7) fe_neg(x, x);
  term_make(negative, x, y);
  return true;
}

/* Writes y and the sign of x. 1 / z is z^(p - 2) = (z^((p - 5) / 8))^8 z^3. */
static void point_write(uint8_t encoded[32], const point *written) {
  fe inverse, t;
  uint8_t bytes[32];
  power(inverse, written->z);
  square(inverse, 3);
  for (int i = 0; i < 3; i++) fe_mul(inverse, inverse, written->z);
  fe_mul(t, written->x, inverse);
  number_write(bytes, t);
  fe_mul(t, written->y, inverse);
  number_write(encoded, t);
  encoded[31] |= (uint8_t)(bytes[0] << 7);
}

/* The neutral point. */
static void clear(point *sum) {
  memset(sum, 0, sizeof *sum);
  sum->y[0] = sum->z[0] = 1;
}

/* The end of both formulas. */
static void complete(point *sum, const fe f, const fe g) {
  fe_mul(sum->x, sum->e, f);
  fe_mul(sum->y, sum->h, g);
  fe_mul(sum->z, f, g);
}

/* Doubles: dbl-2008-hwcd in the Explicit-Formulas Database, but f and h negated, and so all of x, y, z and e h. */
static void twice(point *sum) {
  fe f, g, xx;
  fe_mul(xx, sum->x, sum->x);
  fe_mul(g, sum->y, sum->y);
  fe_add(f, sum->z, sum->z);
  fe_mul(f, f, sum->z);
  fe_add(sum->e, sum->x, sum->y);
  fe_mul(sum->e, sum->e, sum->e);
  fe_add(sum->h, g, xx);
  fe_sub(sum->e, sum->e, sum->h);
  fe_sub(g, g, xx);
  fe_sub(f, f, g);
  complete(sum, f, g);
}

/* Adds a term or its negative: madd-2008-hwcd-3. The negative has its sides exchanged and its product negated, which
 * exchanges f and g. */
static void add(point *sum, const term *more, bool negative) {
  fe a, b, t;
  fe_mul(t, sum->e, sum->h);
  fe_mul(t, t, more->product);
  fe_add(a, sum->y, sum->x);
  fe_mul(a, a, more->sides[negative]);
  fe_sub(b, sum->y, sum->x);
  fe_mul(b, b, more->sides[!negative]);
  fe_add(sum->h, a, b);
  fe_sub(sum->e, a, b);
  fe_add(a, sum->z, sum->z);
  fe_add(b, a, t);
  fe_sub(a, a, t);
  complete(sum, negative ? b : a, negative ? a : b);
}

/* Each turn adds: the base point or the neutral one, chosen without a branch or an address that depends on the bit. */
void point_multiply(uint8_t encoded[32], const scalar s) {
  point sum;
  term base, neutral, chosen;
  term_make(&base, base_x, base_y);
  clear(&sum);
  term_make(&neutral, sum.x, sum.y);
  for (int i = SECRET_BITS - 1; i >= 0; i--) {
    int bit = (int)scalar_bit_at(s, i);
    chosen = neutral;
    fe_ccopy(chosen.sides[0], base.sides[0], bit);
    fe_ccopy(chosen.sides[1], base.sides[1], bit);
    fe_ccopy(chosen.product, base.product, bit);
    twice(&sum);
    add(&sum, &chosen, false);
  }
  point_write(encoded, &sum);
  WIPE_CTX(&sum);
  WIPE_CTX(&chosen);
}

/* Three times a number below L. */
static void triple_make(scalar triple, const scalar number) {
  uint64_t carry = 0;
  for (int i = 0; i < 8; i++) {
    carry += 3ull * number[i];
    triple[i] = (uint32_t)carry;
    carry >>= 32;
  }
}

/* Digit of a number's non-adjacent form, -1, 0 or 1: the next bit of its triple less its own. 3 L is below 2^254: none
 * follows TOP_DIGIT. */
static int digit(const scalar number, const scalar triple, int i) {
  return (int)scalar_bit_at(triple, i + 1) - (int)scalar_bit_at(number, i + 1);
}

/* Both products in one ladder (Straus); two of three digits are 0. */
bool point_combine(uint8_t encoded[32], const scalar s, const scalar h, const uint8_t a[32]) {
  point sum;
  term base, minus_a;
  scalar triple_s, triple_h;
  if (!term_read(&minus_a, a)) return false;
  term_make(&base, base_x, base_y);
  triple_make(triple_s, s);
  triple_make(triple_h, h);
  clear(&sum);
  for (int i = TOP_DIGIT; i >= 0; i--) {
    int of_s = digit(s, triple_s, i), of_h = digit(h, triple_h, i);
    twice(&sum);
    if (of_s) add(&sum, &base, of_s < 0);
    if (of_h) add(&sum, &minus_a, of_h < 0);
  }
  point_write(encoded, &sum);
  return true;
}
