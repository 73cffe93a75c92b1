/* Strict Ed25519 (RFC 8032). A verifier may take the equation with or without the cofactor; OpenSSL and tweetnacl take
 * the one without, and with the other a key or R that has a part of small order could pass here and fail on the host.
 */
#include "tars_ed25519.h"

#include <string.h> /* memcmp, memcpy */

#include "ed25519_point.h"
#include "monocypher.h" /* crypto_wipe */
#include "tars_errors.h"
#include "tars_sha512.h"

/* SHA-512 of one or two (not NULL) times 32 bytes, and of a message. */
static void hash(uint8_t digest[64], const uint8_t *first, const uint8_t *second, const uint8_t *message,
                 uint32_t size) {
  tars_sha512 sha;
  tars_sha512_begin(&sha);
  tars_sha512_add(&sha, first, 32);
  if (second) tars_sha512_add(&sha, second, 32);
  tars_sha512_add(&sha, message, size);
  tars_sha512_end(&sha, digest);
  crypto_wipe(&sha, sizeof sha);
}

/* The same modulo the order of the group. */
static void hash_reduce(scalar number, const uint8_t *first, const uint8_t *second, const uint8_t *message,
                        uint32_t size) {
  uint8_t digest[64];
  hash(digest, first, second, message, size);
  scalar_reduce(number, digest);
  crypto_wipe(digest, sizeof digest);
}

/* The secret number of a seed: the first half of its digest, clamped (5.1.5). The second half is what makes nonces
 * secret. */
static void expand(scalar number, uint8_t digest[64], const uint8_t seed[32]) {
  hash(digest, seed, NULL, NULL, 0);
  digest[0] &= 0xf8;
  digest[31] = (digest[31] & 0x7f) | 0x40;
  scalar_read(number, digest);
}

/* The public key is the secret number times the base point. */
void tars_ed25519_key(uint8_t secret[64], uint8_t seed[32]) {
  uint8_t digest[64];
  scalar a;
  expand(a, digest, seed);
  memcpy(secret, seed, 32);
  point_multiply(secret + 32, a);
  crypto_wipe(digest, sizeof digest);
  crypto_wipe(a, sizeof a);
  crypto_wipe(seed, 32);
}

/* R = [r]B with a nonce r that follows from key and message, S = h a + r (5.1.6). */
void tars_ed25519_sign(uint8_t signature[64], const uint8_t secret[64], const uint8_t *message, uint32_t size) {
  uint8_t digest[64];
  scalar a, r, h;
  expand(a, digest, secret);
  hash_reduce(r, digest + 32, NULL, message, size);
  point_multiply(signature, r);
  hash_reduce(h, signature, secret + 32, message, size);
  scalar_multiply_add(signature + 32, a, h, r);
  crypto_wipe(digest, sizeof digest);
  crypto_wipe(a, sizeof a);
  crypto_wipe(r, sizeof r);
}

/* Small order, or another spelling. */
bool tars_ed25519_weak(const uint8_t point[32]) { return point_weak(point); }

/* R is canonical here, so equal points have equal encodings. */
int tars_ed25519_verify(const uint8_t *message, uint32_t size, const uint8_t signature[64], const uint8_t key[32]) {
  scalar s, h;
  uint8_t encoded[32];
  if (!scalar_read(s, signature + 32)) return -TARS_E_MALLEABLE;
  if (point_weak(signature) || point_weak(key)) return -TARS_E_SMALL_ORDER;
  hash_reduce(h, signature, key, message, size);
  bool right = point_combine(encoded, s, h, key) && !memcmp(encoded, signature, sizeof encoded);
  return right ? 0 : -TARS_E_BAD_SIGNATURE;
}
