/* What it costs to verify a bundle, and where that goes. A board of the fixture has read its root document at boot; the
 * bundle comes in whole. And what it costs to sign, which must be the same for all secrets. */
#include <string.h> /* memcpy, memset */

#include "fixture.h"
#include "machine.h"
#include "monocypher-ed25519.h" /* what computes with secrets */
#include "monocypher.h"
#include "tars_bundle_verify.h"
#include "tars_ed25519.h"
#include "tars_errors.h"
#include "tars_sha256.h"

/* Bytes of a Sig_structure of a bundle. */
enum { SIGNED = 61 };
/* The device's seed begins with it. */
enum { DEVICE = 16 };
/* The clock is right if a loop of known length measures within three of its steps. */
enum { LOOPS = 1000000, TOLERANCE = 3 * M7_STEP };

static tars_root owner;
static tars_bundle_facts facts;
static uint8_t digest[64], secret[64], signature[64], number[32], product[32];
static int verdict;

static const tars_bundle_policy policy = {
  .root = &owner,
  .board_class = { fixture_class, sizeof fixture_class - 1 },
  .public_key = fixture_key,
  .calls = { fixture_calls, sizeof fixture_calls },
};

/* Verifies the whole bundle. */
static void verify(void) { verdict = tars_bundle_verify(fixture_bundle, sizeof fixture_bundle, &policy, &facts); }

/* Reads the root document, as at each boot. */
static void read_root(void) { verdict = tars_root_read(fixture_root, sizeof fixture_root, &owner); }

/* Checks the root document as at its installation: one more signature, and its form. */
static void verify_root(void) {
  bool same;
  verdict = tars_root_verify(fixture_root, sizeof fixture_root, NULL, &owner, &same);
}

/* One signature. */
static void verify_signature(void) {
  verdict = tars_ed25519_verify(fixture_signed, sizeof fixture_signed, fixture_signature, fixture_signer);
}

/* The hash in a signature: of R, key and what was signed. */
static void hash_signature(void) {
  static const uint8_t bytes[64 + SIGNED];
  crypto_sha512(digest, bytes, sizeof bytes);
}

/* Makes the device's key of its seed, as at each boot. */
static void make_key(void) {
  uint8_t seed[32] = { DEVICE };
  tars_ed25519_key(secret, seed);
}

/* Signs as much as in a report of the device. */
static void sign(void) { tars_ed25519_sign(signature, secret, fixture_signed, sizeof fixture_signed); }

/* Two tests whether a point is weak. */
static void test_points(void) { verdict = tars_ed25519_weak(fixture_signature) || tars_ed25519_weak(fixture_signer); }

/* A multiple of the base point, as for a key and for a nonce. */
static void multiply_base(void) { crypto_eddsa_scalarbase(signature, number); }

/* The other half of a signature, and what makes a nonce. */
static void multiply_number(void) {
  crypto_eddsa_reduce(product, digest);
  crypto_eddsa_mul_add(signature, number, product, product);
}

/* A loop of two instructions, a million times: shows that the clock counts what it should. */
static void count(void) {
  uint32_t left = LOOPS;
  __asm__ volatile("0: subs %0, #1\n bne 0b" : "+r"(left) : : "cc");
}

/* The payload's digest. */
static void hash_payload(void) { tars_sha256_of(facts.payload.bytes, facts.payload.size, digest); }

/* Whether the clock counts instructions. */
static bool clock_right(void) {
  int32_t wrong = (int32_t)m7_measure(count).instructions - 2 * LOOPS;
  return wrong > -TOLERANCE && wrong < TOLERANCE;
}

/* Whether what computes with secrets takes equally long for those with no bit, every bit and every second one set: a
 * branch on bits would make hundreds of instructions. */
static bool steady(void (*work)(void)) {
  static const uint8_t patterns[] = { 0, 0xff, 0x55 };
  uint32_t first = 0;
  for (size_t i = 0; i < sizeof patterns; i++) {
    memset(number, patterns[i], sizeof number);
    memset(digest, patterns[i], sizeof digest);
    uint32_t cost = m7_measure(work).instructions;
    if (i == 0) first = cost;
    if (cost > first + TOLERANCE || first > cost + TOLERANCE) return false;
  }
  return true;
}

/* Measures one part and prints it; false if it didn't say yes. */
static bool measure(const char *name, void (*work)(void)) {
  m7_cost cost = m7_measure(work);
  m7_print(name, cost.instructions);
  m7_print("  stack", cost.stack);
  return !verdict;
}

/* A figure counts only if the bundle was accepted, and refused with its last bit flipped. */
int m7_main(void) {
  static uint8_t tampered[sizeof fixture_bundle];
  bool fine = clock_right() && measure("root_read", read_root) && measure("root_verify", verify_root);
  fine = fine && measure("bundle_verify", verify) && facts.payload_size == FIXTURE_PAYLOAD;
  fine = fine && measure("signature", verify_signature) && measure("sha512", hash_signature);
  fine = fine && measure("weak_points", test_points) && measure("sha256_payload", hash_payload);
  fine = fine && measure("key", make_key) && measure("sign", sign);
  fine = fine && !tars_ed25519_verify(fixture_signed, sizeof fixture_signed, signature, secret + 32);
  memcpy(tampered, fixture_bundle, sizeof tampered);
  tampered[sizeof tampered - 1] ^= 1;
  fine = fine && tars_bundle_verify(tampered, sizeof tampered, &policy, &facts) == -TARS_E_PAYLOAD_DIGEST;
  m7_print("steady", steady(multiply_base) && steady(multiply_number));
  m7_print("bytes", sizeof fixture_bundle);
  m7_print("accepted", fine);
  return fine ? 0 : 1;
}
