/* The verification of a bundle, check by check; see tars_bundle_verify.h. */
#include "tars_bundle_verify.h"

#include <string.h> /* memcmp, memset */

#include "bundle_envelope.h"
#include "bundle_manifest.h"
#include "tars_errors.h"

/* True if an id is the UUID made of the owner's vendor id and this name (tars_id_make). */
static bool id_is(const uint8_t *id, const tars_root *root, const void *name, uint32_t size) {
  uint8_t own[TARS_BUNDLE_ID];
  tars_id_make(root->vendor, name, size, own);
  return !memcmp(id, own, sizeof own);
}

/* Native code needs as many signers with the role aot as the root document wants, at least one. */
static int engine_check(const tars_bundle_policy *policy, const tars_bundle_facts *facts) {
  const tars_root *root = policy->root;
  uint8_t wanted = root->thresholds[TARS_ROLE_AOT] ? root->thresholds[TARS_ROLE_AOT] : 1;
  bool same = facts->engine.size == policy->engine.size &&
              !memcmp(facts->engine.bytes, policy->engine.bytes, facts->engine.size);
  if (!same) return -TARS_E_WRONG_ENGINE;
  return facts->aot_signers < wanted ? -TARS_E_ROLE : 0;
}

/* Checks that the bundle is for this owner, class, device and engine. */
static int target_check(const tars_bundle_policy *policy, const tars_bundle_facts *facts) {
  const tars_root *root = policy->root;
  if (memcmp(facts->vendor, root->vendor, TARS_BUNDLE_ID)) return -TARS_E_WRONG_VENDOR;
  if (!id_is(facts->board_class, root, policy->board_class.text, policy->board_class.size)) return -TARS_E_WRONG_CLASS;
  if (facts->device && !id_is(facts->device, root, policy->public_key, 32)) return -TARS_E_WRONG_DEVICE;
  return facts->engine.size ? engine_check(policy, facts) : 0;
}

/* Checks the sequence number: the epoch must be the owner's, and within it numbers rise, by limits.jump at most. */
static int order_check(const tars_bundle_policy *policy, tars_bundle_facts *facts) {
  const tars_root *root = policy->root;
  const tars_bundle_committed *last = policy->committed;
  if (facts->epoch != root->epoch) return -TARS_E_EPOCH;
  if (last && last->epoch != facts->epoch) last = NULL;
  uint32_t floor = last && last->number > root->sequence ? last->number : root->sequence;
  if (facts->number < floor) return -TARS_E_ROLLBACK;
  if (last && last->number == facts->number) {
    facts->same = !memcmp(last->digest, facts->digest, TARS_BUNDLE_DIGEST);
    return facts->same ? 0 : -TARS_E_EQUIVOCATION;
  }
  return facts->number - floor > TARS_LIMIT_JUMP ? -TARS_E_FAST_FORWARD : 0;
}

/* Checks that this bundle did not fail on this device before, and that the board has every host call and the method
 * that it needs. */
static int needs_check(const tars_bundle_policy *policy, const tars_bundle_facts *facts) {
  for (uint32_t i = 0; i < policy->failed_count; i++)
    if (!memcmp(policy->failed[i], facts->digest, TARS_BUNDLE_DIGEST)) return -TARS_E_KNOWN_BAD;
  for (uint32_t i = 0; i < facts->calls.size; i++) {
    uint8_t has = i < policy->calls.size ? policy->calls.bytes[i] : 0;
    if (facts->calls.bytes[i] & ~has) return -TARS_E_MISSING_CALL;
  }
  return facts->delta ? -TARS_E_DELTA : 0;
}

int tars_bundle_verify(const uint8_t *bytes, uint32_t size, const tars_bundle_policy *policy,
                       tars_bundle_facts *facts) {
  envelope in;
  memset(facts, 0, sizeof *facts);
  int err = envelope_read(&in, &envelope_bundle, bytes, size);
  if (err) return err;
  facts->digest = in.digest + DIGEST_HEAD;
  err = envelope_origin(&in, policy->root, policy->dev ? TARS_ROLE_DEV : TARS_ROLE_RELEASE);
  if (!err) err = bundle_manifest_read(in.document, facts);
  if (err) return err;
  facts->aot_signers = envelope_count(&in, policy->root, TARS_ROLE_AOT);
  facts->payload = in.has_payload ? in.payload : policy->payload;
  if (in.has_payload == facts->detached) return -TARS_E_PROFILE;
  err = target_check(policy, facts);
  if (!err && !policy->dev) err = order_check(policy, facts);
  if (err || facts->same) return err;
  err = needs_check(policy, facts);
  if (err || !facts->payload.bytes) return err;
  return tars_bundle_payload(facts->payload.bytes, facts->payload.size, policy, facts);
}
