/* Envelopes; see bundle_envelope.h. Signatures are COSE_Sign1 (RFC 9052) in one form only: protected header
 * {1: -19, 4: key id}, nothing unprotected, payload null. Signed is the digest of the document. */
#include "bundle_envelope.h"

#include <string.h> /* memcmp, strlen */

#include "tars_bundle.h"
#include "tars_ed25519.h"
#include "tars_errors.h"
#include "tars_sha256.h"

const envelope_kind envelope_bundle = { TARS_BUNDLE_TAG,   TARS_ENVELOPE_MANIFEST, TARS_AAD_BUNDLE,
                                        TARS_LIMIT_BUNDLE, TARS_LIMIT_KEYS,        true };
const envelope_kind envelope_root = { TARS_ROOT_TAG,   TARS_ENVELOPE_BODY, TARS_AAD_ROOT,
                                      TARS_LIMIT_ROOT, SIGNATURES_MAX,     false };

/* The algorithm is checked before the digest itself. */
const uint8_t *digest_read(form *in) {
  form_array(in, 2, 2);
  form_literal(in, TARS_COSE_SHA256, TARS_E_ALGORITHM);
  return form_fixed(in, 32);
}

static void read_header(form *in, envelope_signature *out) {
  uint32_t outer = form_enter(in, UINT32_MAX);
  form_map map;
  form_map_begin(in, &map);
  form_key(in, TARS_HEADER_ALGORITHM);
  form_literal(in, TARS_COSE_ED25519, TARS_E_ALGORITHM);
  form_key(in, TARS_HEADER_KID);
  out->kid = form_fixed(in, TARS_KID_SIZE);
  form_map_end(in);
  form_leave(in, outer);
}

static void read_signature(form *in, envelope_signature *out) {
  form_map unprotected;
  uint32_t outer = form_enter(in, UINT32_MAX);
  form_tag(in, TARS_SIGN1_TAG);
  form_array(in, 4, 4);
  read_header(in, out);
  form_map_begin(in, &unprotected);
  form_map_end(in);
  form_null(in);
  out->bytes = form_fixed(in, TARS_SIGNATURE_SIZE);
  form_leave(in, outer);
}

static void read_authentication(form *in, envelope *out) {
  uint32_t outer = form_enter(in, UINT32_MAX);
  uint32_t count = form_array(in, 1, 1u + out->kind->signatures), inner = form_enter(in, UINT32_MAX);
  out->digest = in->bytes + in->at;
  digest_read(in);
  form_leave(in, inner);
  for (; out->count + 1u < count && !in->error; out->count++) read_signature(in, &out->signatures[out->count]);
  form_leave(in, outer);
}

/* Document and payload are skipped by their length. */
int envelope_read(envelope *out, const envelope_kind *kind, const uint8_t *bytes, uint32_t size) {
  form in = { .bytes = bytes, .end = size };
  memset(out, 0, sizeof *out);
  out->kind = kind;
  if (size > kind->longest) return -TARS_E_TOO_LONG;
  form_tag(&in, kind->tag);
  form_map map;
  form_map_begin(&in, &map);
  form_key(&in, TARS_ENVELOPE_AUTHENTICATION);
  read_authentication(&in, out);
  form_key(&in, kind->key);
  uint32_t start = in.at;
  out->document = form_bytes(&in, 0, UINT32_MAX);
  out->wrapped = (tars_bytes){ bytes + start, in.at - start };
  if (kind->payload) out->has_payload = form_has_word(&in, TARS_PAYLOAD_KEY);
  if (out->has_payload) out->payload = form_bytes(&in, 0, UINT32_MAX);
  form_map_end(&in);
  form_leave(&in, in.end);
  return in.error;
}

/* With equal ids one key could count twice; any other order would be a second encoding of the same bundle. */
int envelope_signers(const envelope *in) {
  if (!in->count) return -TARS_E_UNSIGNED;
  for (uint8_t i = 1; i < in->count; i++) {
    int order = memcmp(in->signatures[i].kid, in->signatures[i - 1].kid, TARS_KID_SIZE);
    if (order <= 0) return order ? -TARS_E_ENCODING : -TARS_E_DUPLICATE_SIGNER;
  }
  return 0;
}

void envelope_header(tars_cbor_writer *out, const uint8_t kid[TARS_KID_SIZE]) {
  tars_cbor_write_bytes_head(out, SIGNATURE_HEADER);
  tars_cbor_write_map(out, 2);
  tars_cbor_write_int(out, TARS_HEADER_ALGORITHM);
  tars_cbor_write_int(out, TARS_COSE_ED25519);
  tars_cbor_write_int(out, TARS_HEADER_KID);
  tars_cbor_write_bytes(out, (tars_bytes){ kid, TARS_KID_SIZE });
}

/* Sig_structure: [context, protected header, external_aad, digest structure]. */
int envelope_signed(const char *aad, const uint8_t kid[TARS_KID_SIZE], const uint8_t digest[DIGEST_ITEM],
                    uint8_t bytes[SIGNED_MAX]) {
  tars_cbor_writer out = { bytes, SIGNED_MAX, 0 };
  tars_cbor_write_array(&out, 4);
  tars_cbor_write_text(&out, (tars_text){ TARS_SIGN1_CONTEXT, sizeof TARS_SIGN1_CONTEXT - 1 });
  envelope_header(&out, kid);
  tars_cbor_write_bytes(&out, (tars_bytes){ (const uint8_t *)aad, (uint32_t)strlen(aad) });
  tars_cbor_write_bytes(&out, (tars_bytes){ digest, DIGEST_ITEM });
  return tars_cbor_write_end(&out);
}

/* Finds the signer's key with this role in either root document. Tells too whether the key is known with any role. */
static const tars_root_key *signer_find(const uint8_t *kid, const tars_root *root, const tars_root *old, uint8_t role,
                                        bool *known) {
  const tars_root_key *before = old ? tars_root_find(old, kid) : NULL, *now = tars_root_find(root, kid);
  *known = before || now;
  if (before && tars_root_has(before, role)) return before;
  return now && tars_root_has(now, role) ? now : NULL;
}

uint8_t envelope_count(const envelope *in, const tars_root *root, uint8_t role) {
  uint8_t count = 0;
  for (uint8_t i = 0; i < in->count; i++) {
    const tars_root_key *key = tars_root_find(root, in->signatures[i].kid);
    count += key && tars_root_has(key, role);
  }
  return count;
}

/* True if as many signers have the role as this root document wants. */
static bool threshold_met(const envelope *in, const tars_root *root, uint8_t role) {
  return envelope_count(in, root, role) >= root->thresholds[role];
}

int envelope_signature_check(const envelope *in, const envelope_signature *signature, const uint8_t *key) {
  uint8_t bytes[SIGNED_MAX];
  int size = envelope_signed(in->kind->aad, signature->kid, in->digest, bytes);
  return size < 0 ? size : tars_ed25519_verify(bytes, (uint32_t)size, signature->bytes, key);
}

/* Each check is made of all signers before the next check: key known, role, threshold, signature. */
int envelope_signatures(const envelope *in, const tars_root *root, const tars_root *old, uint8_t role) {
  const tars_root_key *keys[SIGNATURES_MAX];
  bool known;
  for (uint8_t i = 0; i < in->count; i++) {
    keys[i] = signer_find(in->signatures[i].kid, root, old, role, &known);
    if (!known) return -TARS_E_UNKNOWN_KEY;
  }
  for (uint8_t i = 0; i < in->count; i++)
    if (!keys[i]) return -TARS_E_ROLE;
  if ((old && !threshold_met(in, old, role)) || !threshold_met(in, root, role)) return -TARS_E_THRESHOLD;
  for (uint8_t i = 0; i < in->count; i++) {
    int err = envelope_signature_check(in, &in->signatures[i], keys[i]->public_key);
    if (err) return err;
  }
  return 0;
}

/* The digest covers the document with the head of its byte string, as SUIT defines it. */
int envelope_digest(const envelope *in) {
  uint8_t digest[32];
  tars_sha256_of(in->wrapped.bytes, in->wrapped.size, digest);
  return memcmp(digest, in->digest + DIGEST_HEAD, sizeof digest) ? -TARS_E_DIGEST : 0;
}

int envelope_origin(const envelope *in, const tars_root *root, uint8_t role) {
  int err = envelope_signers(in);
  if (!err && !root) err = -TARS_E_NOT_OWNED;
  if (!err) err = envelope_signatures(in, root, NULL, role);
  return err ? err : envelope_digest(in);
}
