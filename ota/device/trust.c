/* The records of trust: the device's key, the root document, certificate, broker, failed bundles and the highest signed
 * time; and the copies of them that other tasks read. */
#include "trust_state.h"

#include "tars_board.h"   /* class */
#include "tars_broker.h"  /* URL */
#include "tars_calls.h"   /* calls implemented */
#include "tars_ed25519.h" /* key */
#include "tars_errors.h"  /* codes of the contract */
#include "tars_os.h"      /* lock, random */
#include "tars_store.h"   /* records */

#include <string.h>

enum {
  SEED = 32,
  /* the record of the time is written at most once an hour of signed time, because flash wears out */
  TIME_STEP_S = 3600,
};

trust_state tars_trust;

void tars_trust_init(void) { memset(&tars_trust, 0, sizeof tars_trust); }

/* Counts a change of what other tasks see, so that a new birth is published. Lock held. */
static void changed(void) { tars_trust.status.revision++; }

/* Who this board is. The record is written at each boot, so logs hold many copies of it; never without the key, which
 * is lost then. */
static int self_write(void) {
  if (!tars_trust.status.has_key) return -TARS_E_IO;
  return tars_store_record_write("self", &tars_trust.self, sizeof tars_trust.self);
}

/* Reads the device's key, or makes one; if the flash can't be read now, no key is made. `made`: it isn't stored yet. */
static int key_boot(bool *made) {
  uint8_t seed[SEED];
  int got = tars_store_record_read("self", &tars_trust.self, sizeof tars_trust.self), err = got == -TARS_E_IO ? got : 0;
  *made = !err && got != sizeof tars_trust.self;
  if (*made) {
    memset(&tars_trust.self, 0, sizeof tars_trust.self);
    err = tars_os_random(tars_trust.self.seed, SEED);
  }
  if (err) return err;
  memcpy(seed, tars_trust.self.seed, SEED);
  tars_ed25519_key(tars_trust.secret, seed); /* which wipes it */
  memcpy(tars_trust.status.public_key, tars_trust.secret + SEED, sizeof tars_trust.status.public_key);
  return 0;
}

/* Makes the root document in the given place the one in force. Lock held. */
static void root_use(uint8_t place) {
  tars_trust_status *status = &tars_trust.status;
  const tars_root *root = &tars_trust.roots[place];
  tars_trust.root_now = place;
  tars_trust.has_root = true;
  status->owned = true;
  status->root_version = root->version;
  memcpy(status->owner, root->owner, sizeof status->owner);
  tars_id_make(root->vendor, status->public_key, sizeof status->public_key, status->device);
  changed();
}

/* Reads the root document. If it can't be read, the board still counts as owned but accepts nobody's signature: only
 * an erase helps then. That there is none counts only if the store can be believed. */
static int root_boot(uint8_t room[TARS_LIMIT_ROOT]) {
  int size = tars_store_record_read("root", room, TARS_LIMIT_ROOT);
  if (size == -TARS_E_UNKNOWN) return 0;
  tars_trust.status.owned = true;
  int err = size < 0 ? size : tars_root_read(room, (uint32_t)size, &tars_trust.roots[0]);
  if (err)
    tars_trust.status.unreadable = true;
  else
    root_use(0);
  return err;
}

/* Time between two trials, once the list of bundles that failed is full. */
static void rest_begin(void) { tars_trust.rest_us = tars_os_now_us() + INT64_C(3600000000) / TARS_LIMIT_TRIALS; }

/* Reads the other records. A damaged one counts as absent. */
static void others_boot(void) {
  int size = tars_store_record_read("ca", tars_trust.cas[0].bytes, sizeof tars_trust.cas[0].bytes);
  tars_trust.cas[0].size = size > 0 ? (uint32_t)size : 0;
  if (tars_store_record_read("network", &tars_trust.network, sizeof tars_trust.network) != sizeof tars_trust.network)
    memset(&tars_trust.network, 0, sizeof tars_trust.network);
  size = tars_store_record_read("failed", tars_trust.failed, sizeof tars_trust.failed);
  tars_trust.failed_count = size > 0 ? (uint8_t)((uint32_t)size / TARS_BUNDLE_DIGEST) : 0;
  tars_trust.status.failed_list_full = tars_trust.failed_count == TARS_LIMIT_FAILED;
  rest_begin(); /* resets that bundles cause must not make trials more frequent */
  int64_t time_s;
  if (tars_store_record_read("time", &time_s, sizeof time_s) == sizeof time_s)
    tars_trust.status.time_s = tars_trust.time_stored_s = time_s;
}

/* A key that can't be stored isn't used: the board would be another one after the next boot. */
int tars_trust_boot(uint8_t room[TARS_LIMIT_ROOT], uint32_t *boots) {
  bool made;
  int err = key_boot(&made);
  int root_err = root_boot(room);
  others_boot();
  tars_trust_nonce_renew();
  if (tars_trust.has_root) memcpy(tars_trust.self.root, tars_trust.roots[0].digest, sizeof tars_trust.self.root);
  *boots = ++tars_trust.self.boots;
  tars_trust.status.has_key = !err;
  int write_err = self_write();
  if (made && write_err) tars_trust.status.has_key = false;
  return root_err ? root_err : write_err;
}

/* A new session nonce. Without a source of randomness there is none, and no beacon answers it. */
void tars_trust_nonce_renew(void) {
  uint8_t nonce[TARS_NONCE];
  bool made = tars_os_random(nonce, sizeof nonce) == 0;
  tars_os_lock();
  memcpy(tars_trust.status.nonce, nonce, sizeof nonce);
  tars_trust.has_nonce = made;
  changed();
  tars_os_unlock();
}

/* Whether the app is known to be the newest (TARS_FRESHNESS_…). Lock held. */
static uint8_t freshness(void) {
  const trust_beacon *beacon = &tars_trust.beacon;
  const tars_bundle_committed *committed = &tars_trust.status.committed;
  if (!beacon->answered) return TARS_FRESHNESS_UNKNOWN;
  bool newer =
      beacon->epoch != committed->epoch ? beacon->epoch > committed->epoch : beacon->number > committed->number;
  if (beacon->number == 0) newer = false;
  return newer || tars_os_now_us() >= beacon->expires_us ? TARS_FRESHNESS_STALE : TARS_FRESHNESS_FRESH;
}

void tars_trust_read(tars_trust_status *status) {
  tars_os_lock();
  uint8_t now = freshness();
  if (now != tars_trust.status.freshness) changed();
  tars_trust.status.freshness = now;
  *status = tars_trust.status;
  tars_os_unlock();
}

void tars_trust_network(tars_network *network) {
  tars_os_lock();
  *network = tars_trust.network;
  tars_os_unlock();
}

tars_bytes tars_trust_ca(void) {
  tars_os_lock();
  const trust_ca *ca = &tars_trust.cas[tars_trust.ca_now];
  tars_bytes bytes = { ca->bytes, ca->size };
  tars_os_unlock();
  return bytes;
}

const tars_root *tars_trust_root(void) {
  tars_os_lock();
  const tars_root *root = tars_trust.has_root ? &tars_trust.roots[tars_trust.root_now] : NULL;
  tars_os_unlock();
  return root;
}

void tars_trust_unreadable_set(void) {
  tars_os_lock();
  tars_trust.status.owned = tars_trust.status.unreadable = true;
  changed();
  tars_os_unlock();
}

bool tars_trust_is_unreadable(void) {
  tars_os_lock();
  bool unreadable = tars_trust.status.unreadable;
  tars_os_unlock();
  return unreadable;
}

bool tars_trust_is_owned(void) {
  tars_os_lock();
  bool owned = tars_trust.status.owned;
  tars_os_unlock();
  return owned;
}

void tars_trust_policy(tars_bundle_policy *policy, bool dev) {
  const tars_bundle_committed *committed = &tars_trust.status.committed; /* written by this task only */
  *policy = (tars_bundle_policy){
    .root = tars_trust_root(),
    .board_class = { tars_board_class, (uint16_t)strlen(tars_board_class) },
    .public_key = tars_trust.status.public_key,
    .calls = { tars_call_bitmap, TARS_CALL_BITMAP },
    .engine = tars_trust.engine,
    .committed = committed->number ? committed : NULL,
    .failed = (const uint8_t(*)[TARS_BUNDLE_DIGEST])(const void *)tars_trust.failed,
    .failed_count = tars_trust.failed_count,
    .dev = dev,
  };
}

static int time_write(int64_t time_s) {
  int err = tars_store_record_write("time", &time_s, sizeof time_s);
  if (!err) tars_trust.time_stored_s = time_s;
  return err;
}

/* On a board that has lost its root document: this must be the very one, by its digest. */
static int root_return(const uint8_t *bytes, uint32_t size, tars_root *root) {
  int err = tars_root_read(bytes, size, root);
  if (!err && memcmp(root->digest, tars_trust.self.root, sizeof root->digest)) err = -TARS_E_UNREADABLE;
  return err ? err : tars_store_rescue();
}

int tars_trust_root_install(const uint8_t *bytes, uint32_t size, bool *same) {
  tars_root next; /* a copy, so that a refused document changes nothing that other tasks read */
  uint8_t place = !tars_trust.root_now;
  const tars_root *old = tars_trust_root();
  int err =
      !old && tars_trust_is_owned() ? root_return(bytes, size, &next) : tars_root_verify(bytes, size, old, &next, same);
  if (err || *same) return err;
  /* The time goes first: if the power fails in between, the document comes again and writes the same. */
  if (old && next.time_s) err = time_write(next.time_s);
  /* The digest is written before the document and after it: with few records in the logs there are more copies of it.
   */
  memcpy(tars_trust.self.root, next.digest, sizeof next.digest);
  if (!err) err = self_write();
  if (!err) err = tars_store_record_write("root", bytes, size);
  if (err) return err;
  tars_os_lock();
  if (old && next.time_s) tars_trust.status.time_s = next.time_s;
  tars_trust.roots[place] = next;
  root_use(place);
  tars_os_unlock();
  return self_write();
}

/* Only the agent's TLS finds out whether the bytes are a certificate. */
int tars_trust_ca_install(const uint8_t *bytes, uint32_t size) {
  uint8_t place = !tars_trust.ca_now;
  if (size > TARS_TRUST_CA) return -TARS_E_TOO_LONG;
  int err = tars_store_record_write("ca", bytes, size);
  if (err) return err;
  tars_os_lock();
  memcpy(tars_trust.cas[place].bytes, bytes, size);
  tars_trust.cas[place].size = size;
  tars_trust.ca_now = place;
  changed();
  tars_os_unlock();
  return 0;
}

int tars_trust_network_set(const tars_network *network) {
  tars_broker_place place;
  if (network->broker[0] && !(network->fleet[0] && tars_broker_url(network->broker, &place))) return -TARS_E_INVALID;
  int err = tars_store_record_write("network", network, sizeof *network);
  if (err) return err;
  tars_os_lock();
  tars_trust.network = *network;
  changed();
  tars_os_unlock();
  return 0;
}

void tars_trust_committed_set(const tars_bundle_committed *committed) {
  tars_os_lock();
  tars_trust.status.committed = *committed;
  changed();
  tars_os_unlock();
}

void tars_trust_trial_set(const uint8_t *digest) {
  tars_os_lock();
  memset(tars_trust.status.trial, 0, sizeof tars_trust.status.trial);
  if (digest) memcpy(tars_trust.status.trial, digest, sizeof tars_trust.status.trial);
  changed();
  tars_os_unlock();
}

bool tars_trust_rests(void) {
  return (tars_trust.status.failed_list_full || tars_trust.rests) && tars_os_now_us() < tars_trust.rest_us;
}

void tars_trust_rest(void) {
  rest_begin();
  tars_trust.rests = true;
}

bool tars_trust_failed_has(const uint8_t digest[TARS_BUNDLE_DIGEST]) {
  for (uint8_t i = 0; i < tars_trust.failed_count; i++)
    if (memcmp(tars_trust.failed[i], digest, TARS_BUNDLE_DIGEST) == 0) return true;
  return false;
}

/* The oldest entry is dropped to make room. Its bundle has a number below the committed one by then, or
 * limits.failed other bundles have failed since. */
int tars_trust_failed_add(const uint8_t digest[TARS_BUNDLE_DIGEST]) {
  rest_begin();
  if (tars_trust_failed_has(digest)) return 0;
  if (tars_trust.failed_count == TARS_LIMIT_FAILED)
    memmove(tars_trust.failed[0], tars_trust.failed[1], (TARS_LIMIT_FAILED - 1) * sizeof tars_trust.failed[0]);
  else
    tars_trust.failed_count++;
  memcpy(tars_trust.failed[tars_trust.failed_count - 1], digest, TARS_BUNDLE_DIGEST);
  tars_os_lock();
  tars_trust.status.failed_list_full = tars_trust.failed_count == TARS_LIMIT_FAILED;
  changed();
  tars_os_unlock();
  return tars_store_record_write("failed", tars_trust.failed, tars_trust.failed_count * sizeof tars_trust.failed[0]);
}

/* Writes the record of the time once it is TIME_STEP_S behind. */
void tars_trust_poll(void) {
  tars_os_lock();
  int64_t time_s = tars_trust.status.time_s;
  tars_os_unlock();
  if (time_s - tars_trust.time_stored_s >= TIME_STEP_S) time_write(time_s);
}
