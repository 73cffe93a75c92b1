/* Checks of what operators sign: commands, each of which is accepted once, and beacons. */
#include "trust_state.h"

#include "bundle_envelope.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_os.h"     /* lock, time, random */

#include <stdio.h> /* snprintf */
#include <string.h>

/* Checks envelope, signers with the role operator, signatures, digest and form of the body, in the order of a
 * bundle's checks. */
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

/* True if the byte strings are equal. Lock held. */
static bool is(tars_bytes bytes, const uint8_t *wanted, uint32_t size) {
  return bytes.size == size && memcmp(bytes.bytes, wanted, size) == 0;
}

/* Time between two nonces: as many as are remembered outlive it, so none is forgotten before its time is over. */
#define NONCE_STEP_US (TARS_LIMIT_NONCE_MS * INT64_C(1000) / (TARS_LIMIT_NONCES - 1))

/* The newest is given again while it is young: whoever asks often makes no more of them, and pushes none out. */
uint32_t tars_trust_nonce_give(uint8_t nonce[TARS_NONCE]) {
  uint8_t made[TARS_NONCE];
  if (tars_os_random(made, sizeof made)) return 0;
  tars_os_lock();
  int64_t expires_us = tars_os_now_us() + TARS_LIMIT_NONCE_MS * INT64_C(1000);
  trust_nonce *newest = &tars_trust.nonces[tars_trust.nonce_newest];
  if (expires_us - newest->expires_us >= NONCE_STEP_US) {
    tars_trust.nonce_newest = (uint8_t)((tars_trust.nonce_newest + 1) % TARS_LIMIT_NONCES);
    newest = &tars_trust.nonces[tars_trust.nonce_newest];
    *newest = (trust_nonce){ .expires_us = expires_us };
    memcpy(newest->bytes, made, sizeof made);
  }
  memcpy(nonce, newest->bytes, sizeof newest->bytes);
  tars_os_unlock();
  return TARS_NONCE;
}

/* The nonce that a command names, NULL if it was not given or its time is over; lock held. */
static trust_nonce *nonce_find(tars_bytes named) {
  int64_t now_us = tars_os_now_us();
  for (uint8_t i = 0; i < TARS_LIMIT_NONCES; i++) {
    trust_nonce *nonce = &tars_trust.nonces[i];
    if (now_us < nonce->expires_us && is(named, nonce->bytes, sizeof nonce->bytes)) return nonce;
  }
  return NULL;
}

/* Checks that a command is for this device, names a nonce that holds, and has a higher counter than those before it;
 * then the counter is spent. Lock held. */
static int command_spend(const tars_fleet_command_event *command) {
  const tars_trust_status *status = &tars_trust.status;
  if (!is(command->device, status->device, sizeof status->device)) return -TARS_E_WRONG_DEVICE;
  trust_nonce *nonce = nonce_find(command->nonce);
  if (!nonce) return -TARS_E_NONCE;
  if (command->counter <= nonce->counter) return -TARS_E_REPLAY;
  nonce->counter = command->counter;
  return 0;
}

int tars_trust_command(const uint8_t *bytes, uint32_t size, tars_fleet_command_event *command) {
  int err = document_read(TARS_FLEET_COMMAND_EVENT, bytes, size, command);
  if (err) return err;
  tars_os_lock();
  err = command_spend(command);
  tars_os_unlock();
  return err;
}

/* Checks that a beacon is for this device or for all, carries this session's nonce or none, is not older than the
 * latest signed time nor years later, and has not expired. Lock held. */
static int beacon_check(const tars_fleet_beacon_event *beacon) {
  const tars_trust_status *status = &tars_trust.status;
  if (beacon->device.size && !is(beacon->device, status->device, sizeof status->device)) return -TARS_E_WRONG_DEVICE;
  if (beacon->nonce.size && (!tars_trust.has_nonce || !is(beacon->nonce, status->nonce, sizeof status->nonce)))
    return -TARS_E_SESSION;
  if (beacon->time < status->time_s) return -TARS_E_PAST;
  if (status->time_s && beacon->time - status->time_s > TARS_LIMIT_TIME_JUMP_S) return -TARS_E_FUTURE;
  return beacon->expiry <= beacon->time ? -TARS_E_EXPIRED : 0;
}

/* Takes over what an accepted beacon says; lock held. This board has no calendar, so a beacon holds from now on for as
 * long as its signer wrote. One without a nonce, or with the time of the last one, may have lain at the broker: it may
 * name a newer bundle, but prolongs nothing. */
static void beacon_take(const tars_fleet_beacon_event *beacon) {
  enum { YEARS_S = 1000000000 };
  trust_beacon *last = &tars_trust.beacon;
  int64_t left_s = beacon->expiry - beacon->time;
  bool lasts = beacon->nonce.size && (!last->answered || beacon->time > tars_trust.status.time_s);
  if (lasts) {
    last->answered = true;
    last->expires_us = tars_os_now_us() + (left_s < YEARS_S ? left_s : YEARS_S) * 1000000;
    tars_trust.status.time_s = beacon->time;
  }
  if (lasts || beacon->epoch > last->epoch || (beacon->epoch == last->epoch && beacon->number > last->number)) {
    last->epoch = beacon->epoch;
    last->number = beacon->number;
  }
}

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
