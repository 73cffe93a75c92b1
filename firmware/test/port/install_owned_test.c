/* Boards with an owner: how they get one, what they take from then on, and how a bundle becomes the app that runs. */
#include "check.h"
#include "fake_core.h"
#include "install_host.h"
#include "nor.h"
#include "tars_errors.h"
#include "tars_link.h"

#include <string.h>

static const maker_app small = { 1, { 1 }, { 700 } };
static const maker_app pair = { 2, { 1, 2 }, { 700, 900 } };
static const maker_app large = { 3, { 1, 3, 4 }, { 700, 9000, 20000 } };
static maker_bytes bytes, other;

/* True if the last steps are these phases; ends with -1. */
static bool steps_were(const int phases[]) {
  int count = 0;
  while (phases[count] >= 0) count++;
  for (int i = 0; i < count && host_step_count >= count; i++)
    if (host_steps[host_step_count - count + i].phase != phases[i]) return false;
  return host_step_count >= count;
}

/* A fresh board has a key and no owner; the first root document comes over a physical port only. */
static void test_open(void) {
  static maker_bytes root;
  tars_trust_status before, after;
  nor_reset();
  host_boot();
  tars_trust_read(&before);
  CHECK(before.has_key && !before.owned && before.root_version == 0 && tars_trust_root() == NULL);
  host_boot();
  tars_trust_read(&after);
  CHECK(memcmp(before.public_key, after.public_key, 32) == 0);
  CHECK(memcmp(before.nonce, after.nonce, TARS_NONCE) != 0);
  host_root_make(1, 0, &root);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &root, false, TARS_INSTALL_BROKER).code,
              -TARS_E_TIMEOUT); /* the broker's answer isn't the link's */
  tars_install_answer answer;
  CHECK(tars_install_broker_take(&answer) && answer.code == -TARS_E_DENIED);
  host_bundle_make(&small, 0, 1, false, &host_release_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, -TARS_E_NOT_OWNED);
  CHECK_EQUAL(host_last_phase(), TARS_PHASE_REJECTED);
}

/* The root document makes it owned, for good; certificate and broker come before it or from the same session. */
static void test_provision(void) {
  static maker_bytes root, ca = { .size = 700 };
  tars_network network = { .broker = "mqtt://localhost:1883", .fleet = "line1" }, read;
  tars_trust_status status;
  tars_install_request set = { .verb = TARS_INSTALL_NETWORK_SET, .network = &network };
  CHECK_EQUAL(host_ask(set).code, -TARS_E_DENIED); /* not over a physical port */
  set.physical = true;
  CHECK_EQUAL(host_ask(set).code, 0);
  host_root_make(1, 0, &root);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &root, false, 1).code, 0);
  memset(ca.bytes, 7, ca.size);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_CA, &ca, false, 1).code, 0);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_CA, &ca, false, 2).code, -TARS_E_OWNED);
  tars_install_leave(1);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_CA, &ca, false, 1).code, -TARS_E_OWNED);
  CHECK_EQUAL(host_ask(set).code, -TARS_E_OWNED);
  host_boot();
  tars_trust_read(&status);
  tars_trust_network(&read);
  CHECK(status.owned && status.root_version == 1 && strcmp(status.owner, MAKER_OWNER) == 0);
  CHECK(strcmp(read.fleet, "line1") == 0 && strcmp(read.broker, network.broker) == 0);
  CHECK(tars_trust_ca().size == 700 && tars_trust_ca().bytes[699] == 7);
  CHECK(host_upload(TARS_UPLOAD_ROOT, &root, false, 1).same);
  host_root_make(3, 0, &root);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &root, false, 1).code, -TARS_E_ROOT_VERSION);
}

/* Nothing unsigned is installed any more, and nothing is written for it. */
static void test_unsigned(void) {
  static const host_app app = { 1, { 1 }, { 3000 } };
  uint32_t before = nor_operations;
  CHECK_EQUAL(host_begin(&app, true).code, -TARS_E_OWNED);
  CHECK_EQUAL(host_begin(&app, false).code, -TARS_E_OWNED);
  CHECK_EQUAL(host_send(&app, 0, 0), -TARS_E_OWNED);
  CHECK_EQUAL(host_commit(), -TARS_E_OWNED);
  CHECK_EQUAL(host_confirm(), -TARS_E_OWNED);
  CHECK_EQUAL(host_ask((tars_install_request){ .verb = TARS_INSTALL_ABORT }).code, -TARS_E_OWNED);
  CHECK_EQUAL(nor_operations, before);
}

/* A bundle with its payload inside: uploaded, committed, confirmed; the number lies in the same record as the app. */
static void test_integrated(void) {
  static const int all[] = { TARS_PHASE_RECEIVED, TARS_PHASE_VERIFIED,  TARS_PHASE_STAGED,
                             TARS_PHASE_TRIAL,    TARS_PHASE_COMMITTED, -1 };
  CHECK_EQUAL(host_bundle_install(&small, 5, false), 0);
  CHECK(host_app_runs(&small) && fake_core.trial && host_committed() == 0);
  CHECK_EQUAL(host_ask((tars_install_request){ .verb = TARS_INSTALL_CONFIRM, .owner = 2 }).code, -TARS_E_OWNED);
  CHECK_EQUAL(host_confirm(), 0);
  CHECK(steps_were(all) && host_step_count == 5);
  CHECK(host_committed() == 5);
  uint32_t before = nor_operations;
  host_bundle_make(&small, 0, 5, false, &host_release_key, &bytes);
  CHECK(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).same);
  CHECK_EQUAL(nor_operations, before);
  host_boot();
  CHECK(host_app_runs(&small) && host_committed() == 5);
  host_bundle_make(&pair, 0, 5, false, &host_release_key, &other);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &other, false, 1).code, -TARS_E_EQUIVOCATION);
  CHECK_EQUAL(host_bundle_install(&pair, 4, false), -TARS_E_ROLLBACK);
  CHECK_EQUAL(host_bundle_install(&small, 6, false), 0); /* the same app under a new number counts */
  CHECK_EQUAL(host_confirm(), 0);
  CHECK(host_committed() == 6 && host_app_runs(&small));
}

/* A bundle whose payload comes module by module; what the store has isn't sent. */
static void test_detached(void) {
  static const int all[] = { TARS_PHASE_RECEIVED, TARS_PHASE_VERIFIED, TARS_PHASE_STAGED, TARS_PHASE_TRIAL, -1 };
  host_bundle_make(&large, 0, 7, true, &host_release_key, &bytes);
  tars_install_answer answer = host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1);
  CHECK(answer.code == 0 && answer.detached && !answer.same);
  CHECK_EQUAL(host_commit(), -TARS_E_STATE);
  uint32_t before = nor_operations;
  CHECK_EQUAL(host_app_begin(&pair, true).code, -TARS_E_PAYLOAD_SIZE);
  CHECK_EQUAL(nor_operations, before);
  answer = host_app_begin(&large, true);
  CHECK(answer.code == 0 && answer.missing == 6);
  CHECK_EQUAL(host_app_send(&large, answer.missing), 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK(steps_were(all));
  CHECK_EQUAL(host_confirm(), 0);
  CHECK(host_app_runs(&large) && host_committed() == 7);
}

/* Modules of the announced size that aren't the signed ones: the digest of the whole image tells, and the old app runs
 * on. */
static void test_detached_other(void) {
  maker_app lie = large;
  lie.seeds[1] = 77;
  host_bundle_make(&large, 0, 8, true, &host_release_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, 0);
  tars_install_answer answer = host_app_begin(&lie, true);
  CHECK_EQUAL(answer.missing, 2);
  CHECK_EQUAL(host_app_send(&lie, answer.missing), 0);
  CHECK_EQUAL(host_commit(), -TARS_E_PAYLOAD_DIGEST);
  CHECK_EQUAL(host_last_phase(), TARS_PHASE_REJECTED);
  CHECK(host_app_runs(&large) && !fake_core.trial && host_committed() == 7);
  CHECK_EQUAL(host_commit(), -TARS_E_OWNED);
}

/* A module in the store that has decayed is asked for again, and its bundle is not to blame. */
static void test_detached_decayed(void) {
  uint8_t bytes_of[16];
  tars_app_record app;
  maker_app more = large;
  more.seeds[1] = 55; /* two of the three are in the store */
  CHECK_EQUAL(tars_store_app_read(TARS_STORE_APP, &app), 0);
  CHECK_EQUAL(tars_store_module_read(app.digests[2], 5000, bytes_of, sizeof bytes_of), 0);
  for (uint32_t at = 0; at + sizeof bytes_of <= sizeof nor_bytes; at++)
    if (memcmp(nor_bytes + at, bytes_of, sizeof bytes_of) == 0)
      nor_bytes[at] &= 0x0f, nor_bytes[at + 1] = 0, nor_bytes[at + 2] = 0;
  host_bundle_make(&more, 0, 8, true, &host_release_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, true, 1).code, 0);
  tars_install_answer answer = host_app_begin(&more, true);
  CHECK_EQUAL(answer.missing, 2);
  CHECK_EQUAL(host_app_send(&more, answer.missing), 0);
  CHECK_EQUAL(host_commit(), -TARS_E_CORRUPT);
  CHECK_EQUAL(host_last_phase(), TARS_PHASE_FAILED);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, 0);
  answer = host_app_begin(&more, true);
  CHECK_EQUAL(answer.missing, 4);
  CHECK_EQUAL(host_app_send(&more, answer.missing), 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK_EQUAL(host_ask((tars_install_request){ .verb = TARS_INSTALL_ABORT }).code, 0);
  CHECK(host_app_runs(&large) && host_committed() == 7);
}

/* A dev app: signed by a key with the role dev, in RAM, without number, and nothing is written. */
static void test_dev(void) {
  uint32_t before = nor_operations;
  host_bundle_make(&pair, 0, 1, false, &host_dev_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, -TARS_E_ROLE);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_DEV, &bytes, false, 1).code, 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK_EQUAL(host_confirm(), 0);
  CHECK(host_app_runs(&pair) && !tars_install_is_stored() && host_committed() == 7);
  host_bundle_make(&large, 0, 1, true, &host_dev_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_DEV, &bytes, false, 1).code, 0);
  tars_install_answer answer = host_app_begin(&large, false);
  CHECK(answer.code == 0 && answer.missing == 0); /* its modules are in the store, and are compared from there */
  CHECK_EQUAL(host_commit(), 0);
  CHECK_EQUAL(host_confirm(), 0);
  CHECK_EQUAL(nor_operations, before);
  host_bundle_make(&small, 0, 9, false, &host_release_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_DEV, &bytes, false, 1).code, -TARS_E_ROLE);
  host_boot();
  CHECK(host_app_runs(&large) && tars_install_is_stored());
}

/* The committed bundle behind a dev app comes back under its own number. */
static void test_dev_and_back(void) {
  host_bundle_make(&pair, 0, 1, false, &host_dev_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_DEV, &bytes, false, 1).code, 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK_EQUAL(host_confirm(), 0);
  host_bundle_make(&large, 0, 7, true, &host_release_key, &bytes);
  tars_install_answer answer = host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1);
  CHECK(answer.code == 0 && !answer.same);
  CHECK_EQUAL(host_app_begin(&large, true).missing, 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK_EQUAL(host_confirm(), 0);
  CHECK(host_app_runs(&large) && tars_install_is_stored() && host_committed() == 7);
}

/* A trial that a reset interrupted belongs to no session: one that uploads something unsigned can't end it. */
static void test_abort_foreign(void) {
  static const tars_install_request abort = { .verb = TARS_INSTALL_ABORT, .owner = 2 };
  CHECK_EQUAL(host_bundle_install(&pair, 8, true), 0);
  host_boot();
  CHECK(host_app_runs(&pair) && fake_core.trial);
  CHECK_EQUAL(host_ask((tars_install_request){ .verb = TARS_INSTALL_UPLOAD_BEGIN,
                                               .owner = 2,
                                               .upload = { .use = TARS_UPLOAD_BUNDLE, .size = 10 } })
                  .code,
              0);
  CHECK_EQUAL(host_ask(abort).code, -TARS_E_OWNED);
  CHECK(host_app_runs(&pair) && fake_core.trial);
  tars_install_request owners = abort;
  owners.is_signed = true;
  CHECK_EQUAL(host_ask(owners).code, 0);
  CHECK(host_app_runs(&large) && !fake_core.trial);
  tars_install_leave(2);
}

/* Hands a document over whole. */
static tars_install_answer whole_send(uint8_t use, const maker_bytes *document, uint32_t owner) {
  return host_ask((tars_install_request){ .verb = TARS_INSTALL_DOCUMENT,
                                          .owner = owner,
                                          .lent = true,
                                          .document = { .use = use, .bytes = { document->bytes, document->size } } });
}

/* A bundle that is handed over whole is one that was uploaded. A root document ends what was verified under the one
 * before it only if it is right, and is nobody's to bring while somebody else installs. */
static void test_whole(void) {
  static maker_bytes root, forged;
  host_bundle_make(&pair, 0, 9, true, &host_release_key, &bytes);
  bytes.bytes[bytes.size - 1] ^= 1;
  tars_install_answer answer = whole_send(TARS_UPLOAD_BUNDLE, &bytes, 1);
  CHECK(answer.taken && answer.code < 0);
  bytes.bytes[bytes.size - 1] ^= 1;
  answer = whole_send(TARS_UPLOAD_BUNDLE, &bytes, 1);
  CHECK(answer.taken && answer.code == 0 && answer.detached && answer.number == 9);
  CHECK_EQUAL(host_app_begin(&pair, true).code, 0);
  host_root_make(2, 0, &root);
  const maker_root stolen = { .version = 2,
                              .keys = { &host_root_key, &host_release_key, &host_operator_key, &host_dev_key },
                              .signers = { &host_dev_key } };
  maker_root_make(&stolen, &forged);
  CHECK_EQUAL(whole_send(TARS_UPLOAD_ROOT, &forged, 1).code, -TARS_E_ROLE);
  CHECK_EQUAL(whole_send(TARS_UPLOAD_ROOT, &root, 2).code, -TARS_E_BUSY);
  CHECK_EQUAL(host_commit(), 0); /* the store had its modules */
  CHECK(host_app_runs(&pair) && fake_core.trial);
  CHECK_EQUAL(host_confirm(), 0);
  host_bundle_make(&small, 0, 10, true, &host_release_key, &bytes);
  CHECK_EQUAL(whole_send(TARS_UPLOAD_BUNDLE, &bytes, 1).code, 0);
  CHECK_EQUAL(host_app_begin(&small, true).code, 0);
  CHECK_EQUAL(whole_send(TARS_UPLOAD_ROOT, &root, 1).code, 0);
  CHECK_EQUAL(tars_trust_root()->version, 2);
  CHECK_EQUAL(host_commit(), -TARS_E_OWNED);
  CHECK(whole_send(TARS_UPLOAD_ROOT, &root, 1).same);
  CHECK(host_app_runs(&pair) && host_committed() == 9);
}

/* A new epoch: numbers start again, and what the old keys signed for the old one is worth nothing. */
static void test_epoch(void) {
  static maker_bytes root;
  host_bundle_make(&pair, 0, 21, false, &host_release_key, &bytes);
  host_root_make(3, 1, &root);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &root, true, 1).code, 0);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, -TARS_E_EPOCH);
  host_boot();
  CHECK_EQUAL(tars_trust_root()->version, 3);
  host_bundle_make(&pair, 1, 1, false, &host_release_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK_EQUAL(host_confirm(), 0);
  CHECK(host_committed() == 1 && host_app_runs(&pair));
}

/* Erasing needs a physical port; the board is a fresh one then, with another key. */
static void test_erase(void) {
  tars_trust_status before, after;
  tars_install_request erase = { .verb = TARS_INSTALL_ERASE };
  tars_trust_read(&before);
  CHECK_EQUAL(host_ask(erase).code, -TARS_E_DENIED);
  erase.physical = true;
  CHECK_EQUAL(host_ask(erase).code, 0);
  for (uint32_t at = 0; at < sizeof nor_bytes; at++)
    if (nor_bytes[at] != 0xff) {
      CHECK(nor_bytes[at] == 0xff);
      break;
    }
  host_boot();
  tars_trust_read(&after);
  CHECK(!after.owned && after.has_key && !fake_core.runs && tars_install_boots() == 1);
  CHECK(memcmp(before.public_key, after.public_key, 32) != 0);
}

/* Sends a part of a document. */
static int part_send(const maker_bytes *document, uint32_t at, uint32_t size) {
  return host_ask((tars_install_request){ .verb = TARS_INSTALL_UPLOAD_DATA,
                                          .data = { 0, at, { document->bytes + at, size } } })
      .code;
}

/* A dev app and a document share the room: neither is begun that would not fit beside the other, and neither spoils
 * it. */
static void test_room(void) {
  static maker_bytes root;
  host_root_make(1, 0, &root);
  const maker_app all = { 3, { 1, 2, 3 }, { 65536, 65536, TARS_INSTALL_RAM - 2 * 65536 } },
                  rest = { 3, { 1, 2, 3 }, { 65536, 65536, TARS_INSTALL_RAM - 2 * 65536 - root.size } };
  tars_install_request begin = { .verb = TARS_INSTALL_UPLOAD_BEGIN,
                                 .owner = 2,
                                 .physical = true,
                                 .upload = { .use = TARS_UPLOAD_ROOT, .size = root.size } };
  CHECK_EQUAL(host_app_begin(&all, false).code, 0);
  CHECK_EQUAL(host_ask(begin).code, -TARS_E_BUSY);
  begin.owner = 1;
  CHECK_EQUAL(host_ask(begin).code, 0);
  CHECK_EQUAL(host_app_send(&all, 1), -TARS_E_STATE); /* the dev app has made way for the document */
  CHECK_EQUAL(part_send(&root, 0, 100), 0);
  CHECK_EQUAL(host_app_begin(&all, false).code, -TARS_E_NOMEM);
  tars_install_answer answer = host_app_begin(&rest, false);
  CHECK_EQUAL(answer.code, 0);
  CHECK_EQUAL(host_app_send(&rest, answer.missing), 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK_EQUAL(host_confirm(), 0);
  CHECK_EQUAL(part_send(&root, 100, root.size - 100), 0);
  CHECK_EQUAL(host_ask((tars_install_request){ .verb = TARS_INSTALL_UPLOAD_END }).code, 0);
  CHECK_EQUAL(tars_trust_root()->version, 1);
}

/* Each test goes on with the board of the one before. */
int main(void) {
  test_open();
  test_provision();
  test_unsigned();
  test_integrated();
  test_detached();
  test_detached_other();
  test_detached_decayed();
  test_dev();
  test_dev_and_back();
  test_abort_foreign();
  test_whole();
  test_epoch();
  test_erase();
  test_room();
  return check_report("install_owned");
}
