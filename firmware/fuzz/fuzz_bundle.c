/* Fuzzer of the verifier of signed documents. The input is the part that is fuzzed, the row of the golden vectors whose board
 * looks at it, and its bytes. No fuzzer forges a signature or finds a digest, so the arithmetic is replaced here, and all
 * parts but the first two are wrapped into a document with the right digests: changed manifests, grants and apps get through
 * to their readers. What is accepted must be what an encoder writes, and keep the promises that the installation relies on. */
#include "cases.h"
#include "fuzz.h"
#include "mutate.h"
#include "tars_ed25519.h"
#include "tars_sha256.h"

enum { BUNDLE, ROOT, MANIFEST, SHARED, BODY, APP, GRANT, PARTS };
enum { HEAD = 2, ROWS = sizeof tars_vectors_bundles / sizeof tars_vectors_bundles[0], CAPACITY = 16384 };

/* Stands for the arithmetic: a signature that begins with ff is wrong, one that ends with ff is malleable. */
int tars_ed25519_verify(const uint8_t *message, uint32_t size, const uint8_t signature[64], const uint8_t key[32]) {
  enum { OF_BUNDLE = 61, OF_ROOT = 70 }; /* bytes of the Sig_structures */
  FUZZ_ASSERT(message && key && (size == OF_BUNDLE || size == OF_ROOT));
  return signature[63] == 0xff ? -TARS_E_MALLEABLE : signature[0] == 0xff ? -TARS_E_BAD_SIGNATURE : 0;
}

/* No key is weak but the one of zeros. */
bool tars_ed25519_weak(const uint8_t point[32]) {
  static const uint8_t zeros[32];
  return !memcmp(point, zeros, sizeof zeros);
}

/* The board of a row. */
static case_board *board_of(uint32_t i) {
  static case_board boards[ROWS];
  static bool open[ROWS];
  const tars_vector_bundle *row = &tars_vectors_bundles[i];
  if (!open[i]) FUZZ_ASSERT(case_open(&boards[i], row, row->root < 0 ? NULL : tars_vectors_roots[row->root]));
  open[i] = true;
  return &boards[i];
}

/* Writes bytes as they are. */
static void write_raw(tars_cbor_writer *out, const void *bytes, uint32_t size) {
  FUZZ_ASSERT(size <= out->capacity - out->size);
  if (size) memcpy(out->bytes + out->size, bytes, size);
  out->size += size;
}

/* Writes a byte string. */
static void write_bytes(tars_cbor_writer *out, const void *bytes, uint32_t size) {
  tars_cbor_write_bytes(out, (tars_bytes){bytes, size});
}

/* Writes digest and signatures of all keys of the root document that have the role. */
static void write_authentication(tars_cbor_writer *out, const uint8_t digest[36], const tars_root *root, uint8_t role) {
  uint8_t block[110] = {0xd2, 0x84, 0x49, 0xa2, 1, 0x32, 4, 0x44}, count = 0;
  memcpy(block + 12, "\xa0\xf6\x58\x40", 4);
  for (uint8_t i = 0; root && i < root->count; i++) count += tars_root_has(&root->keys[i], role);
  tars_cbor_write_array(out, 1u + count);
  write_bytes(out, digest, 36);
  for (uint8_t i = 0; root && i < root->count; i++) {
    if (!tars_root_has(&root->keys[i], role)) continue;
    memcpy(block + 8, root->keys[i].public_key, TARS_KID_SIZE);
    write_bytes(out, block, 80);
  }
}

/* Wraps a document with the right digest. */
static void write_envelope(tars_cbor_writer *out, uint32_t tag, tars_bytes document, const tars_root *root, uint8_t role, tars_bytes payload) {
  static uint8_t inner[CAPACITY];
  tars_cbor_writer wrapped = {inner, sizeof inner, 0}, authentication = wrapped;
  uint8_t digest[36] = {0x82, 0x2f, 0x58, 0x20};
  const uint8_t head[] = {0xda, (uint8_t)(tag >> 24), (uint8_t)(tag >> 16), (uint8_t)(tag >> 8), (uint8_t)tag};
  write_bytes(&wrapped, document.bytes, document.size);
  tars_sha256_of(inner, wrapped.size, digest + 4);
  write_authentication(&authentication, digest, root, role);
  if (tag == TARS_BUNDLE_TAG) write_raw(out, "\xd8\x6b", 2);
  else write_raw(out, head, sizeof head);
  tars_cbor_write_map(out, payload.bytes ? 3 : 2);
  tars_cbor_write_uint(out, TARS_ENVELOPE_AUTHENTICATION);
  write_bytes(out, inner, authentication.size);
  tars_cbor_write_uint(out, tag == TARS_BUNDLE_TAG ? TARS_ENVELOPE_MANIFEST : TARS_ENVELOPE_BODY);
  write_bytes(out, document.bytes, document.size);
  if (payload.bytes) write_raw(out, "\x62#w", 3), write_bytes(out, payload.bytes, payload.size);
}

/* Writes a manifest around a shared sequence. */
static void write_manifest(tars_cbor_writer *out, uint64_t sequence, tars_bytes shared, bool detached) {
  static uint8_t inner[CAPACITY];
  tars_cbor_writer common = {inner, sizeof inner, 0};
  write_raw(&common, "\xa2\x02\x81\x81\x41\x00\x04", 7);
  write_bytes(&common, shared.bytes, shared.size);
  write_raw(out, "\xa6\x01\x01\x02", 4);
  tars_cbor_write_uint(out, sequence);
  tars_cbor_write_uint(out, TARS_BUNDLE_KEY_COMMON);
  write_bytes(out, inner, common.size);
  write_raw(out, "\x07\x43\x82\x03\x0f\x09\x43\x82\x17\x02\x14", 11);
  if (detached) write_bytes(out, "\x86\x14\xa1\x15\x64" "blob\x15\x02\x03\x0f", 13);
  else write_bytes(out, "\x86\x14\xa1\x15\x62#w\x15\x02\x03\x0f", 11);
}

/* Writes the shared sequence that says what the facts say. */
static void write_shared(tars_cbor_writer *out, const tars_bundle_facts *facts) {
  write_raw(out, facts->device ? "\x88\x14" : "\x86\x14", 2);
  tars_cbor_write_map(out, 7u + (facts->device != NULL) + (facts->engine.size != 0));
  tars_cbor_write_uint(out, TARS_BUNDLE_PARAMETER_VENDOR);
  write_bytes(out, facts->vendor, 16);
  tars_cbor_write_uint(out, TARS_BUNDLE_PARAMETER_CLASS);
  write_bytes(out, facts->board_class, 16);
  write_raw(out, "\x03\x58\x24\x82\x2f", 5);
  write_bytes(out, facts->payload_digest, 32);
  tars_cbor_write_uint(out, TARS_BUNDLE_PARAMETER_SIZE);
  tars_cbor_write_uint(out, facts->payload_size);
  if (facts->device) tars_cbor_write_uint(out, TARS_BUNDLE_PARAMETER_DEVICE), write_bytes(out, facts->device, 16);
  tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_GRANT);
  tars_cbor_write_bytes(out, facts->grant);
  tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_CALLS);
  tars_cbor_write_bytes(out, facts->calls);
  tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_HEALTH);
  tars_cbor_write_uint(out, facts->health_ms);
  if (facts->engine.size) tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_ENGINE), tars_cbor_write_bytes(out, facts->engine);
  write_raw(out, facts->device ? "\x01\x0f\x02\x0f\x18\x18\x0f" : "\x01\x0f\x02\x0f", facts->device ? 7 : 4);
}

#ifdef TARS_CANARY
/* The planted bug: of a bundle for one device with a health window below a second, the calls are copied one byte too far. */
static void canary(const tars_bundle_facts *facts) {
  if (!facts->device || facts->health_ms >= 1000) return;
  uint8_t *copy = fuzz_copy(facts->calls.bytes, facts->calls.size);
  copy[facts->calls.size] = 1;
  fuzz_free(copy);
}
#else
/* No planted bug. */
static void canary(const tars_bundle_facts *facts) {
  (void)facts;
}
#endif

/* What the installation takes for granted of a bundle that was accepted. */
static void check_facts(const tars_bundle_facts *facts, const tars_bundle_policy *policy, const uint8_t *bytes, uint32_t size) {
  static uint8_t shared[CAPACITY], manifest[CAPACITY];
  uint8_t digest[32];
  tars_cbor_writer inner = {shared, sizeof shared, 0}, out = {manifest, sizeof manifest, 0}, wrapped = {shared, sizeof shared, 0};
  FUZZ_ASSERT(policy->root && facts->epoch == policy->root->epoch && facts->number >= policy->root->sequence && facts->signers && !facts->delta);
  FUZZ_ASSERT(facts->health_ms >= 1 && facts->health_ms <= TARS_LIMIT_HEALTH_MAX_MS && tars_grant_valid(facts->grant));
  if (facts->payload.bytes && !facts->detached) FUZZ_ASSERT(facts->payload.bytes + facts->payload.size == bytes + size);
  if (facts->payload.bytes && !facts->same) FUZZ_ASSERT(facts->payload.size == facts->payload_size);
  write_shared(&inner, facts);
  write_manifest(&out, (uint64_t)facts->epoch << 32 | facts->number, (tars_bytes){shared, inner.size}, facts->detached);
  write_bytes(&wrapped, manifest, out.size);
  tars_sha256_of(shared, wrapped.size, digest);
  FUZZ_ASSERT(!memcmp(digest, facts->digest, sizeof digest));
  canary(facts);
}

/* A bundle; true if it is accepted. */
static bool try_bundle(const case_board *board, const uint8_t *data, uint32_t size) {
  tars_bundle_facts facts;
  uint8_t *bytes = fuzz_copy(data, size);
  int err = tars_bundle_verify(bytes, size, &board->policy, &facts);
  FUZZ_ASSERT(err <= 0 && strcmp(tars_error_name(err), "?"));
  if (!err) check_facts(&facts, &board->policy, bytes, size);
  fuzz_free(bytes);
  return !err;
}

/* A root document after the board's own; true if it is accepted. */
static bool try_root(const tars_root *old, const uint8_t *data, uint32_t size) {
  tars_root root, again;
  bool same;
  uint8_t *bytes = fuzz_copy(data, size);
  int err = tars_root_verify(bytes, size, old, &root, &same);
  FUZZ_ASSERT(err <= 0 && strcmp(tars_error_name(err), "?"));
  if (!err) {
    FUZZ_ASSERT(root.count >= 1 && root.thresholds[TARS_ROLE_ROOT] >= 1 && root.thresholds[TARS_ROLE_RELEASE] >= 1);
    FUZZ_ASSERT(!old || root.version == old->version + !same);
    FUZZ_ASSERT(!tars_root_read(bytes, size, &again) && again.count == root.count);
    for (uint8_t i = 0; i < root.count; i++) FUZZ_ASSERT(tars_root_find(&root, root.keys[i].public_key) == &root.keys[i]);
  }
  fuzz_free(bytes);
  return !err;
}

/* An app under the grant of the row's bundle, as if it had been signed. */
static bool try_app(const case_board *board, const uint8_t *data, uint32_t size) {
  static const uint8_t grant[] = {0x85, 0x1a, 0xff, 0xff, 0xff, 0xff, 0x1a, 0xff, 0xff, 0xff, 0xff, 0, 0x1a, 0xff, 0xff, 0xff, 0xff, 0x81,
    0x84, 6, 0x64, 'I', '2', 'C', '1', 0x18, 0x48, 0x19, 1, 0x90};
  uint8_t digest[32], *bytes = fuzz_copy(data, size);
  tars_bundle_facts facts = {.payload_digest = digest, .payload_size = size, .grant = {grant, sizeof grant}, .calls = board->policy.calls};
  tars_sha256_of(data, size, digest);
  int err = tars_bundle_payload(bytes, size, &board->policy, &facts);
  FUZZ_ASSERT(err <= 0 && strcmp(tars_error_name(err), "?"));
  fuzz_free(bytes);
  return !err || err == -TARS_E_GRANT;
}

/* A grant, compared with the manifest of the row's first module. */
static bool try_grant(case_board *board, uint32_t row, const uint8_t *data, uint32_t size) {
  const uint8_t *magic = (const uint8_t *)"\0asm";
  uint32_t length, at = 0;
  uint8_t *bundle = case_bytes(tars_vectors_bundles[row].bytes, &length), *bytes = fuzz_copy(data, size);
  tars_bundle_facts facts = {.grant = {bytes, size}, .calls = board->policy.calls};
  bool valid = tars_grant_valid(facts.grant);
  while (at + 4 <= length && memcmp(bundle + at, magic, 4)) at++;
  if (valid && at < length) FUZZ_ASSERT(tars_bundle_module(bundle + at, length - at, &facts, board->policy.work) <= 0);
  fuzz_free(bytes);
  fuzz_free(bundle);
  return valid;
}

/* The payload inside a row's bundle, which lies at its end; NULL if it is detached. */
static tars_bytes payload_of(const uint8_t *bundle, uint32_t size) {
  tars_bytes payload = {NULL, 0};
  for (uint32_t at = 0; at + 3 < size && !payload.bytes; at++) {
    tars_cbor_reader in = {bundle, size, at + 3};
    bool found = !memcmp(bundle + at, "\x62#w", 3) && bundle[at + 3] >> 5 == 2;
    if (!found || tars_cbor_read_bytes(&in, size, &payload) || in.at != size) payload = (tars_bytes){NULL, 0};
  }
  return payload;
}

/* A document around the bytes, with the right digest and signatures. */
static bool try_wrapped(uint8_t part, uint32_t row, const case_board *board, tars_bytes content) {
  static uint8_t bytes[2 * CAPACITY], manifest[CAPACITY];
  tars_cbor_writer out = {bytes, sizeof bytes, 0}, inner = {manifest, sizeof manifest, 0};
  const tars_root *root = board->policy.root;
  if (part == BODY) {
    write_envelope(&out, TARS_ROOT_TAG, content, root, TARS_ROLE_ROOT, (tars_bytes){NULL, 0});
    return try_root(root, bytes, out.size);
  }
  if (part == SHARED) {
    uint64_t epoch = root ? root->epoch : 0, number = root ? root->sequence + 7u : 7;
    write_manifest(&inner, epoch << 32 | number, content, true);
    content = (tars_bytes){manifest, inner.size};
  }
  uint32_t length;
  uint8_t *bundle = case_bytes(tars_vectors_bundles[row].bytes, &length);
  tars_bytes payload = part == MANIFEST ? payload_of(bundle, length) : (tars_bytes){NULL, 0};
  write_envelope(&out, TARS_BUNDLE_TAG, content, root, TARS_ROLE_RELEASE, payload);
  fuzz_free(bundle);
  return try_bundle(board, bytes, out.size);
}

/* Entry. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < HEAD || size > 8300) return 0;
  uint8_t part = data[0] % PARTS;
  uint32_t row = data[1] % ROWS, rest = (uint32_t)size - HEAD;
  case_board *board = board_of(row);
  bool good;
  switch (part) {
    case BUNDLE: good = try_bundle(board, data + HEAD, rest); break;
    case ROOT: good = try_root(row % 2 ? board->policy.root : NULL, data + HEAD, rest); break;
    case APP: good = try_app(board, data + HEAD, rest); break;
    case GRANT: good = try_grant(board, row, data + HEAD, rest); break;
    default: good = try_wrapped(part, row, board, (tars_bytes){data + HEAD, rest});
  }
  if (good) mutate_keep(data, size);
  return 0;
}

/* Mutates what follows the head as CBOR. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned int seed) {
  return mutate_input(data, size, capacity, seed, HEAD);
}
