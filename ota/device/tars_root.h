/* The root document: the owner's keys with their roles, how many of them must sign, and where sequence numbers start.
 * It is replaced only by its next version, signed by enough keys of both. Checks and their order: `rootRefusals` in
 * hal/contract/wire/refusals.ts. */
#ifndef TARS_ROOT_H
#define TARS_ROOT_H

#include "tars_bundle.h" /* roles */

/* A key. Its name in the document is for people and isn't kept. */
typedef struct {
  uint8_t public_key[32], roles; /* roles: bit 1 << TARS_ROLE_… */
} tars_root_key;

#define TARS_OWNER 64

/* The contents of a root document, without pointers into its bytes. */
typedef struct {
  uint32_t version, sequence;
  uint16_t epoch;
  uint8_t vendor[16];
  uint8_t digest[32]; /* SHA-256 of the body: the document's name */
  char owner[TARS_OWNER + 1];
  uint8_t thresholds[TARS_ROLE_COUNT];
  uint32_t time_s; /* what is the newest signed time from then on; 0: it stays */
  uint8_t count;
  tars_root_key keys[TARS_LIMIT_KEYS]; /* ascending by public key */
} tars_root;

/* Checks a document that was received. `old` is the one that is trusted now, NULL on a board without owner. 0 or the
 * negative error of the first check that fails. `same`: it is the old one again, nothing is left to do. */
int tars_root_verify(const uint8_t *bytes, uint32_t size, const tars_root *old, tars_root *root, bool *same);
/* Reads a document that was verified before it was stored: everything but its signatures is checked again. */
int tars_root_read(const uint8_t *bytes, uint32_t size, tars_root *root);
/* The key with this id, NULL if there is none. */
const tars_root_key *tars_root_find(const tars_root *root, const uint8_t kid[TARS_KID_SIZE]);
/* True if a key has a role. */
static inline bool tars_root_has(const tars_root_key *key, uint8_t role) { return key->roles >> role & 1; }

/* UUID of version 8 by SHA-256 from a name space and a name (RFC 9562, appendix B.2). */
void tars_id_make(const uint8_t space[16], const void *name, uint32_t size, uint8_t id[16]);

#endif
