/* Root documents; see tars_root.h. */
#include "tars_root.h"

#include <string.h> /* memcmp */

#include "bundle_envelope.h"
#include "tars_ed25519.h"
#include "tars_errors.h"
#include "tars_sha256.h"

enum { FORMAT = 1, KEY_SIZE = 32, VENDOR_SIZE = 16, ALL_ROLES = (1 << TARS_ROLE_COUNT) - 1 };

/* The id is the first 16 bytes of the digest with the bits for version and variant set. */
void tars_id_make(const uint8_t space[16], const void *name, uint32_t size, uint8_t id[16]) {
  uint8_t digest[32];
  tars_sha256 sha;
  tars_sha256_begin(&sha);
  tars_sha256_add(&sha, space, 16);
  tars_sha256_add(&sha, name, size);
  tars_sha256_end(&sha, digest);
  memcpy(id, digest, 16);
  id[6] = (id[6] & 0x0f) | 0x80;
  id[8] = (id[8] & 0x3f) | 0x80;
}

/* Copies bytes of a document, unless the reader has failed before. */
static void take(uint8_t *to, tars_bytes bytes) {
  if (bytes.size) memcpy(to, bytes.bytes, bytes.size);
}

static void read_keys(form *in, tars_root *root) {
  uint32_t count = form_array(in, 1, TARS_LIMIT_KEYS);
  for (; root->count < count && !in->error; root->count++) {
    tars_root_key *key = &root->keys[root->count];
    form_array(in, 3, 3);
    take(key->public_key, form_bytes(in, KEY_SIZE, KEY_SIZE));
    if (!in->error && root->count && memcmp(key->public_key, key[-1].public_key, KEY_SIZE) <= 0)
      form_fail(in, TARS_E_ENCODING);
    key->roles = (uint8_t)form_uint(in, 0, ALL_ROLES);
    form_text(in, TARS_LIMIT_NAME);
  }
}

static void read_owner(form *in, tars_root *root) {
  tars_text owner = form_text(in, TARS_OWNER);
  memcpy(root->owner, owner.text, owner.size);
}

static void read_thresholds(form *in, tars_root *root) {
  form_array(in, TARS_ROLE_COUNT, TARS_ROLE_COUNT);
  for (uint32_t i = 0; i < TARS_ROLE_COUNT; i++) root->thresholds[i] = (uint8_t)form_uint(in, 0, UINT8_MAX);
}

static int read_body(tars_bytes document, tars_root *root) {
  form in = { .bytes = document.bytes, .end = document.size };
  form_map map;
  form_map_begin(&in, &map);
  form_key(&in, TARS_ROOT_KEY_FORMAT);
  form_literal(&in, FORMAT, TARS_E_VERSION);
  form_key(&in, TARS_ROOT_KEY_VERSION);
  root->version = (uint32_t)form_uint(&in, 1, UINT32_MAX);
  form_key(&in, TARS_ROOT_KEY_EPOCH);
  root->epoch = (uint16_t)form_uint(&in, 0, UINT16_MAX);
  form_key(&in, TARS_ROOT_KEY_SEQUENCE);
  root->sequence = (uint32_t)form_uint(&in, 0, UINT32_MAX);
  form_key(&in, TARS_ROOT_KEY_VENDOR);
  take(root->vendor, form_bytes(&in, VENDOR_SIZE, VENDOR_SIZE));
  form_key(&in, TARS_ROOT_KEY_OWNER);
  read_owner(&in, root);
  form_key(&in, TARS_ROOT_KEY_THRESHOLDS);
  read_thresholds(&in, root);
  form_key(&in, TARS_ROOT_KEY_KEYS);
  read_keys(&in, root);
  if (form_has(&in, TARS_ROOT_KEY_TIME)) root->time_s = form_uint(&in, 1, UINT32_MAX);
  form_map_end(&in);
  form_leave(&in, in.end);
  return in.error;
}

/* True if a role's threshold is 1 to the number of its keys, or 0 for a role without keys. */
static bool threshold_fits(const tars_root *root, uint8_t role) {
  uint8_t holders = 0;
  for (uint8_t i = 0; i < root->count; i++) holders += tars_root_has(&root->keys[i], role);
  bool needed = role == TARS_ROLE_ROOT || role == TARS_ROLE_RELEASE;
  return root->thresholds[role] <= holders && (root->thresholds[role] == 0) == (holders == 0) && (holders || !needed);
}

static int keys_check(const tars_root *root) {
  for (uint8_t i = 0; i < root->count; i++) {
    const tars_root_key *key = &root->keys[i];
    if (!key->roles || (i && !memcmp(key->public_key, key[-1].public_key, TARS_KID_SIZE))) return -TARS_E_ROOT_KEYS;
  }
  for (uint8_t role = 0; role < TARS_ROLE_COUNT; role++)
    if (!threshold_fits(root, role)) return -TARS_E_ROOT_KEYS;
  for (uint8_t i = 0; i < root->count; i++)
    if (tars_ed25519_weak(root->keys[i].public_key)) return -TARS_E_SMALL_ORDER;
  return 0;
}

/* Checks what a document may change from the old one. */
static int succession_check(const tars_root *root, const tars_root *old) {
  if (old->version == UINT32_MAX || root->version != old->version + 1) return -TARS_E_ROOT_VERSION;
  if (memcmp(root->vendor, old->vendor, VENDOR_SIZE)) return -TARS_E_WRONG_VENDOR;
  if (root->epoch != old->epoch && root->epoch != old->epoch + 1) return -TARS_E_EPOCH;
  if (root->epoch == old->epoch && root->sequence < old->sequence) return -TARS_E_ROLLBACK;
  for (uint8_t i = 0; i < root->count; i++) {
    const tars_root_key *twin = tars_root_find(old, root->keys[i].public_key);
    if (twin && memcmp(twin->public_key, root->keys[i].public_key, KEY_SIZE)) return -TARS_E_ROOT_KEYS;
  }
  return 0;
}

/* Makes every check that needs no old document and no signature. */
static int document_read(envelope *in, const uint8_t *bytes, uint32_t size, tars_root *root) {
  memset(root, 0, sizeof *root);
  int err = envelope_read(in, &envelope_root, bytes, size);
  if (!err) err = envelope_signers(in);
  if (!err) err = envelope_digest(in);
  if (!err) err = read_body(in->document, root);
  if (err) return err;
  memcpy(root->digest, in->digest + DIGEST_HEAD, sizeof root->digest);
  return keys_check(root);
}

int tars_root_read(const uint8_t *bytes, uint32_t size, tars_root *root) {
  envelope in;
  return document_read(&in, bytes, size, root);
}

int tars_root_verify(const uint8_t *bytes, uint32_t size, const tars_root *old, tars_root *root, bool *same) {
  envelope in;
  *same = false;
  int err = document_read(&in, bytes, size, root);
  if (err) return err;
  *same = old && root->version == old->version && !memcmp(root->digest, old->digest, 32);
  if (*same) return 0;
  if (old) err = succession_check(root, old);
  return err ? err : envelope_signatures(&in, root, old, TARS_ROLE_ROOT);
}
