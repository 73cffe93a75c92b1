/* The device's Ed25519 against Monocypher's, which computes all of it in other ways: with tables, other formulas and
 * other reductions. Numbers and points are random, and those where a carry or a case could go wrong. */
#include "check.h"
#include "ed25519_point.c" /* and with it what is static there and in Monocypher */
#include "monocypher-ed25519.h"
#include "tars_ed25519.h"
#include "tars_errors.h"

enum { ROUNDS = 300 };

/* First byte, the 30 that follow, the last: around 0, p, powers of 2, and with bits in turn. */
static const uint8_t edges[][3] = {
  { 0, 0, 0 },          { 1, 0, 0 },          { 2, 0, 0 },          { 18, 0, 0 },         { 19, 0, 0 },
  { 0, 0, 0x10 },       { 0, 0, 0x40 },       { 0, 0, 0x80 },       { 0xec, 0xff, 0x7f }, { 0xed, 0xff, 0x7f },
  { 0xee, 0xff, 0x7f }, { 0xff, 0xff, 0x7f }, { 0xff, 0xff, 0xff }, { 0xff, 0xff, 0x0f }, { 0x55, 0x55, 0x55 },
  { 0xaa, 0xaa, 0xaa }, { 0x55, 0x55, 0x05 }, { 0xaa, 0xaa, 0x0a },
};
enum { EDGES = sizeof edges / sizeof edges[0], AROUND_L = 3, SPECIAL = EDGES + AROUND_L };

/* y of the points of small order: 0, 1, -1, and the two of order 8. */
static const uint8_t small_orders[][32] = {
  { 0 },
  { 1 },
  { 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
  { 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
    0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
  { 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
    0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
};
enum { SMALL_ORDERS = sizeof small_orders / sizeof small_orders[0], ORDER_8 = 3 };

/* Random bytes, the same in every run (splitmix64). */
static void fill(void *bytes, size_t size) {
  static uint64_t state;
  for (size_t i = 0; i < size; i++) {
    uint64_t mixed = state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    ((uint8_t *)bytes)[i] = (uint8_t)(mixed ^ mixed >> 31);
  }
}

/* The edges, then L - 1, L and L + 1, then random numbers. */
static void number_of(int round, uint8_t bytes[32]) {
  if (round < EDGES) {
    memset(bytes, edges[round][1], 32);
    bytes[0] = edges[round][0];
    bytes[31] = edges[round][2];
  } else if (round < SPECIAL) {
    store32_le_buf(bytes, L, 8);
    bytes[0] = (uint8_t)(bytes[0] + round - EDGES - 1);
  } else {
    fill(bytes, 32);
  }
}

/* The same modulo L, in both forms. */
static void scalar_of(int round, uint8_t bytes[32], scalar number) {
  uint8_t wide[64] = { 0 };
  number_of(round, wide);
  crypto_eddsa_reduce(bytes, wide);
  scalar_read(number, bytes);
}

/* Numbers modulo p: read, written, and factors with the largest limbs. */
static void check_numbers(void) {
  for (int i = 0; i < 100 * ROUNDS; i++) {
    uint8_t bytes[32], ours[32], theirs[32];
    fe mine, other;
    number_of(i, bytes);
    number_read(mine, bytes);
    fe_frombytes(other, bytes);
    fe_tobytes(theirs, other);
    number_write(ours, mine);
    CHECK(!memcmp(ours, theirs, 32), "number %d", i);
    for (int k = 0; k < LIMBS; k++) mine[k] = (bytes[k] & 1 ? 0x6999999 : -0x6999999) / (1 + k % 2); /* 1.65 · 2^26 */
    fe_mul(other, mine, fe_one);
    fe_tobytes(theirs, other);
    number_write(ours, mine);
    CHECK(!memcmp(ours, theirs, 32), "factor %d", i);
  }
}

/* 64 bytes modulo L, and which 32 are below it. */
static void check_reduction(void) {
  for (int i = 0; i < 10 * ROUNDS; i++) {
    uint8_t wide[64] = { 0 }, theirs[32];
    scalar mine, other;
    number_of(i, wide);
    crypto_eddsa_reduce(theirs, wide);
    CHECK(scalar_read(mine, wide) == !memcmp(theirs, wide, 32), "%d below L", i);
    number_of(i % SPECIAL, wide);
    number_of(i / SPECIAL, wide + 32);
    crypto_eddsa_reduce(theirs, wide);
    scalar_read(other, theirs);
    scalar_reduce(mine, wide);
    CHECK(!memcmp(mine, other, sizeof mine), "%d reduced", i);
  }
}

/* a b + c modulo L. */
static void check_multiplication(void) {
  for (int i = 0; i < 10 * ROUNDS; i++) {
    uint8_t a[32], b[32], c[32], ours[32], theirs[32];
    scalar x, y, z;
    number_of(i % SPECIAL, a);
    a[31] &= 0x7f;
    scalar_read(x, a);
    scalar_of(i / SPECIAL, b, y);
    scalar_of(i / 5, c, z);
    crypto_eddsa_mul_add(theirs, a, b, c);
    scalar_multiply_add(ours, x, y, z);
    CHECK(!memcmp(ours, theirs, 32), "%d", i);
  }
}

/* Reads any 32 bytes as a point, with the same answer. */
static bool read_both(const uint8_t encoded[32], ge *theirs) {
  term mine;
  point sum;
  uint8_t from_mine[32], from_theirs[32];
  bool on_curve = term_read(&mine, encoded);
  CHECK(on_curve == (ge_frombytes_neg_vartime(theirs, encoded) == 0), "on the curve");
  if (!on_curve) return false;
  clear(&sum);
  add(&sum, &mine, false);
  point_write(from_mine, &sum);
  ge_tobytes(from_theirs, theirs);
  CHECK(!memcmp(from_mine, from_theirs, 32), "read and written");
  return true;
}

/* Sums, differences and doubles: a walk over the curve on both sides. */
static void check_points(void) {
  point mine;
  ge theirs, work, read;
  clear(&mine);
  ge_zero(&theirs);
  for (int i = 0; i < 10 * ROUNDS; i++) {
    uint8_t encoded[32], other[32];
    term more;
    ge_cached cached;
    number_of(i, encoded);
    if (!read_both(encoded, &read)) continue;
    term_read(&more, encoded);
    ge_cache(&cached, &read);
    add(&mine, &more, i % 3 == 0);
    if (i % 3)
      ge_add(&theirs, &theirs, &cached);
    else
      ge_sub(&theirs, &theirs, &cached);
    if (i % 2) {
      twice(&mine);
      ge_double(&theirs, &theirs, &work);
    }
    point_write(encoded, &mine);
    ge_tobytes(other, &theirs);
    CHECK(!memcmp(encoded, other, 32), "step %d", i);
  }
}

/* [s]B. */
static void check_multiply(void) {
  for (int i = 0; i < ROUNDS; i++) {
    uint8_t bytes[32], ours[32], theirs[32];
    scalar s;
    number_of(i, bytes);
    bytes[31] &= 0x7f;
    scalar_read(s, bytes);
    point_multiply(ours, s);
    crypto_eddsa_scalarbase(theirs, bytes);
    CHECK(!memcmp(ours, theirs, 32), "%d", i);
  }
}

/* [s]B + [h]P by the library's functions, a bit at a time. */
static void combine(uint8_t encoded[32], const uint8_t s[32], const uint8_t h[32], const ge *p) {
  ge sum, work;
  ge_cached more;
  ge_zero(&sum);
  ge_cache(&more, p);
  for (int i = 255; i >= 0; i--) {
    ge_double(&sum, &sum, &work);
    if (scalar_bit(h, i)) ge_add(&sum, &sum, &more);
  }
  ge_scalarmult_base(&work, s);
  ge_cache(&more, &work);
  ge_add(&sum, &sum, &more);
  ge_tobytes(encoded, &sum);
}

/* [s]B - [h]A for points A of all orders: of small order, of L, and of both. */
static void check_combine(void) {
  for (int i = 0; i < ROUNDS; i++) {
    uint8_t of_s[32], of_h[32], key[32], ours[32], theirs[32];
    scalar s, h;
    ge read;
    scalar_of(i % SPECIAL, of_s, s);
    scalar_of(i / SPECIAL + i % 2 * SPECIAL, of_h, h);
    do {
      if (i % 20 < SMALL_ORDERS)
        memcpy(key, small_orders[i % 20], 32);
      else
        fill(key, 32); /* of both */
      if (i % 3 == 0) crypto_eddsa_scalarbase(key, key);
    } while (ge_frombytes_neg_vartime(&read, key));
    CHECK(point_combine(ours, s, h, key), "on the curve");
    combine(theirs, of_s, of_h, &read);
    CHECK(!memcmp(ours, theirs, 32), "%d", i);
  }
}

/* Whether a point is weak: by what it comes to eight times, and by its spelling. */
static void check_weak(void) {
  uint8_t encoded[32], again[32];
  for (int i = 0; i < 2 * SMALL_ORDERS; i++) {
    memcpy(encoded, small_orders[i / 2], 32);
    encoded[31] |= i % 2 ? 0x80 : 0;
    CHECK(tars_ed25519_weak(encoded), "small order %d", i);
  }
  for (int i = 0; i < 20 * ROUNDS; i++) {
    ge eight, work;
    number_of(i, encoded);
    if (i % 2 && i > SPECIAL) memset(encoded + 1, 0xff, 30), encoded[31] |= 0x7f; /* around p */
    fe y;
    fe_frombytes(y, encoded);
    fe_tobytes(again, y);
    bool second = memcmp(again, encoded, 31) || again[31] != (encoded[31] & 0x7f);
    if (ge_frombytes_neg_vartime(&eight, encoded)) {
      CHECK(tars_ed25519_weak(encoded) == second, "no point %d", i);
      continue;
    }
    for (int k = 0; k < 3; k++) ge_double(&eight, &eight, &work);
    ge_tobytes(again, &eight);
    CHECK(tars_ed25519_weak(encoded) == (second || !memcmp(again, small_orders[1], 32)), "point %d", i);
  }
}

/* Keys and signatures are the library's, and are taken; with any bit flipped they aren't. */
static void check_signatures(void) {
  for (int i = 0; i < ROUNDS; i++) {
    uint8_t seed[32], same[32], mine[64], theirs[64], key[32], message[ROUNDS], ours[64], signature[64];
    uint32_t size = (uint32_t)i;
    fill(seed, sizeof seed);
    fill(message, sizeof message);
    memcpy(same, seed, sizeof same);
    tars_ed25519_key(mine, seed);
    crypto_ed25519_key_pair(theirs, key, same);
    CHECK(!memcmp(mine, theirs, 64) && !memcmp(seed, small_orders[0], 32), "key %d, its seed wiped", i);
    tars_ed25519_sign(ours, mine, message, size);
    crypto_ed25519_sign(signature, theirs, message, size);
    CHECK(!memcmp(ours, signature, 64), "signature %d", i);
    CHECK(!tars_ed25519_verify(message, size, ours, key), "taken %d", i);
    ours[i % 64] ^= (uint8_t)(1 << i % 8);
    CHECK(tars_ed25519_verify(message, size, ours, key) < 0, "refused %d", i);
  }
}

/* Runs all. */
int main(void) {
  check_numbers();
  check_reduction();
  check_multiplication();
  check_points();
  check_multiply();
  check_combine();
  check_weak();
  check_signatures();
  return check_end("ed25519");
}
