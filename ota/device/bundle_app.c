/* What a bundle's payload holds: an app image [class, [module, …]] whose modules ask for no more than the bundle
 * grants. */
#include "tars_bundle_verify.h"

#include <string.h> /* memcmp */

#include "tars_errors.h"
#include "tars_module.h"
#include "tars_sha256.h"

int tars_image_open(tars_cbor_reader *in, tars_text *board_class, uint32_t *count) {
  uint32_t parts;
  bool right = !tars_cbor_read_array(in, 2, &parts) && parts == 2 &&
               !tars_cbor_read_text(in, TARS_LIMIT_NAME, board_class) && board_class->size &&
               !tars_cbor_read_array(in, TARS_LIMIT_MODULES, count) && *count;
  return right ? 0 : -TARS_E_INVALID;
}

int tars_image_next(tars_cbor_reader *in, tars_bytes *module) {
  return tars_cbor_read_bytes(in, TARS_LIMIT_MODULE, module) || !module->size ? -TARS_E_INVALID : 0;
}

/* Checks the form of the whole image before any module is looked at. */
static int image_check(tars_cbor_reader in, uint32_t count) {
  tars_bytes module;
  for (uint32_t i = 0; i < count; i++)
    if (tars_image_next(&in, &module)) return -TARS_E_INVALID;
  return tars_cbor_read_end(&in);
}

/* True if a bitmap of host calls has this one. */
static bool has_call(tars_bytes calls, uint32_t id) {
  return id / 8 < calls.size && calls.bytes[id / 8] >> (id % 8) & 1;
}

/* Not inlined, so that its rows are on the stack only while it runs: the arithmetic of signatures, which needs the
 * most stack, runs before or after it. */
__attribute__((noinline)) int tars_bundle_manifest(tars_bytes section, const tars_bundle_facts *facts,
                                                   tars_detail detail) {
  uint64_t rows[TARS_BUNDLE_ROWS / sizeof(uint64_t)];
  tars_manifest manifest;
  int err = tars_manifest_decode(section.bytes, section.size, rows, sizeof rows, &manifest);
  if (err) return err;
  for (uint32_t i = 0; i < manifest.calls_count; i++)
    if (!has_call(facts->calls, manifest.calls[i]))
      return tars_detail_say(detail, -TARS_E_MISSING_CALL, "call %u is not among those of the bundle",
                             (unsigned)manifest.calls[i]);
  return tars_grant_check(facts->grant, &manifest, detail);
}

/* Size and digest are checked before anything inside of the payload. */
int tars_bundle_payload(const uint8_t *bytes, uint32_t size, const tars_bundle_policy *policy,
                        const tars_bundle_facts *facts) {
  uint8_t digest[TARS_BUNDLE_DIGEST];
  tars_cbor_reader in = { bytes, size, 0 };
  tars_text board_class;
  tars_bytes module, section;
  uint32_t count;
  if (size != facts->payload_size) return -TARS_E_PAYLOAD_SIZE;
  tars_sha256_of(bytes, size, digest);
  if (memcmp(digest, facts->payload_digest, sizeof digest)) return -TARS_E_PAYLOAD_DIGEST;
  int err = tars_image_open(&in, &board_class, &count);
  if (!err) err = image_check(in, count);
  if (err) return err;
  bool same_class = board_class.size == policy->board_class.size &&
                    !memcmp(board_class.text, policy->board_class.text, board_class.size);
  if (!same_class) return -TARS_E_CLASS;
  for (uint32_t i = 0; i < count && !err; i++) {
    err = tars_image_next(&in, &module);
    if (!err) err = tars_module_section(module.bytes, module.size, &section, policy->detail);
    if (!err) err = tars_bundle_manifest(section, facts, policy->detail);
  }
  return err;
}
