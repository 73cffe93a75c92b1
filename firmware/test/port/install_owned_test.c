/* Boards with an owner: how they get one, what they take from then on, and how a bundle becomes the app that runs. */
#include "check.h"
#include "fake_core.h"
#include "install_host.h"
#include "nor.h"
#include "tars_errors.h"
#include "tars_link.h"

#include <string.h>

static const maker_app small = {1, {1}, {700}};
static const maker_app pair = {2, {1, 2}, {700, 900}};
static const maker_app large = {3, {1, 3, 4}, {700, 9000, 20000}};
static maker_bytes bytes, other;

/* Phase of the last step; -1: none. */
static int last_phase(void) { return host_step_count ? host_steps[host_step_count - 1].phase : -1; }

/* True if the last steps are these phases; ends with -1. */
static bool steps_were(const int phases[]) {
  int count = 0;
  while (phases[count] >= 0) count++;
  for (int i = 0; i < count && host_step_count >= count; i++)
    if (host_steps[host_step_count - count + i].phase != phases[i]) return false;
  return host_step_count >= count;
}

/* Uploads a bundle of an app and commits it; the first error. */
static int install(const maker_app *app, uint32_t number, bool unattended) {
  host_bundle_make(app, 0, number, false, &host_release_key, &bytes);
  int err = host_upload(TARS_UPLOAD_BUNDLE, &bytes, unattended, 1).code;
  return err ? err : host_commit();
}

/* What is committed. */
static uint32_t committed(void) {
  tars_trust_status status;
  tars_trust_read(&status);
  return status.committed.number;
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
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &root, false, TARS_INSTALL_BROKER).code, -TARS_E_TIMEOUT); /* the broker's answer isn't the link's */
  tars_install_answer answer;
  CHECK(tars_install_broker_take(&answer) && answer.code == -TARS_E_DENIED);
  host_bundle_make(&small, 0, 1, false, &host_release_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, -TARS_E_NOT_OWNED);
  CHECK_EQUAL(last_phase(), TARS_PHASE_REJECTED);
}

/* The root document makes it owned, for good; certificate and broker come before it or from the same session. */
static void test_provision(void) {
  static maker_bytes root, ca = {.size = 700};
  tars_network network = {.broker = "mqtt://localhost:1883", .fleet = "line1"}, read;
  tars_trust_status status;
  tars_install_request set = {.verb = TARS_INSTALL_NETWORK, .network = network};
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
  static const host_app app = {1, {1}, {3000}};
  uint32_t before = nor_operations;
  CHECK_EQUAL(host_begin(&app, true).code, -TARS_E_OWNED);
  CHECK_EQUAL(host_begin(&app, false).code, -TARS_E_OWNED);
  CHECK_EQUAL(host_send(&app, 0, 0), -TARS_E_OWNED);
  CHECK_EQUAL(host_commit(), -TARS_E_OWNED);
  CHECK_EQUAL(host_confirm(), -TARS_E_OWNED);
  CHECK_EQUAL(host_ask((tars_install_request){.verb = TARS_INSTALL_ABORT}).code, -TARS_E_OWNED);
  CHECK_EQUAL(nor_operations, before);
}

/* A bundle with its payload inside: uploaded, committed, confirmed; the number lies in the same record as the app. */
static void test_integrated(void) {
  static const int all[] = {TARS_PHASE_RECEIVED, TARS_PHASE_VERIFIED, TARS_PHASE_STAGED, TARS_PHASE_TRIAL, TARS_PHASE_COMMITTED, -1};
  CHECK_EQUAL(install(&small, 5, false), 0);
  CHECK(host_app_runs(&small) && fake_core.trial && committed() == 0);
  CHECK_EQUAL(host_ask((tars_install_request){.verb = TARS_INSTALL_CONFIRM, .owner = 2}).code, -TARS_E_OWNED);
  CHECK_EQUAL(host_confirm(), 0);
  CHECK(steps_were(all) && host_step_count == 5);
  CHECK(committed() == 5);
  uint32_t before = nor_operations;
  CHECK(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).same);
  CHECK_EQUAL(nor_operations, before);
  host_boot();
  CHECK(host_app_runs(&small) && committed() == 5);
  host_bundle_make(&pair, 0, 5, false, &host_release_key, &other);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &other, false, 1).code, -TARS_E_EQUIVOCATION);
  CHECK_EQUAL(install(&pair, 4, false), -TARS_E_ROLLBACK);
  CHECK_EQUAL(install(&small, 6, false), 0); /* the same app under a new number counts */
  CHECK_EQUAL(host_confirm(), 0);
  CHECK(committed() == 6 && host_app_runs(&small));
}

/* A bundle whose payload comes module by module; what the store has isn't sent. */
static void test_detached(void) {
  static const int all[] = {TARS_PHASE_RECEIVED, TARS_PHASE_VERIFIED, TARS_PHASE_STAGED, TARS_PHASE_TRIAL, -1};
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
  CHECK(host_app_runs(&large) && committed() == 7);
}

/* Modules of the announced size that aren't the signed ones: the digest of the whole image tells, and the old app runs on. */
static void test_detached_other(void) {
  maker_app lie = large;
  lie.seeds[1] = 77;
  host_bundle_make(&large, 0, 8, true, &host_release_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, 0);
  tars_install_answer answer = host_app_begin(&lie, true);
  CHECK_EQUAL(answer.missing, 2);
  CHECK_EQUAL(host_app_send(&lie, answer.missing), 0);
  CHECK_EQUAL(host_commit(), -TARS_E_PAYLOAD_DIGEST);
  CHECK_EQUAL(last_phase(), TARS_PHASE_REJECTED);
  CHECK(host_app_runs(&large) && !fake_core.trial && committed() == 7);
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
    if (memcmp(nor_bytes + at, bytes_of, sizeof bytes_of) == 0) nor_bytes[at] &= 0x0f, nor_bytes[at + 1] = 0, nor_bytes[at + 2] = 0;
  host_bundle_make(&more, 0, 8, true, &host_release_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, true, 1).code, 0);
  tars_install_answer answer = host_app_begin(&more, true);
  CHECK_EQUAL(answer.missing, 2);
  CHECK_EQUAL(host_app_send(&more, answer.missing), 0);
  CHECK_EQUAL(host_commit(), -TARS_E_CORRUPT);
  CHECK_EQUAL(last_phase(), TARS_PHASE_FAILED);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, 0);
  answer = host_app_begin(&more, true);
  CHECK_EQUAL(answer.missing, 4);
  CHECK_EQUAL(host_app_send(&more, answer.missing), 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK_EQUAL(host_ask((tars_install_request){.verb = TARS_INSTALL_ABORT}).code, 0);
  CHECK(host_app_runs(&large) && committed() == 7);
}

/* A dev app: signed by a key with the role dev, in RAM, without number, and nothing is written. */
static void test_dev(void) {
  uint32_t before = nor_operations;
  host_bundle_make(&pair, 0, 1, false, &host_dev_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, -TARS_E_ROLE);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_DEV, &bytes, false, 1).code, 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK_EQUAL(host_confirm(), 0);
  CHECK(host_app_runs(&pair) && !tars_install_is_stored() && committed() == 7);
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
  CHECK(host_app_runs(&large) && tars_install_is_stored() && committed() == 7);
}

/* From the broker: commits itself after the window of the bundle, once the way back is open. */
static void test_unattended(void) {
  CHECK_EQUAL(install(&pair, 10, true), 0);
  CHECK(host_upload(TARS_UPLOAD_BUNDLE, &bytes, true, 1).same); /* redelivered: the trial goes on */
  host_wait(1999999);
  CHECK(fake_core.trial && committed() == 7);
  host_wait(1);
  CHECK(!fake_core.trial && committed() == 10 && last_phase() == TARS_PHASE_COMMITTED);
  host_way_back = false;
  CHECK_EQUAL(install(&small, 11, true), 0);
  host_wait(30000000);
  CHECK(fake_core.trial);
  host_way_back = true;
  host_wait(100000);
  CHECK(!fake_core.trial && committed() == 11 && host_app_runs(&small));
}

/* A trial that fails: the old app is back, and the bundle is never tried again, whoever brings it. */
static void failing(int code) {
  static uint32_t number = 12;
  host_step *last = &host_steps[0];
  CHECK(!fake_core.trial && host_app_runs(&small) && committed() == 11);
  last = &host_steps[host_step_count - 1];
  CHECK(last->phase == TARS_PHASE_REVERTED && last->number == number);
  CHECK_EQUAL(last->code, code);
  CHECK_EQUAL(install(&pair, number, true), -TARS_E_KNOWN_BAD);
  host_boot();
  CHECK_EQUAL(install(&pair, number, false), -TARS_E_KNOWN_BAD);
  CHECK(host_app_runs(&small));
  number++;
  CHECK_EQUAL(install(&pair, number, true), 0);
}

/* Each reason. */
static void test_failures(void) {
  CHECK_EQUAL(install(&pair, 12, true), 0);
  tars_install_trial_failed((tars_text){"pair", 4}, TARS_E_TRAP);
  host_wait(1);
  CHECK(strcmp(host_steps[host_step_count - 1].behaviour, "pair") == 0);
  failing(-TARS_E_TRAP);
  fake_core.faults++; /* of a behaviour that both apps have */
  host_wait(2000000);
  failing(-TARS_E_TRAP);
  fake_core.status = TARS_STATUS_PARKED;
  host_wait(2000000);
  failing(-TARS_E_PARKED);
  fake_core.stats.overruns = 10;
  fake_core.stats.events = 20;
  host_wait(2000000);
  failing(-TARS_E_BUDGET);
  host_way_back = false;
  host_wait(2000000);
  CHECK(fake_core.trial);
  host_wait(60000000);
  host_way_back = true;
  failing(-TARS_E_UNCONFIRMED);
  host_boot();
  CHECK(fake_core.trial && last_phase() == TARS_PHASE_TRIAL && host_steps[host_step_count - 1].attempt == 2);
  host_boot();
  failing(-TARS_E_UNCONFIRMED);
  host_wait(2000000);
  CHECK(committed() == 18 && host_app_runs(&pair));
}

/* An attended trial that its host forgets is not the bundle's fault. */
static void test_forgotten(void) {
  CHECK_EQUAL(install(&small, 19, false), 0);
  host_wait((int64_t)TARS_LIMIT_HEALTH_MS * 1000);
  CHECK(host_app_runs(&pair) && last_phase() == TARS_PHASE_REVERTED);
  CHECK_EQUAL(install(&small, 19, false), 0);
  CHECK_EQUAL(host_ask((tars_install_request){.verb = TARS_INSTALL_CONFIRM, .owner = 2, .is_signed = true}).code, 0); /* an operator */
  CHECK(committed() == 19);
}

/* Slow, endless, silent, cut short, out of order: refused, and nothing is written. */
static void test_transfers(void) {
  uint32_t before = nor_operations;
  uint8_t byte = 0;
  tars_install_request begin = {.verb = TARS_INSTALL_UPLOAD_BEGIN, .upload = {.use = TARS_UPLOAD_BUNDLE, .size = 8193}};
  tars_install_request data = {.verb = TARS_INSTALL_UPLOAD_DATA, .data = {0, 0, {&byte, 1}}};
  tars_install_request end = {.verb = TARS_INSTALL_UPLOAD_END};
  CHECK_EQUAL(host_ask(begin).code, -TARS_E_TOO_LONG);
  begin.upload.use = 9;
  CHECK_EQUAL(host_ask(begin).code, -TARS_E_INVALID);
  begin.upload.use = TARS_UPLOAD_BUNDLE;
  begin.upload.size = 2;
  CHECK_EQUAL(host_ask(data).code, -TARS_E_STATE);
  CHECK_EQUAL(host_ask(begin).code, 0);
  CHECK_EQUAL(host_ask(end).code, -TARS_E_TRUNCATED);
  CHECK_EQUAL(host_ask(begin).code, 0);
  CHECK_EQUAL(host_ask(data).code, 0);
  CHECK_EQUAL(host_ask(data).code, -TARS_E_STATE); /* the same offset again */
  data.data.offset = 1;
  CHECK_EQUAL(host_ask(data).code, 0);
  data.data.offset = 2;
  CHECK_EQUAL(host_ask(data).code, -TARS_E_TOO_LONG);
  begin.upload.size = 8000;
  CHECK_EQUAL(host_ask(begin).code, 0);
  int code = 0;
  for (data.data.offset = 0; data.data.offset < 20 && !code; data.data.offset++) {
    code = host_ask(data).code;
    host_wait(5000000); /* a byte each five seconds: never silent, always too slow */
  }
  CHECK_EQUAL(code, -TARS_E_SLOW);
  CHECK(data.data.offset < 10);
  CHECK_EQUAL(host_ask(begin).code, 0);
  begin.owner = 2;
  CHECK_EQUAL(host_ask(begin).code, -TARS_E_BUSY);
  host_wait(30000000); /* silent */
  CHECK_EQUAL(host_ask(begin).code, 0);
  CHECK_EQUAL(nor_operations, before);
  host_wait(30000000);
}

/* Modules of a detached payload that drip: the old app runs, only the receiving area was written. */
static void test_slow_modules(void) {
  static uint8_t module[20000];
  uint8_t digests_before[TARS_DIGEST];
  tars_app_record app;
  maker_app more = large;
  more.seeds[2] = 9;
  CHECK_EQUAL(tars_store_app_read(TARS_STORE_APP, &app), 0);
  memcpy(digests_before, app.digests[0], TARS_DIGEST);
  host_bundle_make(&more, 0, 20, true, &host_release_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, true, 1).code, 0);
  CHECK_EQUAL(host_app_begin(&more, true).code, 0);
  maker_module(9, 20000, module);
  int code = 0;
  for (uint32_t at = 0; at < 100 && !code; at++) {
    code = host_ask((tars_install_request){.verb = TARS_INSTALL_DATA, .data = {2, at, {module + at, 1}}}).code;
    host_wait(5000000);
  }
  CHECK_EQUAL(code, -TARS_E_SLOW);
  CHECK_EQUAL(last_phase(), TARS_PHASE_FAILED);
  CHECK_EQUAL(tars_store_app_read(TARS_STORE_NEXT, &app), -TARS_E_UNKNOWN);
  CHECK_EQUAL(tars_store_app_read(TARS_STORE_APP, &app), 0);
  CHECK(memcmp(digests_before, app.digests[0], TARS_DIGEST) == 0 && host_app_runs(&small));
}

/* A new epoch: numbers start again, and what the old keys signed for the old one is worth nothing. */
static void test_epoch(void) {
  static maker_bytes root;
  host_bundle_make(&pair, 0, 21, false, &host_release_key, &bytes);
  host_root_make(2, 1, &root);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_ROOT, &root, true, 1).code, 0);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, -TARS_E_EPOCH);
  host_boot();
  CHECK_EQUAL(tars_trust_root()->version, 2);
  host_bundle_make(&pair, 1, 1, false, &host_release_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK_EQUAL(host_confirm(), 0);
  CHECK(committed() == 1 && host_app_runs(&pair));
}

/* Erasing needs the board in one's hands; then it is a fresh one with another key. */
static void test_erase(void) {
  tars_trust_status before, after;
  tars_install_request erase = {.verb = TARS_INSTALL_ERASE};
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

/* In order: each goes on with the board of the one before. */
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
  test_unattended();
  test_failures();
  test_forgotten();
  test_transfers();
  test_slow_modules();
  test_epoch();
  test_erase();
  return check_report("install_owned");
}
