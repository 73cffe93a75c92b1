/* What the device says under its own key: documents of `fleet`, in the outer form of a root document. */
#include "trust_state.h"

#include "bundle_envelope.h" /* what a signature covers */
#include "tars_ed25519.h"    /* sign */
#include "tars_errors.h"     /* codes of the contract */
#include "tars_install.h"    /* boots */
#include "tars_os.h"         /* lock */
#include "tars_sha256.h"     /* digest of the body */

#include <stdio.h> /* snprintf */
#include <string.h>

enum {
  HEADER = 9,                       /* {1: -19, 4: key id} */
  BLOCK = 80,                       /* a signature with what stands around it */
  AUTHENTICATION = 1 + 2 + DIGEST_ITEM + 2 + BLOCK,
  FRONT = 5 + 1 + 1 + 2 + AUTHENTICATION + 1, /* all before the body's byte string */
  HEAD_MAX = 3,                     /* head of that byte string */
};

/* Fills in who speaks and which of its documents this is; false if devices don't sign it. */
static bool origin_fill(uint8_t document, void *row) {
  const tars_bytes device = {tars_trust.status.device, sizeof tars_trust.status.device};
  tars_fleet_body *body = row;
  tars_os_lock();
  uint32_t boot = tars_install_boots(), counter = ++tars_trust.counter;
  tars_os_unlock();
  switch (document) {
    case TARS_FLEET_BIRTH_EVENT:
      body->birth_event.device = device, body->birth_event.boot = boot, body->birth_event.counter = counter;
      return true;
    case TARS_FLEET_PRESENCE_EVENT:
      body->presence_event.device = device, body->presence_event.boot = boot;
      return true;
    case TARS_FLEET_REPORT_EVENT:
      body->report_event.device = device, body->report_event.boot = boot, body->report_event.counter = counter;
      return true;
    case TARS_FLEET_REPLY_EVENT:
      body->reply_event.device = device, body->reply_event.boot = boot, body->reply_event.counter = counter;
      return true;
    default: return false;
  }
}

/* Encodes the body into its place behind the front, with its head; total bytes of the document, or a negative error. */
static int body_put(const tars_message *message, const void *row, uint8_t *out, uint32_t capacity, tars_bytes *wrapped) {
  uint8_t head[HEAD_MAX];
  tars_cbor_writer writer = {head, sizeof head, 0};
  if (capacity < FRONT + HEAD_MAX)
    return -TARS_E_TOO_LONG;
  int size = tars_message_encode(message, row, out + FRONT + HEAD_MAX, capacity - FRONT - HEAD_MAX);
  if (size < 0)
    return size;
  tars_cbor_write_bytes(&writer, (tars_bytes){out + FRONT + HEAD_MAX, (uint32_t)size}); /* of which only the head fits */
  uint32_t count = (uint32_t)size, heads = writer.size - count;
  memcpy(out + FRONT, head, heads);
  memmove(out + FRONT + heads, out + FRONT + HEAD_MAX, count);
  *wrapped = (tars_bytes){out + FRONT, heads + count};
  return (int)(FRONT + heads + count);
}

/* Writes tag, digest and signature block in front of the body; the signature itself is still open. */
static void front_put(uint8_t *out, const uint8_t digest[DIGEST_ITEM], const uint8_t header[HEADER], const uint8_t signature[64]) {
  tars_cbor_writer writer = {out, FRONT, 0};
  const uint8_t tag[] = {0xda, (uint8_t)(TARS_SIGNED_TAG >> 24), (uint8_t)(TARS_SIGNED_TAG >> 16), (uint8_t)(TARS_SIGNED_TAG >> 8),
                         (uint8_t)TARS_SIGNED_TAG};
  uint8_t block[BLOCK], inside[AUTHENTICATION];
  tars_cbor_writer of_block = {block, sizeof block, 0}, of_inside = {inside, sizeof inside, 0};
  block[of_block.size++] = 0xc0 | TARS_SIGN1_TAG;
  tars_cbor_write_array(&of_block, 4);
  tars_cbor_write_bytes(&of_block, (tars_bytes){header, HEADER});
  tars_cbor_write_map(&of_block, 0);
  block[of_block.size++] = 0xf6; /* null */
  tars_cbor_write_bytes(&of_block, (tars_bytes){signature, 64});
  tars_cbor_write_array(&of_inside, 2);
  tars_cbor_write_bytes(&of_inside, (tars_bytes){digest, DIGEST_ITEM});
  tars_cbor_write_bytes(&of_inside, (tars_bytes){block, of_block.size});
  memcpy(out, tag, sizeof tag);
  writer.size = sizeof tag;
  tars_cbor_write_map(&writer, 2);
  tars_cbor_write_int(&writer, TARS_ENVELOPE_AUTHENTICATION);
  tars_cbor_write_bytes(&writer, (tars_bytes){inside, of_inside.size});
  tars_cbor_write_int(&writer, TARS_ENVELOPE_BODY);
}

/* The protected header that names the device's key. */
static void header_make(uint8_t header[HEADER]) {
  tars_cbor_writer writer = {header, HEADER, 0};
  tars_cbor_write_map(&writer, 2);
  tars_cbor_write_int(&writer, TARS_HEADER_ALGORITHM);
  tars_cbor_write_int(&writer, TARS_COSE_ED25519);
  tars_cbor_write_int(&writer, TARS_HEADER_KID);
  tars_cbor_write_bytes(&writer, (tars_bytes){tars_trust.status.public_key, TARS_KID_SIZE});
}

/* [-16, SHA-256 of the body with the head of its byte string]. */
static void digest_make(tars_bytes wrapped, uint8_t digest[DIGEST_ITEM]) {
  uint8_t sha[32];
  tars_cbor_writer writer = {digest, DIGEST_ITEM, 0};
  tars_sha256_of(wrapped.bytes, wrapped.size, sha);
  tars_cbor_write_array(&writer, 2);
  tars_cbor_write_int(&writer, TARS_COSE_SHA256);
  tars_cbor_write_bytes(&writer, (tars_bytes){sha, sizeof sha});
}

/* Body, digest, signature, front. */
int tars_trust_sign(uint8_t document, void *row, uint8_t *out, uint32_t capacity) {
  uint8_t digest[DIGEST_ITEM], header[HEADER], covered[SIGNED_MAX], signature[64];
  char aad[24];
  tars_bytes wrapped;
  if (!tars_trust.status.has_key)
    return -TARS_E_STATE;
  if (!origin_fill(document, row))
    return -TARS_E_INVALID;
  const tars_message *message = tars_fleet_message(document);
  int size = body_put(message, row, out, capacity, &wrapped);
  if (size < 0)
    return size;
  digest_make(wrapped, digest);
  header_make(header);
  snprintf(aad, sizeof aad, "%s%s", TARS_SIGNED_AAD, message->name);
  int count = envelope_signed(aad, (tars_bytes){header, HEADER}, digest, covered);
  if (count < 0)
    return count;
  tars_ed25519_sign(signature, tars_trust.secret, covered, (uint32_t)count);
  front_put(out, digest, header, signature);
  return size;
}
