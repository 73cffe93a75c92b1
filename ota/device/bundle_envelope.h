/* The outer form that bundles, root documents and the signed documents of a fleet share: digest and signatures in front
 * of a document that stays in its byte string until the signatures are known to be right. */
#ifndef BUNDLE_ENVELOPE_H
#define BUNDLE_ENVELOPE_H

#include "bundle_form.h"
#include "tars_limits.h"
#include "tars_root.h"

/* Bytes of an encoded digest structure: [-16, SHA-256]. The SHA-256 is at its end. */
enum { DIGEST_ITEM = 36, DIGEST_HEAD = 4 };
/* Bytes of a protected header: {1: -19, 4: key id}. */
enum { SIGNATURE_HEADER = 9 };
/* Most bytes of what a signature covers. */
enum { SIGNED_MAX = 96 };
/* Signatures of a root document: by the keys of the old one and of the new one. */
#define SIGNATURES_MAX (2 * TARS_LIMIT_KEYS)

/* What differs between bundles, root documents and the signed documents of a fleet. */
typedef struct {
  uint32_t tag;
  int32_t key;     /* of the document in the outer map */
  const char *aad; /* says for which use a signature is */
  uint32_t longest;
  uint8_t signatures; /* at most */
  bool payload;       /* may be there */
} envelope_kind;

extern const envelope_kind envelope_bundle, envelope_root;

/* One signature. */
typedef struct {
  const uint8_t *kid, *bytes;
} envelope_signature;

/* An envelope of the right form. It points into the caller's bytes, and nothing in it has been verified yet. */
typedef struct {
  const envelope_kind *kind;
  const uint8_t *digest; /* the encoded digest structure */
  tars_bytes wrapped;    /* the document with the head of its byte string */
  tars_bytes document, payload;
  bool has_payload;
  uint8_t count;
  envelope_signature signatures[SIGNATURES_MAX];
} envelope;

/* Checks size and form. All functions return 0 or the negative error of the first check that failed. */
int envelope_read(envelope *out, const envelope_kind *kind, const uint8_t *bytes, uint32_t size);
/* Checks that there is a signer, and that signers ascend by their key ids. */
int envelope_signers(const envelope *in);
/* Checks that every signer has the role in `root` or in `old` (NULL: there is none), that they are enough for both,
 * and that every signature is right. */
int envelope_signatures(const envelope *in, const tars_root *root, const tars_root *old, uint8_t role);
/* Checks that the signed digest is the document's. */
int envelope_digest(const envelope *in);
/* Checks signers, signatures and digest in the order of the contract; -not_owned without `root`. */
int envelope_origin(const envelope *in, const tars_root *root, uint8_t role);
/* How many of the signers are keys of `root` with this role. */
uint8_t envelope_count(const envelope *in, const tars_root *root, uint8_t role);
/* Verifies one signature with a key. */
int envelope_signature_check(const envelope *in, const envelope_signature *signature, const uint8_t *key);
/* What a signature covers (COSE's Sig_structure): number of bytes, or a negative error. */
int envelope_signed(const char *aad, const uint8_t kid[TARS_KID_SIZE], const uint8_t digest[DIGEST_ITEM],
                    uint8_t bytes[SIGNED_MAX]);
/* Writes the protected header of a signature in its byte string. */
void envelope_header(tars_cbor_writer *out, const uint8_t kid[TARS_KID_SIZE]);

/* Reads a digest structure and returns its SHA-256. */
const uint8_t *digest_read(form *in);

#endif
