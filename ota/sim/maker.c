/* An owner for tests; see maker.h. Written apart from the verifier: only SHA-256, CBOR and Monocypher's signing are
 * shared. */
#include "maker.h"

#include "monocypher-ed25519.h"
#include "tars_bundle.h"
#include "tars_root.h"
#include "tars_sha256.h"

#include <stdlib.h>
#include <string.h>

enum { IMAGE_DIGEST = 36, PAD_HEAD = 9 };

/* A behaviour that toggles LED each 500 ms: `blink` of the golden vectors. */
static const uint8_t blink[] = {
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0a, 0x02,           0x60, 0x01, 0x7f, 0x00, 0x60, 0x02,
  0x7f, 0x7f, 0x00, 0x02, 0x07, 0x01, 0x01, 0x74, 0x01, 0x31, 0x00,           0x00, 0x03, 0x02, 0x01, 0x01, 0x07,
  0x05, 0x01, 0x01, 0x72, 0x00, 0x01, 0x0a, 0x0d, 0x01, 0x0b, 0x00,           0x20, 0x00, 0x04, 0x40, 0x41, 0x00,
  0x10, 0x00, 0x0b, 0x0b, 0x00, 0x29, 0x01, 0x74, 0xa6, 0x00, TARS_LIMIT_ABI, 0x01, 0x65, 0x62, 0x6c, 0x69, 0x6e,
  0x6b, 0x02, 0x81, 0x01, 0x03, 0x81, 0x82, 0x01, 0x63, 0x4c, 0x45,           0x44, 0x04, 0x81, 0x82, 0x00, 0x1a,
  0x00, 0x07, 0xa1, 0x20, 0x07, 0x86, 0x18, 0x4c, 0x00, 0x02, 0x00,           0x04, 0x01,
};
/* A grant of exactly what blink asks for. */
static const uint8_t blink_grant[] = { 0x87, 0x18, 0x4c, 0x00, 0x04, 0x01, 0x00, 0x00,
                                       0x81, 0x82, 0x01, 0x63, 0x4c, 0x45, 0x44 };
static const uint8_t blink_calls[] = { 0x02 };

/* The name space of domain names (RFC 9562). */
static const uint8_t dns[16] = { 0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                                 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 };

/* The key of a seed that is full of this number. */
maker_key maker_key_make(uint8_t number, uint8_t roles) {
  maker_key key = { .roles = roles };
  uint8_t seed[32];
  memset(seed, number, sizeof seed);
  crypto_ed25519_key_pair(key.secret, key.public_key, seed);
  return key;
}

void maker_vendor(uint8_t id[16]) { tars_id_make(dns, MAKER_OWNER, sizeof MAKER_OWNER - 1, id); }

/* A byte string out of bytes. */
static void write_bytes(tars_cbor_writer *out, const void *bytes, uint32_t size) {
  tars_cbor_write_bytes(out, (tars_bytes){ bytes, size });
}

/* A text. */
static void write_text(tars_cbor_writer *out, const char *text) {
  tars_cbor_write_text(out, (tars_text){ text, (uint16_t)strlen(text) });
}

/* Bytes as they are. */
static void write_raw(tars_cbor_writer *out, const void *bytes, uint32_t size) {
  memcpy(out->bytes + out->size, bytes, size);
  out->size += size;
}

/* A tag of up to 32 bits. */
static void write_tag(tars_cbor_writer *out, uint32_t tag) {
  uint32_t at = out->size;
  tars_cbor_write_uint(out, tag);
  out->bytes[at] |= 0xc0;
}

/* A digest structure. */
static void digest_make(const void *bytes, uint32_t size, uint8_t item[IMAGE_DIGEST]) {
  tars_cbor_writer out = { item, IMAGE_DIGEST, 0 };
  uint8_t digest[32];
  tars_sha256_of(bytes, size, digest);
  tars_cbor_write_array(&out, 2);
  tars_cbor_write_int(&out, TARS_COSE_SHA256);
  write_bytes(&out, digest, sizeof digest);
}

/* One signature block over a digest structure. */
static void block_write(tars_cbor_writer *out, const maker_key *key, const char *aad,
                        const uint8_t digest[IMAGE_DIGEST]) {
  uint8_t header[16], covered[128], block[96], signature[64];
  tars_cbor_writer of_header = { header, sizeof header, 0 }, of_covered = { covered, sizeof covered, 0 },
                   of_block = { block, sizeof block, 0 };
  tars_cbor_write_map(&of_header, 2);
  tars_cbor_write_int(&of_header, TARS_HEADER_ALGORITHM);
  tars_cbor_write_int(&of_header, TARS_COSE_ED25519);
  tars_cbor_write_int(&of_header, TARS_HEADER_KID);
  write_bytes(&of_header, key->public_key, TARS_KID_SIZE);
  tars_cbor_write_array(&of_covered, 4);
  write_text(&of_covered, TARS_SIGN1_CONTEXT);
  write_bytes(&of_covered, header, of_header.size);
  write_bytes(&of_covered, aad, (uint32_t)strlen(aad));
  write_bytes(&of_covered, digest, IMAGE_DIGEST);
  crypto_ed25519_sign(signature, key->secret, covered, of_covered.size);
  write_tag(&of_block, TARS_SIGN1_TAG);
  tars_cbor_write_array(&of_block, 4);
  write_bytes(&of_block, header, of_header.size);
  tars_cbor_write_map(&of_block, 0);
  write_raw(&of_block, "\xf6", 1);
  write_bytes(&of_block, signature, sizeof signature);
  write_bytes(out, block, of_block.size);
}

/* Ascending public keys. */
static int by_key(const void *a, const void *b) {
  const maker_key *const *left = a, *const *right = b;
  return memcmp((*left)->public_key, (*right)->public_key, 32);
}

/* Copies a NULL-terminated list in order; its length. */
static uint32_t sorted(const maker_key *const keys[], const maker_key *out[TARS_LIMIT_KEYS]) {
  uint32_t count = 0;
  while (count < TARS_LIMIT_KEYS && keys[count]) {
    out[count] = keys[count];
    count++;
  }
  qsort(out, count, sizeof *out, by_key);
  return count;
}

/* An envelope around a document: tag, authentication, the document under its key. */
static void envelope_write(tars_cbor_writer *out, uint32_t tag, const char *aad, int key, tars_bytes document,
                           const maker_key *const signers[], uint32_t items) {
  static uint8_t wrapped[2 * TARS_LIMIT_BUNDLE], inside[1024];
  const maker_key *keys[TARS_LIMIT_KEYS];
  uint32_t count = sorted(signers, keys);
  uint8_t digest[IMAGE_DIGEST];
  tars_cbor_writer of_wrapped = { wrapped, sizeof wrapped, 0 }, of_inside = { inside, sizeof inside, 0 };
  tars_cbor_write_bytes(&of_wrapped, document);
  digest_make(wrapped, of_wrapped.size, digest);
  tars_cbor_write_array(&of_inside, 1 + count);
  write_bytes(&of_inside, digest, sizeof digest);
  for (uint32_t i = 0; i < count; i++) block_write(&of_inside, keys[i], aad, digest);
  write_tag(out, tag);
  tars_cbor_write_map(out, items);
  tars_cbor_write_int(out, TARS_ENVELOPE_AUTHENTICATION);
  write_bytes(out, inside, of_inside.size);
  tars_cbor_write_int(out, key);
  write_raw(out, wrapped, of_wrapped.size);
}

/* Thresholds and keys of a root document. */
static void root_keys_write(tars_cbor_writer *out, const maker_root *root) {
  const maker_key *keys[TARS_LIMIT_KEYS];
  uint32_t count = sorted(root->keys, keys);
  uint8_t all = 0;
  for (uint32_t i = 0; i < count; i++) all |= keys[i]->roles;
  tars_cbor_write_uint(out, TARS_ROOT_KEY_THRESHOLDS);
  tars_cbor_write_array(out, TARS_ROLE_COUNT);
  for (int role = 0; role < TARS_ROLE_COUNT; role++)
    tars_cbor_write_uint(out, role == TARS_ROLE_OPERATOR && root->threshold ? root->threshold : all >> role & 1u);
  tars_cbor_write_uint(out, TARS_ROOT_KEY_KEYS);
  tars_cbor_write_array(out, count);
  for (uint32_t i = 0; i < count; i++) {
    tars_cbor_write_array(out, 3);
    write_bytes(out, keys[i]->public_key, 32);
    tars_cbor_write_uint(out, keys[i]->roles);
    write_text(out, "key");
  }
}

/* Body, then envelope. */
void maker_root_make(const maker_root *root, maker_bytes *made) {
  static uint8_t body[TARS_LIMIT_ROOT];
  tars_cbor_writer out = { body, sizeof body, 0 }, whole = { made->bytes, sizeof made->bytes, 0 };
  uint8_t vendor[16];
  maker_vendor(vendor);
  tars_cbor_write_map(&out, root->time_s ? 9 : 8);
  tars_cbor_write_uint(&out, TARS_ROOT_KEY_FORMAT);
  tars_cbor_write_uint(&out, 1);
  tars_cbor_write_uint(&out, TARS_ROOT_KEY_VERSION);
  tars_cbor_write_uint(&out, root->version);
  tars_cbor_write_uint(&out, TARS_ROOT_KEY_EPOCH);
  tars_cbor_write_uint(&out, root->epoch);
  tars_cbor_write_uint(&out, TARS_ROOT_KEY_SEQUENCE);
  tars_cbor_write_uint(&out, root->sequence);
  tars_cbor_write_uint(&out, TARS_ROOT_KEY_VENDOR);
  write_bytes(&out, vendor, sizeof vendor);
  tars_cbor_write_uint(&out, TARS_ROOT_KEY_OWNER);
  write_text(&out, MAKER_OWNER);
  root_keys_write(&out, root);
  if (root->time_s) {
    tars_cbor_write_uint(&out, TARS_ROOT_KEY_TIME);
    tars_cbor_write_uint(&out, root->time_s);
  }
  envelope_write(&whole, TARS_ROOT_TAG, TARS_AAD_ROOT, TARS_ENVELOPE_BODY, (tars_bytes){ body, out.size },
                 root->signers, 2);
  made->size = whole.size;
}

/* Bytes of a section's size: always three, so that the size of a module doesn't jump. */
static void write_section_size(uint8_t *at, uint32_t size) {
  at[0] = (uint8_t)(size | 0x80);
  at[1] = (uint8_t)(size >> 7 | 0x80);
  at[2] = (uint8_t)(size >> 14);
}

/* The blink, and a custom section `pad` behind it. */
void maker_module(uint8_t seed, uint32_t size, uint8_t *out) {
  uint8_t *pad = out + sizeof blink;
  uint32_t rest = size - (uint32_t)sizeof blink - PAD_HEAD + 5, number = seed * 2654435761u;
  memcpy(out, blink, sizeof blink);
  pad[0] = 0;
  write_section_size(pad + 1, rest);
  memcpy(pad + 4, "\3pad\0", 5);
  for (uint32_t i = sizeof blink + PAD_HEAD; i < size; i++) {
    number = number * 1664525u + 1013904223u;
    out[i] = (uint8_t)(number >> 24);
  }
}

/* [class, [module, …]] */
uint32_t maker_image(const maker_app *app, uint8_t *bytes, uint32_t capacity) {
  static uint8_t module[TARS_LIMIT_MODULE];
  tars_cbor_writer out = { bytes, capacity, 0 };
  tars_cbor_write_array(&out, 2);
  write_text(&out, "virtual");
  tars_cbor_write_array(&out, app->count);
  for (int i = 0; i < app->count; i++) {
    maker_module(app->seeds[i], app->sizes[i], module);
    write_bytes(&out, module, app->sizes[i]);
  }
  return out.size;
}

/* What override-parameters sets. */
static void parameters_write(tars_cbor_writer *out, const maker_bundle *bundle) {
  const char *name = bundle->board_class ? bundle->board_class : "virtual";
  uint8_t vendor[16], class[16], digest[IMAGE_DIGEST];
  maker_vendor(vendor);
  tars_id_make(vendor, name, (uint32_t)strlen(name), class);
  digest_make(bundle->image, bundle->size, digest);
  tars_cbor_write_map(out, 7);
  tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_VENDOR);
  write_bytes(out, vendor, sizeof vendor);
  tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_CLASS);
  write_bytes(out, class, sizeof class);
  tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_DIGEST);
  write_bytes(out, digest, sizeof digest);
  tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_SIZE);
  tars_cbor_write_uint(out, bundle->size);
  tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_GRANT);
  write_bytes(out, blink_grant, sizeof blink_grant);
  tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_CALLS);
  write_bytes(out, blink_calls, sizeof blink_calls);
  tars_cbor_write_int(out, TARS_BUNDLE_PARAMETER_HEALTH);
  tars_cbor_write_uint(out, bundle->health_ms);
}

/* Components and the shared sequence, in a byte string each. */
static void common_write(tars_cbor_writer *out, const maker_bundle *bundle) {
  uint8_t shared[512], common[600];
  tars_cbor_writer of_shared = { shared, sizeof shared, 0 }, of_common = { common, sizeof common, 0 };
  tars_cbor_write_array(&of_shared, 6);
  tars_cbor_write_uint(&of_shared, TARS_BUNDLE_COMMAND_OVERRIDE);
  parameters_write(&of_shared, bundle);
  write_raw(&of_shared,
            (const uint8_t[]){ TARS_BUNDLE_COMMAND_VENDOR, TARS_BUNDLE_REPORT_CONDITION, TARS_BUNDLE_COMMAND_CLASS,
                               TARS_BUNDLE_REPORT_CONDITION },
            4);
  write_raw(&of_common, "\xa2\x02\x81\x81\x41\x00\x04", 7);
  write_bytes(&of_common, shared, of_shared.size);
  write_bytes(out, common, of_common.size);
}

/* Where the payload is. */
static void install_write(tars_cbor_writer *out, const maker_bundle *bundle) {
  uint8_t install[64];
  tars_cbor_writer inside = { install, sizeof install, 0 };
  tars_cbor_write_array(&inside, 6);
  tars_cbor_write_uint(&inside, TARS_BUNDLE_COMMAND_OVERRIDE);
  tars_cbor_write_map(&inside, 1);
  tars_cbor_write_uint(&inside, TARS_BUNDLE_URI);
  write_text(&inside, bundle->detached ? TARS_URI_DETACHED : TARS_URI_INTEGRATED);
  write_raw(&inside,
            (const uint8_t[]){ TARS_BUNDLE_COMMAND_FETCH, TARS_BUNDLE_REPORT_DIRECTIVE, TARS_BUNDLE_COMMAND_IMAGE,
                               TARS_BUNDLE_REPORT_CONDITION },
            4);
  write_bytes(out, install, inside.size);
}

/* Manifest, then envelope, then payload. */
void maker_bundle_make(const maker_bundle *bundle, maker_bytes *made) {
  static uint8_t manifest[1024];
  tars_cbor_writer out = { manifest, sizeof manifest, 0 }, whole = { made->bytes, sizeof made->bytes, 0 };
  tars_cbor_write_map(&out, 6);
  tars_cbor_write_uint(&out, TARS_BUNDLE_KEY_VERSION);
  tars_cbor_write_uint(&out, TARS_BUNDLE_VERSION);
  tars_cbor_write_uint(&out, TARS_BUNDLE_KEY_SEQUENCE);
  tars_cbor_write_uint(&out, (uint64_t)bundle->epoch << TARS_EPOCH_SHIFT | bundle->number);
  tars_cbor_write_uint(&out, TARS_BUNDLE_KEY_COMMON);
  common_write(&out, bundle);
  write_raw(&out, "\x07\x43\x82\x03\x0f\x09\x43\x82\x17\x02\x14", 11); /* validate, invoke, and the key of install */
  install_write(&out, bundle);
  envelope_write(&whole, TARS_BUNDLE_TAG, TARS_AAD_BUNDLE, TARS_ENVELOPE_MANIFEST, (tars_bytes){ manifest, out.size },
                 bundle->signers, bundle->detached ? 2 : 3);
  if (!bundle->detached) {
    write_text(&whole, TARS_PAYLOAD_KEY);
    write_bytes(&whole, bundle->image, bundle->size);
  }
  made->size = whole.size;
}

/* Body, then envelope. */
void maker_document(uint8_t document, const void *row, const maker_key *const signers[], maker_bytes *made) {
  static uint8_t body[TARS_LIMIT_SIGNED];
  const tars_message *message = tars_fleet_message(document);
  int size = tars_message_encode(message, row, body, sizeof body);
  tars_cbor_writer whole = { made->bytes, sizeof made->bytes, 0 };
  char aad[32] = TARS_SIGNED_AAD;
  strcat(aad, tars_fleet_name(message));
  envelope_write(&whole, TARS_SIGNED_TAG, aad, TARS_ENVELOPE_BODY, (tars_bytes){ body, (uint32_t)size }, signers, 2);
  made->size = whole.size;
}
