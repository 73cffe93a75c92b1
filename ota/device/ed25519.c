/* Strict Ed25519 (RFC 8032) over Monocypher, which makes keys, signs and does all arithmetic. Its own check multiplies
 * by the cofactor and accepts second spellings of points, so a key or R that has a part of small order could pass here
 * and fail on the host. RFC 8032 allows either equation; OpenSSL and tweetnacl compute the one without the cofactor.
 * The steps of that check are static functions of Monocypher: its source is included to reach them. */
#include "tars_ed25519.h"

#include <string.h> /* memcmp, memcpy */

#include "monocypher-ed25519.h"
#include "monocypher.c"
#include "tars_errors.h"

/* y of the points of small order, little-endian: 0, 1, -1, and the two of order 8. */
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
/* 2^255 - 19, and the order of the group. */
static const uint8_t field[32] = { 0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f };
static const uint8_t group[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                   0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                   0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10 };

/* True if a little-endian number is below another. */
static bool below(const uint8_t a[32], const uint8_t b[32]) {
  for (int i = 31; i >= 0; i--)
    if (a[i] != b[i]) return a[i] < b[i];
  return false;
}

/* The sign of x doesn't matter: a point and its negative have the same order. */
bool tars_ed25519_weak(const uint8_t point[32]) {
  uint8_t y[32];
  memcpy(y, point, sizeof y);
  y[31] &= 0x7f;
  if (!below(y, field)) return true;
  for (size_t i = 0; i < sizeof small_orders / sizeof small_orders[0]; i++)
    if (!memcmp(y, small_orders[i], sizeof y)) return true;
  return false;
}

/* The hash that binds R, key and message, modulo the order of the group. */
static void challenge(uint8_t h[32], const uint8_t *message, uint32_t size, const uint8_t r[32],
                      const uint8_t key[32]) {
  crypto_sha512_ctx hash;
  uint8_t digest[64];
  crypto_sha512_init(&hash);
  crypto_sha512_update(&hash, r, 32);
  crypto_sha512_update(&hash, key, 32);
  crypto_sha512_update(&hash, message, size);
  crypto_sha512_final(&hash, digest);
  crypto_eddsa_reduce(h, digest);
}

/* Encoding of [s]B - [h]A, step by step as crypto_eddsa_check_equation computes it before it compares; false if A is
 * not on the curve. */
static bool combine(uint8_t encoded[32], const uint8_t s[32], const uint8_t h[32], const uint8_t key[32]) {
  ge sum, twice, work;
  ge_cached odd[P_W_SIZE]; /* 1, 3, … times -A */
  slide_ctx of_h, of_s;
  fe a, b;
  if (ge_frombytes_neg_vartime(&sum, key)) return false;
  ge_double(&twice, &sum, &work);
  ge_cache(&odd[0], &sum);
  for (int i = 1; i < P_W_SIZE; i++) {
    ge_add(&work, &twice, &odd[i - 1]);
    ge_cache(&odd[i], &work);
  }
  slide_init(&of_h, h);
  slide_init(&of_s, s);
  ge_zero(&sum);
  for (int i = MAX(of_h.next_check, of_s.next_check); i >= 0; i--) {
    ge_double(&sum, &sum, &work);
    int h_digit = slide_step(&of_h, P_W_WIDTH, i, h), s_digit = slide_step(&of_s, B_W_WIDTH, i, s);
    if (h_digit > 0) ge_add(&sum, &sum, &odd[h_digit / 2]);
    if (h_digit < 0) ge_sub(&sum, &sum, &odd[-h_digit / 2]);
    if (s_digit > 0) ge_madd(&sum, &sum, &b_window[s_digit / 2], a, b);
    if (s_digit < 0) ge_msub(&sum, &sum, &b_window[-s_digit / 2], a, b);
  }
  ge_tobytes(encoded, &sum);
  return true;
}

/* R is canonical here, so equal points have equal encodings. */
int tars_ed25519_verify(const uint8_t *message, uint32_t size, const uint8_t signature[64], const uint8_t key[32]) {
  uint8_t h[32], encoded[32];
  if (!below(signature + 32, group)) return -TARS_E_MALLEABLE;
  if (tars_ed25519_weak(signature) || tars_ed25519_weak(key)) return -TARS_E_SMALL_ORDER;
  challenge(h, message, size, signature, key);
  bool right = combine(encoded, signature + 32, h, key) && !memcmp(encoded, signature, sizeof encoded);
  return right ? 0 : -TARS_E_BAD_SIGNATURE;
}

void tars_ed25519_key(uint8_t secret[64], uint8_t seed[32]) {
  uint8_t key[32];
  crypto_ed25519_key_pair(secret, key, seed);
}

void tars_ed25519_sign(uint8_t signature[64], const uint8_t secret[64], const uint8_t *message, uint32_t size) {
  crypto_ed25519_sign(signature, secret, message, size);
}
