/* Whom a board belongs to and who it is: its own key, the owner's root document, the broker, and what is signed by and
 * for it. Records lie in the store; what other tasks read is a copy that changes under the core's lock.
 *
 * An open board has no root document: it takes commands on its physical port, unsigned. An owned one takes what its
 * root document allows, and nothing else that changes something. */
#ifndef TARS_TRUST_H
#define TARS_TRUST_H

#include "tars_bundle_verify.h" /* what is committed */
#include "tars_fleet.h"         /* signed documents */
#include "tars_place.h"         /* one copy */

#define TARS_NONCE 8

/* Broker and fleet, as `network.set` names them. Empty texts: no broker. */
typedef struct {
  char broker[129], fleet[33], user[33], password[65];
} tars_network;

/* A copy of what other tasks may know. */
typedef struct {
  bool owned, has_key, failed_list_full;
  bool unreadable;                    /* owner or highest number can't be read: nothing is taken but a repair */
  uint8_t public_key[32], device[16]; /* device: 0 while the board is open */
  uint8_t nonce[TARS_NONCE];
  uint32_t root_version;
  char owner[65];
  tars_bundle_committed committed;   /* number 0: none */
  uint8_t trial[TARS_BUNDLE_DIGEST]; /* manifest of the bundle in trial, 0 none */
  uint8_t freshness;                 /* TARS_FRESHNESS_… */
  int64_t time_s;                    /* latest time that was ever seen in a signed document, 0 none */
  uint32_t revision;                 /* counts changes of anything above: a new birth is due */
} tars_trust_status;

/* From tars_install's boot, supervisor: reads the records, counts the boot, makes the device's key if there is none and
 * a new nonce. `room` is free again afterwards. */
int tars_trust_boot(uint8_t room[TARS_LIMIT_ROOT], uint32_t *boots);
/* From the install, supervisor: what the store says about owner or number can't be believed. The board counts as owned
 * from then on. */
TARS_ONCE void tars_trust_unreadable_set(void);
/* Copies the status. Any task may call it. */
void tars_trust_read(tars_trust_status *status);
void tars_trust_network(tars_network *network);
/* The certificate (DER) that the broker must be signed by; size 0: none was given. Valid until the next boot. */
tars_bytes tars_trust_ca(void);
/* The root document in force, NULL on an open board. Any task; what it points to stays until the second next change. */
const tars_root *tars_trust_root(void);
/* True if nothing is taken but a repair by the owner, or that everything is erased. Any task may call it. */
bool tars_trust_is_unreadable(void);
/* True if the board has an owner, even if the root document can't be read any more. Any task may call it. */
bool tars_trust_is_owned(void);
/* A new session nonce, at each connection to the broker: beacons that answer the last one are worth nothing. */
void tars_trust_nonce_renew(void);
/* Gives a nonce that commands may name for TARS_LIMIT_NONCE_MS from when it was made, and for no less than two thirds
 * of that from now. Any task. Returns the bytes of the nonce, 0 without a source of randomness. */
uint32_t tars_trust_nonce_give(uint8_t nonce[TARS_NONCE]);

/* Signs a document of `fleet` (birth, presence, report, reply) with the device's key; `row` is its struct, whose
 * `device`, `boot` and `counter` are filled in here. Bytes written, or a negative error. Any task. */
int tars_trust_sign(uint8_t document, void *row, uint8_t *out, uint32_t capacity);
/* Checks a `command`: signers, role, threshold, device, nonce and its time, counter; it is spent then. 0 or the
 * negative error. Supervisor only, as all checking of signatures. Pointers of `command` go into `bytes`. */
int tars_trust_command(const uint8_t *bytes, uint32_t size, tars_fleet_command_event *command);
/* Checks a beacon and updates freshness and time. Supervisor only. */
int tars_trust_beacon(const uint8_t *bytes, uint32_t size);

/* Changes, by the supervisor only. Each record is written before the change takes effect. */
int tars_trust_root_install(const uint8_t *bytes, uint32_t size, bool *same);
int tars_trust_ca_install(const uint8_t *bytes, uint32_t size);
int tars_trust_network_set(const tars_network *network);

#endif
