/* Signs documents of `fleet` with the device's own key, in the outer form of a root document. */
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
  BLOCK = 80, /* bytes of a signature block */
  AUTHENTICATION = 1 + 2 + DIGEST_ITEM + 2 + BLOCK,
  FRONT = 5 + 1 + 1 + 2 + AUTHENTICATION + 1, /* bytes before the body's byte string */
  HEAD_MAX = 3,                               /* most bytes of the head of that byte string */
};

/* Fills in device, boot and counter of a document; false if devices don't sign this kind. */
static bool origin_fill(uint8_t document, void *row) {
  const tars_bytes device = { tars_trust.status.device, sizeof tars_trust.status.device };
  tars_fleet_body *body = row;
  tars_os_lock();
  uint32_t boot = tars_install_boots(), counter = ++tars_trust.counter;
  tars_os_unlock();
  switch (document) {
  case TARS_FLEET_BIRTH_EVENT:
    body->birth_event.device = device, body->birth_event.boot = boot, body->birth_event.counter = counter;
    return true;
  case TARS_FLEET_PRESENCE_EVENT: body->presence_event.device = device, body->presence_event.boot = boot; return true;
  case TARS_FLEET_REPORT_EVENT:
    body->report_event.device = device, body->report_event.boot = boot, body->report_event.counter = counter;
    return true;
  case TARS_FLEET_REPLY_EVENT:
    body->reply_event.device = device, body->reply_event.boot = boot, body->reply_event.counter = counter;
    return true;
  default: return false;
  }
}

/* Encodes the body into its place behind the front, with its head; returns the bytes of the whole document, or
 * a negative error. */
static int body_put(const tars_message *message, const void *row, uint8_t *out, uint32_t capacity,
                    tars_bytes *wrapped) {
  tars_cbor_writer head = { out + FRONT, HEAD_MAX, 0 };
  if (capacity < FRONT + HEAD_MAX) return -TARS_E_TOO_LONG;
  int size = tars_message_encode(message, row, out + FRONT + HEAD_MAX, capacity - FRONT - HEAD_MAX);
  if (size < 0) return size;
  tars_cbor_write_bytes_head(&head, (uint32_t)size);
  memmove(out + FRONT + head.size, out + FRONT + HEAD_MAX, (uint32_t)size);
  *wrapped = (tars_bytes){ out + FRONT, head.size + (uint32_t)size };
  return (int)(FRONT + wrapped->size);
}

/* Writes tag, digest and signature in front of the body. */
static void front_put(uint8_t *out, const uint8_t digest[DIGEST_ITEM], const uint8_t signature[64]) {
  tars_cbor_writer front = { out, FRONT, 0 };
  tars_cbor_write_tag(&front, TARS_SIGNED_TAG);
  tars_cbor_write_map(&front, 2);
  tars_cbor_write_int(&front, TARS_ENVELOPE_AUTHENTICATION);
  tars_cbor_write_bytes_head(&front, AUTHENTICATION);
  tars_cbor_write_array(&front, 2);
  tars_cbor_write_bytes(&front, (tars_bytes){ digest, DIGEST_ITEM });
  tars_cbor_write_bytes_head(&front, BLOCK);
  tars_cbor_write_tag(&front, TARS_SIGN1_TAG);
  tars_cbor_write_array(&front, 4);
  envelope_header(&front, tars_trust.status.public_key);
  tars_cbor_write_map(&front, 0);
  tars_cbor_write_null(&front);
  tars_cbor_write_bytes(&front, (tars_bytes){ signature, 64 });
  tars_cbor_write_int(&front, TARS_ENVELOPE_BODY);
}

/* [-16, SHA-256 of the body with the head of its byte string]. */
static void digest_make(tars_bytes wrapped, uint8_t digest[DIGEST_ITEM]) {
  uint8_t sha[32];
  tars_cbor_writer writer = { digest, DIGEST_ITEM, 0 };
  tars_sha256_of(wrapped.bytes, wrapped.size, sha);
  tars_cbor_write_array(&writer, 2);
  tars_cbor_write_int(&writer, TARS_COSE_SHA256);
  tars_cbor_write_bytes(&writer, (tars_bytes){ sha, sizeof sha });
}

int tars_trust_sign(uint8_t document, void *row, uint8_t *out, uint32_t capacity) {
  uint8_t digest[DIGEST_ITEM], covered[SIGNED_MAX], signature[64];
  char aad[24];
  tars_bytes wrapped;
  if (!tars_trust.status.has_key) return -TARS_E_STATE;
  if (!origin_fill(document, row)) return -TARS_E_INVALID;
  const tars_message *message = tars_fleet_message(document);
  int size = body_put(message, row, out, capacity, &wrapped);
  if (size < 0) return size;
  digest_make(wrapped, digest);
  snprintf(aad, sizeof aad, "%s%s", TARS_SIGNED_AAD, tars_fleet_name(message));
  int count = envelope_signed(aad, tars_trust.status.public_key, digest, covered);
  if (count < 0) return count;
  tars_ed25519_sign(signature, tars_trust.secret, covered, (uint32_t)count);
  front_put(out, digest, signature);
  return size;
}
