/* Fuzzer of the verifier of signed documents. The input is the part that is fuzzed, the row of the golden vectors whose
 * board looks at it, and its bytes. No fuzzer forges a signature or finds a digest, so the arithmetic is replaced here,
 * and all parts but the first two are wrapped into a document with the right digests: changed manifests, grants and
 * apps get through to their readers. What is accepted must be what an encoder writes, and keep the promises that the
 * installation relies on. */
#include "fuzz_bundle.h"

#include "fuzz.h"
#include "mutate.h"
#include "tars_ed25519.h"
#include "tars_fleet.h"
#include "tars_module.h"
#include "tars_sha256.h"

enum { BUNDLE, ROOT, MANIFEST, SHARED, BODY, APP, GRANT, COMMAND, BEACON, COMMAND_BODY, BEACON_BODY, PARTS };
enum { HEAD = 2 };

/* Takes the place of the arithmetic: a signature that begins with ff is wrong, one that ends with ff is malleable. */
int tars_ed25519_verify(const uint8_t *message, uint32_t size, const uint8_t signature[64], const uint8_t key[32]) {
  enum { OF_BUNDLE = 61, OF_ROOT = 70, OF_COMMAND = 73, OF_BEACON = 72 }; /* bytes of the Sig_structures */
  FUZZ_ASSERT(message && key && (size == OF_BUNDLE || size == OF_ROOT || size == OF_COMMAND || size == OF_BEACON));
  return signature[63] == 0xff ? -TARS_E_MALLEABLE : signature[0] == 0xff ? -TARS_E_BAD_SIGNATURE : 0;
}

/* Only the key of zeros is weak. */
bool tars_ed25519_weak(const uint8_t point[32]) {
  static const uint8_t zeros[32];
  return !memcmp(point, zeros, sizeof zeros);
}

#ifdef TARS_CANARY
/* The planted bug: of a bundle for one device with a health window below a second, the calls are copied one byte too
 * far. */
static void canary(const tars_bundle_facts *facts) {
  if (!facts->device || facts->health_ms >= 1000) return;
  uint8_t *copy = fuzz_copy(facts->calls.bytes, facts->calls.size);
  copy[facts->calls.size] = 1;
  fuzz_free(copy);
}
#else
/* No planted bug. */
static void canary(const tars_bundle_facts *facts) { (void)facts; }
#endif

/* Asserts what the installation takes for granted of a bundle that was accepted. */
static void check_facts(const tars_bundle_facts *facts, const tars_bundle_policy *policy, const uint8_t *bytes,
                        uint32_t size) {
  static uint8_t shared[FUZZ_CAPACITY], manifest[FUZZ_CAPACITY];
  uint8_t digest[32];
  tars_cbor_writer inner = { shared, sizeof shared, 0 }, out = { manifest, sizeof manifest, 0 },
                   wrapped = { shared, sizeof shared, 0 };
  FUZZ_ASSERT(policy->root && facts->epoch == policy->root->epoch && facts->number >= policy->root->sequence &&
              !facts->delta);
  FUZZ_ASSERT(facts->health_ms >= 1 && facts->health_ms <= TARS_LIMIT_HEALTH_MAX_MS && tars_grant_valid(facts->grant));
  if (facts->payload.bytes && !facts->detached) FUZZ_ASSERT(facts->payload.bytes + facts->payload.size == bytes + size);
  if (facts->payload.bytes && !facts->same) FUZZ_ASSERT(facts->payload.size == facts->payload_size);
  fuzz_write_shared(&inner, facts);
  fuzz_write_manifest(&out, (uint64_t)facts->epoch << 32 | facts->number, (tars_bytes){ shared, inner.size },
                      facts->detached);
  tars_cbor_write_bytes(&wrapped, (tars_bytes){ manifest, out.size });
  tars_sha256_of(shared, wrapped.size, digest);
  FUZZ_ASSERT(!memcmp(digest, facts->digest, sizeof digest));
  canary(facts);
}

/* Reads a bundle; true if it is accepted. */
static bool try_bundle(const case_board *board, const uint8_t *data, uint32_t size) {
  tars_bundle_facts facts;
  uint8_t *bytes = fuzz_lay_out(data, size);
  int err = tars_bundle_verify(bytes, size, &board->policy, &facts);
  FUZZ_ASSERT(err <= 0 && strcmp(tars_error_name(err), "?"));
  if (!err) check_facts(&facts, &board->policy, bytes, size);
  return !err;
}

/* Reads a root document that follows the board's own; true if it is accepted. */
static bool try_root(const tars_root *old, const uint8_t *data, uint32_t size) {
  tars_root root, again;
  bool same;
  uint8_t *bytes = fuzz_lay_out(data, size);
  int err = tars_root_verify(bytes, size, old, &root, &same);
  FUZZ_ASSERT(err <= 0 && strcmp(tars_error_name(err), "?"));
  if (!err) {
    FUZZ_ASSERT(root.count >= 1 && root.thresholds[TARS_ROLE_ROOT] >= 1 && root.thresholds[TARS_ROLE_RELEASE] >= 1);
    FUZZ_ASSERT(!old || root.version == old->version + !same);
    FUZZ_ASSERT(!tars_root_read(bytes, size, &again) && again.count == root.count);
    for (uint8_t i = 0; i < root.count; i++)
      FUZZ_ASSERT(tars_root_find(&root, root.keys[i].public_key) == &root.keys[i]);
  }
  return !err;
}

/* Checks an app against the grant of the row's bundle, as if it had been signed with it. */
static bool try_app(const case_board *board, const uint8_t *data, uint32_t size) {
  static const uint8_t grant[] = { 0x87, 0x1a, 0xff, 0xff, 0xff, 0xff, 0x1a, 0xff, 0xff, 0xff, 0xff,
                                   0,    0x1a, 0xff, 0xff, 0xff, 0xff, 0,    0x18, 0xff, 0x81, 0x84,
                                   6,    0x64, 'I',  '2',  'C',  '1',  0x18, 0x48, 0x19, 1,    0x90 };
  uint8_t digest[32], *bytes = fuzz_lay_out(data, size);
  tars_bundle_facts facts = {
    .payload_digest = digest, .payload_size = size, .grant = { grant, sizeof grant }, .calls = board->policy.calls
  };
  tars_sha256_of(data, size, digest);
  int err = tars_bundle_payload(bytes, size, &board->policy, &facts);
  FUZZ_ASSERT(err <= 0 && strcmp(tars_error_name(err), "?"));
  return !err || err == -TARS_E_GRANT;
}

/* Reads a grant and compares it with the manifest of the row's first module. */
static bool try_grant(fuzz_row *row, const uint8_t *data, uint32_t size) {
  uint8_t *bytes = fuzz_lay_out(data, size);
  tars_bundle_facts facts = { .grant = { bytes, size }, .calls = row->board.policy.calls };
  bool valid = tars_grant_valid(facts.grant);
  tars_bytes section;
  char detail[81];
  if (valid && row->module.bytes &&
      !tars_module_section(row->module.bytes, row->module.size, &section, (tars_detail){ NULL, 0 }))
    FUZZ_ASSERT(tars_bundle_manifest(section, &facts, (tars_detail){ detail, sizeof detail }) <= 0);
  return valid;
}

/* Wraps the bytes into a document with the right digest and signatures, and reads that. */
static bool try_wrapped(uint8_t part, const fuzz_row *row, tars_bytes content) {
  static uint8_t bytes[2 * FUZZ_CAPACITY], manifest[FUZZ_CAPACITY];
  tars_cbor_writer out = { bytes, sizeof bytes, 0 }, inner = { manifest, sizeof manifest, 0 };
  const tars_root *root = row->board.policy.root;
  if (part == BODY) {
    fuzz_write_envelope(&out, TARS_ROOT_TAG, content, root, TARS_ROLE_ROOT, (tars_bytes){ NULL, 0 });
    return try_root(root, bytes, out.size);
  }
  if (part == COMMAND_BODY || part == BEACON_BODY) {
    fuzz_write_envelope(&out, TARS_SIGNED_TAG, content, root, TARS_ROLE_OPERATOR, (tars_bytes){ NULL, 0 });
    return fuzz_try_fleet(part == COMMAND_BODY ? TARS_FLEET_COMMAND_EVENT : TARS_FLEET_BEACON_EVENT, row, bytes,
                          out.size);
  }
  if (part == SHARED) {
    uint64_t epoch = root ? root->epoch : 0, number = root ? root->sequence + 7u : 7;
    fuzz_write_manifest(&inner, epoch << 32 | number, content, true);
    content = (tars_bytes){ manifest, inner.size };
  }
  tars_bytes payload = part == MANIFEST ? row->payload : (tars_bytes){ NULL, 0 };
  fuzz_write_envelope(&out, TARS_BUNDLE_TAG, content, root, TARS_ROLE_RELEASE, payload);
  return try_bundle(&row->board, bytes, out.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < HEAD || size > 8300) return 0;
  uint8_t part = data[0] % PARTS;
  uint32_t rest = (uint32_t)size - HEAD;
  fuzz_row *row = fuzz_row_of(data[1] % FUZZ_ROWS);
  const case_board *board = &row->board;
  bool good;
  switch (part) {
  case BUNDLE: good = try_bundle(board, data + HEAD, rest); break;
  case ROOT: good = try_root(data[1] % FUZZ_ROWS % 2 ? board->policy.root : NULL, data + HEAD, rest); break;
  case APP: good = try_app(board, data + HEAD, rest); break;
  case COMMAND: good = fuzz_try_fleet(TARS_FLEET_COMMAND_EVENT, row, data + HEAD, rest); break;
  case BEACON: good = fuzz_try_fleet(TARS_FLEET_BEACON_EVENT, row, data + HEAD, rest); break;
  case GRANT: good = try_grant(row, data + HEAD, rest); break;
  default: good = try_wrapped(part, row, (tars_bytes){ data + HEAD, rest });
  }
  if (good) mutate_keep(data, size);
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned int seed) {
  return mutate_input(data, size, capacity, seed, HEAD);
}
