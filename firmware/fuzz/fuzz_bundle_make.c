/* Boards and documents of the bundle fuzzer; see fuzz_bundle.h. */
#include "fuzz_bundle.h"

#include "fuzz.h"
#include "tars_sha256.h"

#include <sanitizer/asan_interface.h>

/* The linker puts the next two in the place of SHA-256's functions. Those are compiled without the sanitizers, which
 * would take a fifth of all time inside its rounds: what a caller gives them is looked at here instead. */
void __real_tars_sha256_of(const void *bytes, size_t size, uint8_t digest[32]);
void __real_tars_sha256_add(tars_sha256 *sha, const void *bytes, size_t size);
void __wrap_tars_sha256_of(const void *bytes, size_t size, uint8_t digest[32]);
void __wrap_tars_sha256_add(tars_sha256 *sha, const void *bytes, size_t size);

void __wrap_tars_sha256_of(const void *bytes, size_t size, uint8_t digest[32]) {
  FUZZ_ASSERT(!__asan_region_is_poisoned((void *)(uintptr_t)bytes, size) && !__asan_region_is_poisoned(digest, 32));
  __real_tars_sha256_of(bytes, size, digest);
}

void __wrap_tars_sha256_add(tars_sha256 *sha, const void *bytes, size_t size) {
  FUZZ_ASSERT(!__asan_region_is_poisoned(sha, sizeof *sha) &&
              !__asan_region_is_poisoned((void *)(uintptr_t)bytes, size));
  __real_tars_sha256_add(sha, bytes, size);
}

/* No allocation for each input: one space for all, of which only what the input fills may be touched. */
uint8_t *fuzz_lay_out(const void *bytes, uint32_t size) {
  enum { EDGE = 64, MOST = 2 * FUZZ_CAPACITY };
  static _Alignas(8) uint8_t space[EDGE + MOST];
  static uint32_t used = MOST;
  uint8_t *copy = space + EDGE;
  FUZZ_ASSERT(size <= MOST);
  __asan_poison_memory_region(space, EDGE + used);
  __asan_unpoison_memory_region(copy, size);
  if (size) memcpy(copy, bytes, size);
  used = size;
  return copy;
}

/* The payload inside a row's bundle, which lies at its end; NULL if it is detached. */
static tars_bytes payload_of(const uint8_t *bundle, uint32_t size) {
  tars_bytes payload = { NULL, 0 };
  for (uint32_t at = 0; at + 3 < size && !payload.bytes; at++) {
    tars_cbor_reader in = { bundle, size, at + 3 };
    bool found = !memcmp(bundle + at, "\x62#w", 3) && bundle[at + 3] >> 5 == 2;
    if (!found || tars_cbor_read_bytes(&in, size, &payload) || in.at != size) payload = (tars_bytes){ NULL, 0 };
  }
  return payload;
}

/* The first module inside a row's bundle, with all that follows; NULL if there is none. */
static tars_bytes module_of(const uint8_t *bundle, uint32_t size) {
  uint32_t at = 0;
  while (at + 4 <= size && memcmp(bundle + at, "\0asm", 4)) at++;
  return at < size ? (tars_bytes){ bundle + at, size - at } : (tars_bytes){ NULL, 0 };
}

/* Row `i` of the vectors. It is decoded from hexadecimal once, because that is slow. */
fuzz_row *fuzz_row_of(uint32_t i) {
  static fuzz_row rows[FUZZ_ROWS];
  const tars_vector_bundle *row = &tars_vectors_bundles[i];
  uint32_t size;
  if (rows[i].bundle) return &rows[i];
  FUZZ_ASSERT(case_open(&rows[i].board, row, row->root < 0 ? NULL : tars_vectors_roots[row->root]));
  rows[i].bundle = case_bytes(row->bytes, &size);
  rows[i].payload = payload_of(rows[i].bundle, size);
  rows[i].module = module_of(rows[i].bundle, size);
  if (rows[i].board.policy.root) tars_id_make(rows[i].board.root.vendor, rows[i].board.key, 32, rows[i].device);
  return &rows[i];
}

/* Writes bytes as they are. */
static void write_raw(tars_cbor_writer *out, const void *bytes, uint32_t size) {
  FUZZ_ASSERT(size <= out->capacity - out->size);
  if (size) memcpy(out->bytes + out->size, bytes, size);
  out->size += size;
}

static void write_bytes(tars_cbor_writer *out, const void *bytes, uint32_t size) {
  tars_cbor_write_bytes(out, (tars_bytes){ bytes, size });
}

/* Writes digest and signatures of all keys of the root document that have the role. */
static void write_authentication(tars_cbor_writer *out, const uint8_t digest[36], const tars_root *root, uint8_t role) {
  uint8_t block[110] = { 0xd2, 0x84, 0x49, 0xa2, 1, 0x32, 4, 0x44 }, count = 0;
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

/* Digest and signatures are right for the arithmetic that the fuzzer puts in their place. */
void fuzz_write_envelope(tars_cbor_writer *out, uint32_t tag, tars_bytes document, const tars_root *root, uint8_t role,
                         tars_bytes payload) {
  static uint8_t inner[FUZZ_CAPACITY];
  tars_cbor_writer wrapped = { inner, sizeof inner, 0 }, authentication = wrapped;
  uint8_t digest[36] = { 0x82, 0x2f, 0x58, 0x20 };
  const uint8_t head[] = { 0xda, (uint8_t)(tag >> 24), (uint8_t)(tag >> 16), (uint8_t)(tag >> 8), (uint8_t)tag };
  write_bytes(&wrapped, document.bytes, document.size);
  tars_sha256_of(inner, wrapped.size, digest + 4);
  write_authentication(&authentication, digest, root, role);
  if (tag == TARS_BUNDLE_TAG)
    write_raw(out, "\xd8\x6b", 2);
  else
    write_raw(out, head, sizeof head);
  tars_cbor_write_map(out, payload.bytes ? 3 : 2);
  tars_cbor_write_uint(out, TARS_ENVELOPE_AUTHENTICATION);
  write_bytes(out, inner, authentication.size);
  tars_cbor_write_uint(out, tag == TARS_BUNDLE_TAG ? TARS_ENVELOPE_MANIFEST : TARS_ENVELOPE_BODY);
  write_bytes(out, document.bytes, document.size);
  if (payload.bytes) write_raw(out, "\x62#w", 3), write_bytes(out, payload.bytes, payload.size);
}

/* Everything but the shared sequence stands in one form. */
void fuzz_write_manifest(tars_cbor_writer *out, uint64_t sequence, tars_bytes shared, bool detached) {
  static uint8_t inner[FUZZ_CAPACITY];
  tars_cbor_writer common = { inner, sizeof inner, 0 };
  write_raw(&common, "\xa2\x02\x81\x81\x41\x00\x04", 7);
  write_bytes(&common, shared.bytes, shared.size);
  write_raw(out, "\xa6\x01\x01\x02", 4);
  tars_cbor_write_uint(out, sequence);
  tars_cbor_write_uint(out, TARS_BUNDLE_KEY_COMMON);
  write_bytes(out, inner, common.size);
  write_raw(out, "\x07\x43\x82\x03\x0f\x09\x43\x82\x17\x02\x14", 11);
  if (detached)
    write_bytes(out,
                "\x86\x14\xa1\x15\x64"
                "blob\x15\x02\x03\x0f",
                13);
  else
    write_bytes(out, "\x86\x14\xa1\x15\x62#w\x15\x02\x03\x0f", 11);
}

/* Parameters in the order of their labels. */
void fuzz_write_shared(tars_cbor_writer *out, const tars_bundle_facts *facts) {
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
  if (facts->engine.size)
    tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_ENGINE), tars_cbor_write_bytes(out, facts->engine);
  write_raw(out, facts->device ? "\x01\x0f\x02\x0f\x18\x18\x0f" : "\x01\x0f\x02\x0f", facts->device ? 7 : 4);
}
