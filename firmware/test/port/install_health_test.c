/* Trials that are committed or reverted without a request, and transfers that stall. */
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
static maker_bytes bytes;

int64_t tars_os_now_us(void) { return host_now_us; }

/* From the broker: commits itself after the window of the bundle, once the way back is open. */
static void test_unattended(void) {
  CHECK_EQUAL(host_bundle_install(&pair, 10, true), 0);
  host_bundle_make(&pair, 0, 10, false, &host_release_key, &bytes);
  CHECK(host_upload(TARS_UPLOAD_BUNDLE, &bytes, true, 1).same); /* redelivered: the trial goes on */
  host_wait(1999999);
  CHECK(fake_core.trial && host_committed() == 7);
  host_wait(1);
  CHECK(!fake_core.trial && host_committed() == 10 && host_last_phase() == TARS_PHASE_COMMITTED);
  host_way_back = false;
  CHECK_EQUAL(host_bundle_install(&small, 11, true), 0);
  host_wait(30000000);
  CHECK(fake_core.trial);
  host_way_back = true;
  host_wait(100000);
  CHECK(!fake_core.trial && host_committed() == 11 && host_app_runs(&small));
}

/* A trial that fails: the old app is back, and the bundle is never tried again, whoever brings it. */
static void failing(int code) {
  static uint32_t number = 12;
  host_step *last = &host_steps[0];
  CHECK(!fake_core.trial && host_app_runs(&small) && host_committed() == 11);
  last = &host_steps[host_step_count - 1];
  CHECK(last->phase == TARS_PHASE_REVERTED && last->number == number);
  CHECK_EQUAL(last->code, code);
  CHECK_EQUAL(host_bundle_install(&pair, number, true), -TARS_E_KNOWN_BAD);
  host_boot();
  CHECK_EQUAL(host_bundle_install(&pair, number, false), -TARS_E_KNOWN_BAD);
  CHECK(host_app_runs(&small));
  number++;
  CHECK_EQUAL(host_bundle_install(&pair, number, true), 0);
}

/* Each reason that ends a trial reverts it, and the bundle is known to be bad from then on. */
static void test_failures(void) {
  CHECK_EQUAL(host_bundle_install(&pair, 12, true), 0);
  tars_install_trial_failed((tars_text){ "pair", 4 }, TARS_E_TRAP, "unreachable");
  tars_install_trial_failed((tars_text){ "late", 4 }, TARS_E_BUDGET, ""); /* the first one is the reason */
  host_wait(1);
  CHECK(strcmp(host_steps[host_step_count - 1].behaviour, "pair") == 0);
  CHECK(strcmp(host_steps[host_step_count - 1].detail, "unreachable") == 0);
  failing(-TARS_E_TRAP);
  fake_core.faults++; /* a fault of a behaviour that both apps have */
  host_wait(2000000);
  failing(-TARS_E_TRAP);
  fake_core.status = TARS_STATUS_PARKED;
  host_wait(2000000);
  failing(-TARS_E_PARKED);
  tars_install_trial_failed((tars_text){ "pair", 4 }, TARS_E_BUDGET, "");
  host_wait(1);
  failing(-TARS_E_BUDGET);
  fake_trial_fails();
  host_boot();
  CHECK(fake_core.trial && host_last_phase() == TARS_PHASE_TRIAL && host_steps[host_step_count - 1].attempt == 2);
  fake_trial_fails();
  host_boot();
  failing(-TARS_E_CRASHED);
  host_wait(2000000);
  CHECK(host_committed() == 17 && host_app_runs(&pair));
}

/* What a flood from outside causes, skipped events or a load, reverts the trial and is reported with the behaviour; the
 * bundle is tried again after a rest, however often. */
static void test_flood(void) {
  uint32_t committed = host_committed(), number = committed + 1;
  for (int attempt = 0; attempt < 3; attempt++) {
    host_step_count = 0; /* the list of steps is full */
    CHECK_EQUAL(host_bundle_install(&pair, number, true), 0);
    if (attempt == 0)
      tars_install_trial_failed((tars_text){ "pair", 4 }, TARS_E_UNCONFIRMED, "");
    else
      fake_core.stats.overruns += 10;
    host_wait(2000000);
    host_step last = host_steps[host_step_count - 1];
    CHECK(!fake_core.trial && host_committed() == committed && last.phase == TARS_PHASE_REVERTED);
    CHECK_EQUAL(last.code, -TARS_E_UNCONFIRMED);
    CHECK(last.behaviour[0] != '\0');
    CHECK_EQUAL(host_bundle_install(&pair, number, true), -TARS_E_TRIALS);
    host_wait(INT64_C(3600000000) / TARS_LIMIT_TRIALS);
  }
  CHECK_EQUAL(host_bundle_install(&pair, number, true), 0);
  host_wait(2000000);
  CHECK(host_committed() == number && host_app_runs(&pair));
}

/* A broker that goes away in a trial proves nothing against the bundle: it is tried again, after a rest, and committed.
 */
static void test_broker_goes(void) {
  uint32_t committed = host_committed(), number = committed + 1;
  CHECK_EQUAL(host_bundle_install(&small, number, true), 0);
  host_way_back = false;
  host_wait(2000000);
  CHECK(fake_core.trial);
  host_wait(60000000);
  host_way_back = true;
  CHECK(!fake_core.trial && host_committed() == committed && host_last_phase() == TARS_PHASE_REVERTED);
  CHECK_EQUAL(host_steps[host_step_count - 1].code, -TARS_E_UNCONFIRMED);
  CHECK_EQUAL(host_bundle_install(&small, number, true), -TARS_E_TRIALS);
  host_wait(INT64_C(3600000000) / TARS_LIMIT_TRIALS);
  CHECK_EQUAL(host_bundle_install(&small, number, true), 0);
  host_wait(2000000);
  CHECK(host_committed() == number && host_app_runs(&small));
}

/* An attended trial that its host forgets is not the bundle's fault. The host may confirm once the window of 2 s has
 * passed. */
static void test_forgotten(void) {
  CHECK_EQUAL(host_bundle_install(&small, 19, false), 0);
  host_wait(2000000 + (int64_t)TARS_LIMIT_HEALTH_MS * 1000 - 1);
  CHECK(fake_core.trial);
  host_wait(1);
  CHECK(host_app_runs(&pair) && host_last_phase() == TARS_PHASE_REVERTED);
  CHECK_EQUAL(host_bundle_install(&small, 19, false), 0);
  CHECK_EQUAL(host_ask((tars_install_request){ .verb = TARS_INSTALL_CONFIRM, .owner = 2, .is_signed = true }).code,
              0); /* an operator ends it */
  CHECK(host_committed() == 19);
}

/* Slow, endless, silent, cut short, out of order: refused, and nothing is written. */
static void test_transfers(void) {
  uint32_t before = nor_operations;
  uint8_t byte = 0;
  tars_install_request begin = { .verb = TARS_INSTALL_UPLOAD_BEGIN,
                                 .upload = { .use = TARS_UPLOAD_BUNDLE, .size = 8193 } };
  tars_install_request data = { .verb = TARS_INSTALL_UPLOAD_DATA, .data = { 0, 0, { &byte, 1 } } };
  tars_install_request end = { .verb = TARS_INSTALL_UPLOAD_END };
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
    code = host_ask((tars_install_request){ .verb = TARS_INSTALL_DATA, .data = { 2, at, { module + at, 1 } } }).code;
    host_wait(5000000);
  }
  CHECK_EQUAL(code, -TARS_E_SLOW);
  CHECK_EQUAL(host_last_phase(), TARS_PHASE_FAILED);
  CHECK_EQUAL(tars_store_app_read(TARS_STORE_NEXT, &app), -TARS_E_UNKNOWN);
  CHECK_EQUAL(tars_store_app_read(TARS_STORE_APP, &app), 0);
  CHECK(memcmp(digests_before, app.digests[0], TARS_DIGEST) == 0 && host_app_runs(&small));
}

/* An owned board that runs the large app under number 7. */
static void board_make(void) {
  nor_reset();
  host_boot();
  host_own();
  host_bundle_make(&large, 0, 7, true, &host_release_key, &bytes);
  CHECK_EQUAL(host_upload(TARS_UPLOAD_BUNDLE, &bytes, false, 1).code, 0);
  CHECK_EQUAL(host_app_send(&large, host_app_begin(&large, true).missing), 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK_EQUAL(host_confirm(), 0);
}

/* Each test goes on with the board of the one before. */
/* More bundles fail than the list holds, so some are forgotten: a broker that brings them in turn gets no more trials
 * in an hour than it may, also if the board is reset again and again. */
static void test_endless(void) {
  enum { BUNDLES = TARS_LIMIT_FAILED + 1, FIRST = 100, MINUTE_US = 60000000 };
  int trials = 0, refused = 0;
  for (int minute = 0; minute < 180; minute++) {
    int code = host_bundle_install(&pair, FIRST + (uint32_t)minute % BUNDLES, true);
    refused += code == -TARS_E_TRIALS;
    if (code == 0) {
      trials++;
      tars_install_trial_failed((tars_text){ "pair", 4 }, TARS_E_TRAP, "unreachable");
      host_wait(1);
    }
    if (minute % 20 == 3) host_boot();
    host_wait(MINUTE_US);
  }
  /* as many as the list holds at first, then those of three hours */
  CHECK(trials > TARS_LIMIT_FAILED && trials <= TARS_LIMIT_FAILED + 3 * TARS_LIMIT_TRIALS);
  CHECK(refused > 0);
  host_wait(10 * (int64_t)MINUTE_US);
  CHECK_EQUAL(host_bundle_install(&small, FIRST + BUNDLES, true), 0); /* a good one is taken after the rest */
  host_wait(2000000);
  CHECK(host_committed() == FIRST + BUNDLES && host_app_runs(&small));
}

int main(void) {
  board_make();
  test_unattended();
  test_failures();
  test_forgotten();
  test_transfers();
  test_slow_modules();
  test_endless();
  test_broker_goes();
  test_flood();
  return check_report("install_health");
}
