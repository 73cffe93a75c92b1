/* What the device signs and what it takes from operators: documents of `fleet`, each checked by hand here. */
#include "bundle_envelope.h"
#include "check.h"
#include "fake_core.h"
#include "install_host.h"
#include "nor.h"
#include "tars_ed25519.h"
#include "tars_errors.h"
#include "tars_link.h"
#include "tars_os.h"
#include "trust_state.h"

#include <string.h>

static maker_bytes document;
static tars_trust_status status;
static uint8_t ticket[TARS_NONCE]; /* the nonce of commands */

/* The board's clock goes on with the host's. */
int64_t tars_os_now_us(void) { return host_now_us; }

/* A board with an owner, just started; `operators` of the operators must sign a command. */
static void board_make(uint8_t operators, const maker_key *second) {
  static maker_bytes root;
  nor_reset();
  host_boot();
  host_root_make(1, 0, &root); /* makes the keys */
  const maker_root owner = { .version = 1,
                             .threshold = operators,
                             .keys = { &host_root_key, &host_release_key, &host_operator_key, &host_dev_key, second },
                             .signers = { &host_root_key } };
  maker_root_make(&owner, &root);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &root, false, 1).code, 0);
  tars_trust_read(&status);
  CHECK_EQUAL(tars_trust_nonce_give(ticket), TARS_NONCE);
}

/* A command for this board. */
static tars_fleet_command_event command_of(uint32_t counter) {
  static const uint8_t nothing[] = { 0x80 };
  return (tars_fleet_command_event){ .device = { status.device, 16 },
                                     .nonce = { ticket, TARS_NONCE },
                                     .counter = counter,
                                     .request = TARS_LINK_RESET,
                                     .body = { nothing, 1 } };
}

/* Verdict on a command signed with these keys. */
static int verdict(const tars_fleet_command_event *command, const maker_key *a, const maker_key *b) {
  const maker_key *const signers[] = { a, b, NULL };
  tars_fleet_command_event read;
  maker_document(TARS_FLEET_COMMAND_EVENT, command, signers, &document);
  return tars_trust_command(document.bytes, document.size, &read);
}

/* A command is taken from an operator only, and once. */
static void test_command(void) {
  maker_key stranger = maker_key_make(99, 0);
  board_make(1, NULL);
  tars_fleet_command_event command = command_of(1), read;
  CHECK_EQUAL(verdict(&command, NULL, NULL), -TARS_E_UNSIGNED);
  CHECK_EQUAL(verdict(&command, &stranger, NULL), -TARS_E_UNKNOWN_KEY);
  CHECK_EQUAL(verdict(&command, &host_release_key, NULL), -TARS_E_ROLE);
  CHECK_EQUAL(verdict(&command, &host_operator_key, &host_dev_key), -TARS_E_ROLE);
  command.device.bytes = status.nonce - 1;
  CHECK_EQUAL(verdict(&command, &host_operator_key, NULL), -TARS_E_WRONG_DEVICE);
  command = command_of(1);
  command.nonce.size = 7;
  CHECK_EQUAL(verdict(&command, &host_operator_key, NULL), -TARS_E_NONCE);
  command = command_of(1);
  command.nonce.bytes = status.nonce; /* the nonce of the session is for beacons */
  CHECK_EQUAL(verdict(&command, &host_operator_key, NULL), -TARS_E_NONCE);
  command = command_of(0);
  CHECK_EQUAL(verdict(&command, &host_operator_key, NULL), -TARS_E_REPLAY);
  command = command_of(5);
  CHECK_EQUAL(verdict(&command, &host_operator_key, NULL), 0);
  CHECK_EQUAL(tars_trust_command(document.bytes, document.size, &read), -TARS_E_REPLAY);
  command = command_of(4);
  CHECK_EQUAL(verdict(&command, &host_operator_key, NULL), -TARS_E_REPLAY);
  command = command_of(6);
  CHECK_EQUAL(verdict(&command, &host_operator_key, NULL), 0);
}

/* A nonce holds for its time from when it was made, whatever is given meanwhile; then it is worth nothing. */
static void test_nonce(void) {
  enum { LIFE_US = TARS_LIMIT_NONCE_MS * 1000, SECOND_US = 1000000 };
  uint8_t last[TARS_NONCE];
  uint32_t made = 1, counter = 0;
  board_make(1, NULL);
  const int64_t start_us = host_now_us;
  memcpy(last, ticket, sizeof last);
  for (; host_now_us < start_us + 3 * (int64_t)LIFE_US; host_now_us += SECOND_US / 2) {
    uint8_t given[TARS_NONCE];
    CHECK_EQUAL(tars_trust_nonce_give(given), TARS_NONCE);
    made += memcmp(given, last, sizeof last) != 0;
    memcpy(last, given, sizeof last);
    tars_fleet_command_event command = command_of(++counter);
    int wanted = host_now_us < start_us + LIFE_US ? 0 : -TARS_E_NONCE;
    CHECK_EQUAL(verdict(&command, &host_operator_key, NULL), wanted);
    command.nonce.bytes = last; /* a nonce that was given just now always serves */
    command.counter = 1000 + counter;
    CHECK_EQUAL(verdict(&command, &host_operator_key, NULL), 0);
    counter += 1000; /* both commands may name the same nonce */
  }
  CHECK_EQUAL(made, 3 * (TARS_LIMIT_NONCES - 1)); /* asking twice a second made no more of them */
  memcpy(ticket, last, sizeof ticket);
  host_now_us += LIFE_US;
  tars_fleet_command_event held_back = command_of(counter + 5000);
  CHECK_EQUAL(verdict(&held_back, &host_operator_key, NULL), -TARS_E_NONCE);
  CHECK_EQUAL(tars_trust_nonce_give(ticket), TARS_NONCE);
  held_back = command_of(1);
  CHECK_EQUAL(verdict(&held_back, &host_operator_key, NULL), 0);
}

/* Every bit and every length of a command: none is taken, and none spends the counter. */
static void test_command_damage(void) {
  tars_fleet_command_event command = command_of(100), read;
  const maker_key *const signers[] = { &host_operator_key, NULL };
  maker_document(TARS_FLEET_COMMAND_EVENT, &command, signers, &document);
  for (uint32_t bit = 0; bit < 8 * document.size; bit++) {
    document.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    CHECK(tars_trust_command(document.bytes, document.size, &read) < 0);
    document.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  for (uint32_t size = 0; size < document.size; size++)
    CHECK_EQUAL(tars_trust_command(document.bytes, size, &read), -TARS_E_TRUNCATED);
  document.bytes[document.size] = 0;
  CHECK_EQUAL(tars_trust_command(document.bytes, document.size + 1, &read), -TARS_E_TRAILING);
  CHECK_EQUAL(tars_trust_command(document.bytes, document.size, &read), 0);
  CHECK(read.counter == 100 && read.request == TARS_LINK_RESET && read.body.size == 1);
}

/* With a threshold of two one signature is not enough, and neither are two of the same key. */
static void test_threshold(void) {
  maker_key second = maker_key_make(7, 1u << TARS_ROLE_OPERATOR);
  board_make(2, &second);
  tars_fleet_command_event command = command_of(1);
  CHECK_EQUAL(verdict(&command, &host_operator_key, NULL), -TARS_E_THRESHOLD);
  CHECK_EQUAL(verdict(&command, &host_operator_key, &host_operator_key), -TARS_E_DUPLICATE_SIGNER);
  CHECK_EQUAL(verdict(&command, &host_operator_key, &second), 0);
}

/* A signature for one document is none for another. */
static void test_other_document(void) {
  const maker_key *const signers[] = { &host_operator_key, NULL };
  board_make(1, NULL);
  tars_fleet_command_event command = command_of(1);
  tars_fleet_beacon_event beacon = { .time = 100, .expiry = 200 };
  maker_document(TARS_FLEET_COMMAND_EVENT, &command, signers, &document);
  CHECK_EQUAL(tars_trust_beacon(document.bytes, document.size), -TARS_E_BAD_SIGNATURE);
  maker_document(TARS_FLEET_BEACON_EVENT, &beacon, signers, &document);
  CHECK_EQUAL(tars_trust_command(document.bytes, document.size, &command), -TARS_E_BAD_SIGNATURE);
}

/* Verdict on a beacon. */
static int beacon_verdict(tars_fleet_beacon_event beacon) {
  const maker_key *const signers[] = { &host_operator_key, NULL };
  maker_document(TARS_FLEET_BEACON_EVENT, &beacon, signers, &document);
  return tars_trust_beacon(document.bytes, document.size);
}

/* How new the board thinks that its app is. */
static uint8_t freshness(void) {
  tars_trust_status now;
  tars_trust_read(&now);
  return now.freshness;
}

/* Freshness is not known until a beacon answers the nonce; time only goes on. */
static void test_beacon(void) {
  tars_fleet_beacon_event beacon = { .time = 1000000, .expiry = 1000100 };
  board_make(1, NULL);
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_UNKNOWN);
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_UNKNOWN);
  beacon.nonce = (tars_bytes){ status.nonce, TARS_NONCE };
  beacon.device = (tars_bytes){ status.device, 16 };
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  beacon.time = 999999;
  CHECK_EQUAL(beacon_verdict(beacon), -TARS_E_PAST);
  beacon.time = 1000100;
  CHECK_EQUAL(beacon_verdict(beacon), -TARS_E_EXPIRED);
  beacon.expiry = 1000200;
  beacon.device.bytes = status.nonce - 1;
  CHECK_EQUAL(beacon_verdict(beacon), -TARS_E_WRONG_DEVICE);
  beacon.device = (tars_bytes){ status.device, 16 };
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_FRESH);
  beacon.number = 3;
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_STALE);
  tars_trust_committed_set(&(tars_bundle_committed){ .number = 3 });
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_FRESH);
  host_wait(100000000);
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_STALE);
  host_wait(1);
  host_boot();
  tars_trust_read(&status);
  CHECK(status.time_s == 1000100 || status.time_s == 1000000);
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_UNKNOWN);
  beacon.nonce = (tars_bytes){ status.nonce, TARS_NONCE };
  beacon.time = 999999;
  CHECK_EQUAL(beacon_verdict(beacon), -TARS_E_PAST);
}

/* A broker that keeps beacons and sends them again doesn't make an app last: neither the one that answered, nor one of
 * the same second, nor one without a nonce. */
static void test_beacon_repeated(void) {
  board_make(1, NULL);
  const tars_bytes nonce = { status.nonce, TARS_NONCE };
  tars_fleet_beacon_event beacon = { .nonce = nonce, .number = 3, .time = 2000000, .expiry = 2000100 };
  tars_trust_committed_set(&(tars_bundle_committed){ .number = 4 });
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  beacon.number = 4;
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_FRESH);
  host_wait(60000000);
  CHECK_EQUAL(tars_trust_beacon(document.bytes, document.size), 0);
  beacon.nonce.size = 0;
  beacon.time++;
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_FRESH);
  host_wait(60000000);
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_STALE);
  beacon.nonce = nonce;
  beacon.time++;
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_FRESH);
  beacon.number = 5;
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  beacon.number = 4;
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  CHECK_EQUAL(freshness(), TARS_FRESHNESS_STALE);
}

/* A time that was signed with a wrong clock: a jump of years is refused, a smaller one is taken back by the owner's
 * next root document, which a reset doesn't undo. */
static void test_time(void) {
  static maker_bytes next;
  board_make(1, NULL);
  tars_fleet_beacon_event beacon = { .nonce = { status.nonce, TARS_NONCE }, .time = 1790000000, .expiry = INT64_MAX };
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  beacon.time += TARS_LIMIT_TIME_JUMP_S + 1;
  CHECK_EQUAL(beacon_verdict(beacon), -TARS_E_FUTURE);
  beacon.time = INT64_MAX - 1;
  CHECK_EQUAL(beacon_verdict(beacon), -TARS_E_FUTURE);
  beacon.time = 1790000000 + TARS_LIMIT_TIME_JUMP_S;
  beacon.nonce.size = 0;
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  tars_trust_read(&status);
  CHECK(status.time_s == 1790000000); /* one that may have lain at the broker moves no time */
  beacon.nonce.size = TARS_NONCE;
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  beacon.time = 1790000001;
  CHECK_EQUAL(beacon_verdict(beacon), -TARS_E_PAST);
  const maker_root owner = { .version = 2,
                             .time_s = 1790000000,
                             .keys = { &host_root_key, &host_release_key, &host_operator_key, &host_dev_key },
                             .signers = { &host_root_key } };
  maker_root_make(&owner, &next);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &next, false, 1).code, 0);
  CHECK_EQUAL(beacon_verdict(beacon), 0);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &next, false, 1).code, 0); /* the same again takes nothing back */
  beacon.time = 1790000000;
  CHECK_EQUAL(beacon_verdict(beacon), -TARS_E_PAST);
  host_boot();
  tars_trust_read(&status);
  CHECK(status.time_s == 1790000000);
}

/* Reads what the device signed: form, key, signature, digest, body. */
static int signed_read(uint8_t kind, const uint8_t *bytes, uint32_t size, void *row) {
  const tars_message *message = tars_fleet_message(kind);
  char aad[32] = "tars-";
  strcat(aad, tars_fleet_name(message));
  const envelope_kind shape = { TARS_SIGNED_TAG, TARS_ENVELOPE_BODY, aad, TARS_LIMIT_SIGNED, TARS_LIMIT_KEYS, false };
  envelope in;
  int err = envelope_read(&in, &shape, bytes, size);
  if (!err && (in.count != 1 || memcmp(in.signatures[0].kid, status.public_key, TARS_KID_SIZE)))
    err = -TARS_E_UNKNOWN_KEY;
  if (!err) err = envelope_signature_check(&in, &in.signatures[0], status.public_key);
  if (!err) err = envelope_digest(&in);
  return err ? err : tars_message_decode(message, in.document.bytes, in.document.size, row);
}

/* Each document that a device signs, with bodies on both sides of a longer head. */
static void test_sign(void) {
  static uint8_t out[TARS_LIMIT_SIGNED], body[896];
  tars_fleet_reply_event reply = { .nonce = { status.nonce, TARS_NONCE }, .command = 4, .body = { body, 0 } }, read;
  board_make(1, NULL);
  uint32_t last = 0;
  for (uint32_t size = 0; size <= sizeof body; size += size < 300 ? 1 : 149) {
    reply.body = (tars_bytes){ body, size };
    int written = tars_trust_sign(TARS_FLEET_REPLY_EVENT, &reply, out, sizeof out);
    CHECK(written > 0);
    CHECK_EQUAL(signed_read(TARS_FLEET_REPLY_EVENT, out, (uint32_t)written, &read), 0);
    CHECK(read.command == 4 && read.body.size == size && read.boot == tars_install_boots() && read.counter > last);
    CHECK(read.device.size == 16 && memcmp(read.device.bytes, status.device, 16) == 0);
    last = read.counter;
    CHECK(tars_trust_sign(TARS_FLEET_REPLY_EVENT, &reply, out, (uint32_t)written - 1) < 0);
  }
  tars_fleet_presence_event presence = { .nonce = { status.nonce, TARS_NONCE }, .online = true }, present;
  int written = tars_trust_sign(TARS_FLEET_PRESENCE_EVENT, &presence, out, sizeof out);
  CHECK_EQUAL(signed_read(TARS_FLEET_PRESENCE_EVENT, out, (uint32_t)written, &present), 0);
  CHECK(present.online);
  CHECK(signed_read(TARS_FLEET_REPLY_EVENT, out, (uint32_t)written, &read) == -TARS_E_BAD_SIGNATURE);
  tars_fleet_command_event command = command_of(1);
  CHECK_EQUAL(tars_trust_sign(TARS_FLEET_COMMAND_EVENT, &command, out, sizeof out),
              -TARS_E_INVALID); /* a device signs no commands */
}

/* The list holds the newest ones and says when it is full; all of it survives a reset. */
static void test_failed(void) {
  uint8_t digest[32] = { 0 };
  board_make(1, NULL);
  for (uint8_t i = 1; i <= TARS_LIMIT_FAILED + 2; i++) {
    digest[0] = i;
    CHECK_EQUAL(tars_trust_failed_add(digest), 0);
    CHECK_EQUAL(tars_trust_failed_add(digest), 0); /* the list has each bundle once */
  }
  host_boot();
  tars_trust_read(&status);
  CHECK(status.failed_list_full);
  for (uint8_t i = 1; i <= TARS_LIMIT_FAILED + 2; i++) {
    digest[0] = i;
    CHECK(tars_trust_failed_has(digest) == (i > 2));
  }
}

/* A root document that has decayed leaves the board owned: nothing is taken but the same document again, and the
 * owner's repair. */
static void test_decayed_owner(void) {
  static const host_app app = { 1, { 1 }, { 3000 } };
  static maker_bytes root, next;
  board_make(1, NULL);
  uint8_t bytes[TARS_LIMIT_ROOT];
  int size = tars_store_record_read("root", bytes, sizeof bytes);
  CHECK(size > 0);
  memcpy(root.bytes, bytes, root.size = (uint32_t)size);
  bytes[40] ^= 1;
  CHECK_EQUAL(tars_store_record_write("root", bytes, (uint32_t)size), 0);
  host_boot();
  tars_trust_read(&status);
  CHECK(status.owned && status.unreadable && status.root_version == 0 && tars_trust_root() == NULL);
  CHECK_EQUAL(host_begin(&app, true).code, -TARS_E_UNREADABLE);
  host_root_make(2, 0, &next);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &next, false, 1).code, -TARS_E_UNREADABLE);
  CHECK(tars_trust_root() == NULL);
  const tars_install_request repair = { .verb = TARS_INSTALL_REPAIR, .is_signed = true };
  CHECK_EQUAL(host_ask(repair).code, -TARS_E_STATE);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &root, false, 1).code, 0);
  CHECK(tars_trust_root() != NULL);
  CHECK_EQUAL(host_begin(&app, true).code, -TARS_E_UNREADABLE);
  CHECK(host_ask((tars_install_request){ .verb = TARS_INSTALL_REPAIR }).code == -TARS_E_OWNED);
  CHECK_EQUAL(host_ask(repair).code, 0);
  host_boot();
  tars_trust_read(&status);
  CHECK(status.owned && !status.unreadable && status.root_version == 1);
  CHECK_EQUAL(host_ask(repair).code, -TARS_E_STATE);
  CHECK_EQUAL(host_ask((tars_install_request){ .verb = TARS_INSTALL_ERASE, .physical = true }).code, 0);
  host_boot();
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &root, false, 1).code, 0);
}

int main(void) {
  test_command();
  test_nonce();
  test_command_damage();
  test_threshold();
  test_other_document();
  test_beacon();
  test_beacon_repeated();
  test_time();
  test_sign();
  test_failed();
  test_decayed_owner();
  return check_report("trust");
}
