/* Inside trust: its state, and the functions for the install. The state is guarded by the core's lock; only the
 * supervisor writes records. */
#ifndef TRUST_STATE_H
#define TRUST_STATE_H

#include "tars_trust.h"

/* Most bytes of a certificate; a board that can't reach a broker with TLS has no room for any. */
#ifndef TARS_TRUST_CA
#define TARS_TRUST_CA TARS_LIMIT_CA
#endif

/* A certificate in force, or the one before it. */
typedef struct {
  uint8_t bytes[TARS_TRUST_CA];
  uint32_t size;
} trust_ca;

/* Contents of the newest beacon. */
typedef struct {
  bool answered; /* a beacon since this boot carried the nonce */
  uint16_t epoch;
  uint32_t number;
  int64_t expires_us; /* by this board's clock */
} trust_beacon;

/* A nonce for commands. It is good until its time by this board's clock; 0: never given. */
typedef struct {
  uint8_t bytes[TARS_NONCE];
  int64_t expires_us;
  uint32_t counter; /* highest of the commands that named it */
} trust_nonce;

/* Who the board is: the seed of its key, and the SHA-256 of its root document, 0 without one. */
typedef struct {
  uint32_t boots;
  uint8_t seed[32], root[32];
} trust_self;

typedef struct {
  tars_trust_status status;
  trust_self self;
  tars_network network;
  uint8_t secret[64]; /* seed and public key, as Monocypher wants them */
  uint8_t root_now, ca_now;
  bool has_root, has_nonce;
  uint8_t failed[TARS_LIMIT_FAILED][TARS_BUNDLE_DIGEST]; /* the oldest first */
  uint8_t failed_count;
  int64_t rest_us; /* once the list is full, or if `rests`, no bundle is tried before */
  bool rests;      /* since this boot a trial has ended without anything that speaks against its bundle */
  uint32_t counter;
  trust_nonce nonces[TARS_LIMIT_NONCES];
  uint8_t nonce_newest;
  tars_bytes engine; /* what an engine condition is compared with; size 0: no board runs native code yet */
  trust_beacon beacon;
  int64_t time_stored_s; /* what the record has of status.time_s */
  tars_root roots[2];    /* two of each: other tasks may read the one before until the next change */
  trust_ca cas[2];
} trust_state;

extern trust_state tars_trust;

/* To be called before anything else. */
void tars_trust_init(void);
/* Makes the policy that a bundle is checked against. Its pointers are valid until the next change. Supervisor only. */
void tars_trust_policy(tars_bundle_policy *policy, bool dev);
/* What is committed (number 0: none) and in trial (NULL: nothing) has changed. */
void tars_trust_committed_set(const tars_bundle_committed *committed);
void tars_trust_trial_set(const uint8_t *digest);
/* Bundles that failed; add writes the record. */
/* True if no bundle may be tried now: the list may have forgotten one that failed. */
bool tars_trust_rests(void);
/* From now on none may be tried for as long as if the list were full. */
TARS_ONCE void tars_trust_rest(void);
bool tars_trust_failed_has(const uint8_t digest[TARS_BUNDLE_DIGEST]);
int tars_trust_failed_add(const uint8_t digest[TARS_BUNDLE_DIGEST]);
/* Writes records whose change another task could only note. Supervisor only. */
void tars_trust_poll(void);

#endif
