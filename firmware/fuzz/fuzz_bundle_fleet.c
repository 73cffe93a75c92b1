/* Commands and beacons of operators, as ota/device/trust_command.c reads them on the board of a row. */
#include "fuzz_bundle.h"

#include "bundle_envelope.h"
#include "fuzz.h"
#include "tars_errors.h"
#include "tars_os.h"
#include "trust_state.h"

/* What the board must have seen for the golden vectors of a fleet to be taken. */
enum { COUNTER = 4, TIME_S = 1789913600, NOW_US = 1000000 };

trust_state tars_trust;
static const tars_root *owner;
static bool locked;

/* The root document of the row's owner. */
const tars_root *tars_trust_root(void) { return owner; }

/* The lock is not recursive. */
void tars_os_lock(void) {
  FUZZ_ASSERT(!locked);
  locked = true;
}

void tars_os_unlock(void) {
  FUZZ_ASSERT(locked);
  locked = false;
}

/* Time stands still. */
int64_t tars_os_now_us(void) { return NOW_US; }

/* The board gives no nonce here: session_open() says which one it gave. */
int tars_os_random(uint8_t *bytes, uint32_t size) {
  (void)bytes, (void)size;
  return -TARS_E_IO;
}

void tars_os_supervisor_notify(void) { FUZZ_ASSERT(!locked); }

/* What the board of a row knows in its session. */
static void session_open(const fuzz_row *row) {
  static const uint8_t nonce[TARS_NONCE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  tars_trust.has_nonce = true;
  tars_trust.nonces[2] = (trust_nonce){ .expires_us = NOW_US + 1, .counter = COUNTER };
  memcpy(tars_trust.nonces[2].bytes, nonce, sizeof nonce);
  tars_trust.beacon = (trust_beacon){ 0 };
  tars_trust.status.time_s = TIME_S;
  memcpy(tars_trust.status.nonce, nonce, sizeof nonce);
  memcpy(tars_trust.status.device, row->device, sizeof row->device);
  owner = row->board.policy.root;
}

/* The body of a document that was accepted. */
static tars_bytes body_of(const uint8_t *bytes, uint32_t size) {
  static const envelope_kind kind = {
    TARS_SIGNED_TAG, TARS_ENVELOPE_BODY, "", TARS_LIMIT_SIGNED, TARS_LIMIT_KEYS, false
  };
  envelope in;
  FUZZ_ASSERT(!envelope_read(&in, &kind, bytes, size));
  return in.document;
}

/* Asserts that an encoder writes the same body. */
static void check_body(uint8_t document, tars_bytes body, const void *fields) {
  static uint8_t again[TARS_LIMIT_SIGNED];
  int size = tars_message_encode(tars_fleet_message(document), fields, again, sizeof again);
  FUZZ_ASSERT(size >= 0 && (uint32_t)size == body.size && !memcmp(again, body.bytes, body.size));
}

/* A command that was accepted is refused when it comes again. */
static int try_command(const uint8_t *bytes, uint32_t size) {
  tars_fleet_command_event command, again;
  int err = tars_trust_command(bytes, size, &command);
  FUZZ_ASSERT((tars_trust.nonces[2].counter == COUNTER) == (err != 0));
  if (err) return err;
  check_body(TARS_FLEET_COMMAND_EVENT, body_of(bytes, size), &command);
  FUZZ_ASSERT(tars_trust.nonces[2].counter == command.counter && command.counter > COUNTER);
  FUZZ_ASSERT(tars_trust_command(bytes, size, &again) == -TARS_E_REPLAY);
  return 0;
}

/* An accepted beacon moves the time of the board, never back, and gets an expiry, only if it has the nonce of the
 * session. */
static int try_beacon(const uint8_t *bytes, uint32_t size) {
  tars_fleet_beacon_event beacon;
  int err = tars_trust_beacon(bytes, size);
  FUZZ_ASSERT(!err || tars_trust.beacon.expires_us == 0);
  if (err) return err;
  tars_bytes body = body_of(bytes, size);
  FUZZ_ASSERT(!tars_message_decode(tars_fleet_message(TARS_FLEET_BEACON_EVENT), body.bytes, body.size, &beacon));
  check_body(TARS_FLEET_BEACON_EVENT, body, &beacon);
  FUZZ_ASSERT(beacon.time >= TIME_S && tars_trust.status.time_s == (beacon.nonce.size > 0 ? beacon.time : TIME_S));
  FUZZ_ASSERT(tars_trust.beacon.answered == (beacon.nonce.size > 0) &&
              (tars_trust.beacon.expires_us > NOW_US) == tars_trust.beacon.answered);
  FUZZ_ASSERT(!tars_trust_beacon(bytes, size));
  return 0;
}

bool fuzz_try_fleet(uint8_t document, const fuzz_row *row, const uint8_t *data, uint32_t size) {
  uint8_t *bytes = fuzz_lay_out(data, size);
  session_open(row);
  int err = document == TARS_FLEET_COMMAND_EVENT ? try_command(bytes, size) : try_beacon(bytes, size);
  FUZZ_ASSERT(!locked && err <= 0 && strcmp(tars_error_name(err), "?"));
  return !err;
}
