/* What operators say: commands, each taken once, and beacons. */
#include "trust_state.h"

#include "bundle_envelope.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_os.h"     /* lock, time */

#include <stdio.h> /* snprintf */
#include <string.h>

/* Envelope, signers with the role operator, signatures, digest, form of the body: the order of a bundle's checks. */
static int document_read(uint8_t document, const uint8_t *bytes, uint32_t size, void *row) {
  const tars_message *message = tars_fleet_message(document);
  char aad[24];
  envelope in;
  snprintf(aad, sizeof aad, "%s%s", TARS_SIGNED_AAD, tars_fleet_name(message));
  const envelope_kind kind = { TARS_SIGNED_TAG, TARS_ENVELOPE_BODY, aad, TARS_LIMIT_SIGNED, TARS_LIMIT_KEYS, false };
  int err = envelope_read(&in, &kind, bytes, size);
  if (!err) err = envelope_origin(&in, tars_trust_root(), TARS_ROLE_OPERATOR);
  return err ? err : tars_message_decode(message, in.document.bytes, in.document.size, row);
}

/* Whether bytes are these; lock held. */
static bool is(tars_bytes bytes, const uint8_t *wanted, uint32_t size) {
  return bytes.size == size && memcmp(bytes.bytes, wanted, size) == 0;
}

/* For this device, in this session, for the first time: then it is spent; lock held. */
static int command_spend(const tars_fleet_command_event *command) {
  const tars_trust_status *status = &tars_trust.status;
  if (!is(command->device, status->device, sizeof status->device)) return -TARS_E_WRONG_DEVICE;
  if (!tars_trust.has_nonce || !is(command->nonce, status->nonce, sizeof status->nonce)) return -TARS_E_SESSION;
  if (command->counter <= tars_trust.command_counter) return -TARS_E_REPLAY;
  tars_trust.command_counter = command->counter;
  return 0;
}

/* Who signed, then whether it is new. */
int tars_trust_command(const uint8_t *bytes, uint32_t size, tars_fleet_command_event *command) {
  int err = document_read(TARS_FLEET_COMMAND_EVENT, bytes, size, command);
  if (err) return err;
  tars_os_lock();
  err = command_spend(command);
  tars_os_unlock();
  return err;
}

/* For this device, or for every one; an answer to this session, or to none; not older than what was seen, and not over;
 * lock held. */
static int beacon_check(const tars_fleet_beacon_event *beacon) {
  const tars_trust_status *status = &tars_trust.status;
  if (beacon->device.size && !is(beacon->device, status->device, sizeof status->device)) return -TARS_E_WRONG_DEVICE;
  if (beacon->nonce.size && (!tars_trust.has_nonce || !is(beacon->nonce, status->nonce, sizeof status->nonce)))
    return -TARS_E_SESSION;
  if (beacon->time < status->time_s) return -TARS_E_PAST;
  return beacon->expiry <= beacon->time ? -TARS_E_EXPIRED : 0;
}

/* A beacon counts; lock held. It holds from now for as long as its signer meant: this board has no calendar. One
 * without a nonce, or with the time of the last one, may have lain at the broker: it may name something newer, but
 * makes nothing last. */
static void beacon_take(const tars_fleet_beacon_event *beacon) {
  enum { YEARS_S = 1000000000 };
  trust_beacon *last = &tars_trust.beacon;
  int64_t left_s = beacon->expiry - beacon->time;
  bool lasts = beacon->nonce.size && (!last->answered || beacon->time > tars_trust.status.time_s);
  if (lasts) {
    last->answered = true;
    last->expires_us = tars_os_now_us() + (left_s < YEARS_S ? left_s : YEARS_S) * 1000000;
  }
  if (lasts || beacon->epoch > last->epoch || (beacon->epoch == last->epoch && beacon->number > last->number)) {
    last->epoch = beacon->epoch;
    last->number = beacon->number;
  }
  tars_trust.status.time_s = beacon->time;
}

/* The time is written by the supervisor. */
int tars_trust_beacon(const uint8_t *bytes, uint32_t size) {
  tars_fleet_beacon_event beacon;
  int err = document_read(TARS_FLEET_BEACON_EVENT, bytes, size, &beacon);
  if (err) return err;
  tars_os_lock();
  err = beacon_check(&beacon);
  if (!err) beacon_take(&beacon);
  tars_os_unlock();
  if (!err) tars_os_supervisor_notify();
  return err;
}
