/* Bundles: a closed profile of the SUIT manifest, matched against a template; nothing in it is interpreted. The checks
 * run in the order of `refusals` in hal/contract/wire/refusals.ts and the first that fails names the refusal, with the
 * same code as ota/host/verify.ts. Nothing is allocated, and nothing is written but what the caller gave. */
#ifndef TARS_BUNDLE_VERIFY_H
#define TARS_BUNDLE_VERIFY_H

#include "tars_detail.h"
#include "tars_root.h"

/* Bytes on the stack for the rows of a module's manifest; one with more is -nomem. */
#ifndef TARS_BUNDLE_ROWS
#define TARS_BUNDLE_ROWS TARS_MANIFEST_ROWS_MAX
#endif

#define TARS_BUNDLE_DIGEST 32
#define TARS_BUNDLE_ID     16

/* Identity of the committed bundle. */
typedef struct {
  uint16_t epoch;
  uint32_t number;
  uint8_t digest[TARS_BUNDLE_DIGEST]; /* SHA-256 of its manifest */
} tars_bundle_committed;

/* What a board knows when a bundle comes in. */
typedef struct {
  const tars_root *root; /* NULL: the board has no owner */
  tars_text board_class;
  const uint8_t *public_key;                   /* of the device, 32 bytes */
  tars_bytes calls;                            /* bitmap of the host calls that it has: bit id % 8 of byte id / 8 */
  tars_bytes engine;                           /* what an engine condition is compared with; size 0: no native code */
  const tars_bundle_committed *committed;      /* NULL: no bundle was ever committed */
  const uint8_t (*failed)[TARS_BUNDLE_DIGEST]; /* manifests that failed on it */
  uint32_t failed_count;
  tars_bytes payload; /* a detached payload that is at hand as a whole; bytes NULL: it comes later */
  bool dev;           /* an app for RAM: signed with the role dev instead of release, and without order */
  tars_detail detail; /* where to say what of a module is refused; text NULL: nowhere */
} tars_bundle_policy;

/* What a manifest says. Pointers go into the bundle's bytes. */
typedef struct {
  uint16_t epoch;
  uint32_t number;
  /* SHA-256 of the manifest, which names the bundle. Even of a refused one, then as it says and not verified; NULL if
   * the reader did not come to it. */
  const uint8_t *digest;
  const uint8_t *vendor, *board_class;
  const uint8_t *device; /* NULL: every device of the class */
  const uint8_t *payload_digest;
  uint32_t payload_size;
  tars_bytes grant; /* encoded; its form is right */
  tars_bytes calls; /* bitmap of host calls needed */
  uint32_t health_ms;
  tars_bytes engine;   /* size 0: none */
  bool delta;          /* the payload is a difference */
  bool detached;       /* the payload is not in the bundle */
  bool same;           /* this very bundle is committed: nothing is left to do */
  tars_bytes payload;  /* integrated, or the policy's */
  uint8_t aot_signers; /* how many of the signers have the role aot */
} tars_bundle_facts;

/* Checks a bundle. 0 or the negative error of the first check that fails. A detached payload that is not at hand is
 * left unchecked: see tars_bundle_payload and tars_bundle_manifest. What modules break beyond their manifests, and
 * conflicts between them, the core finds when the app is staged. */
int tars_bundle_verify(const uint8_t *bytes, uint32_t size, const tars_bundle_policy *policy, tars_bundle_facts *facts);
/* Checks a detached payload: its size, its digest, and everything inside. */
int tars_bundle_payload(const uint8_t *bytes, uint32_t size, const tars_bundle_policy *policy,
                        const tars_bundle_facts *facts);
/* Checks the manifest of a module from a payload whose digest is right: its form, its host calls, and that it asks
 * for no more than is granted. */
int tars_bundle_manifest(tars_bytes section, const tars_bundle_facts *facts, tars_detail detail);

/* Reads the head of an app image; `in` is at the first of `count` modules then. 0 or -invalid. */
int tars_image_open(tars_cbor_reader *in, tars_text *board_class, uint32_t *count);
int tars_image_next(tars_cbor_reader *in, tars_bytes *module);

/* True if an encoded grant has the right form. */
bool tars_grant_valid(tars_bytes grant);
/* Request ⊆ grant: budgets, then every handle. 0 or -grant; `detail` says what is not granted. The grant's form must be
 * right. */
int tars_grant_check(tars_bytes grant, const tars_manifest *request, tars_detail detail);

#endif
