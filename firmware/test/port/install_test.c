/* The state machine of updates over NOR flash in RAM. */
#include "check.h"
#include "fake_core.h"
#include "install_host.h"
#include "nor.h"
#include "tars_errors.h"

#include <string.h>

static const host_app app_a = { 2, { 1, 2 }, { 3000, 5000 } };
static const host_app app_b = { 3, { 1, 3, 4 }, { 3000, 700, 9000 } };
static const host_app app_big = { 8,
                                  { 10, 11, 12, 13, 14, 15, 16, 17 },
                                  { 65536, 65536, 65536, 65536, 65536, 65536, 65536, 65536 } };
static const host_app app_big2 = { 8,
                                   { 20, 21, 22, 23, 24, 25, 26, 27 },
                                   { 65536, 65536, 65536, 65536, 65536, 65536, 65536, 65536 } };

/* A blank board boots, begins a store and runs nothing; an app is installed once, and the second time nothing is
 * written. */
static void test_first_and_same(void) {
  nor_reset();
  host_boot();
  CHECK(strstr(host_note, "a new store") != NULL);
  CHECK(!fake_core.runs);
  CHECK_EQUAL(tars_install_boots(), 1);
  CHECK_EQUAL(host_install(&app_a, true), 0);
  CHECK(host_runs(&app_a) && tars_install_is_stored());
  uint32_t before = nor_operations;
  tars_install_answer answer = host_begin(&app_a, true);
  CHECK_EQUAL(answer.code, 0);
  CHECK(answer.same && answer.missing == 0);
  CHECK_EQUAL(nor_operations, before);
  host_boot();
  CHECK(host_runs(&app_a));
  CHECK_EQUAL(tars_install_boots(), 2);
}

/* Only what the board lacks is asked for; modules that nobody needs are removed after the commit. */
static void test_missing_and_sweep(void) {
  tars_app_record a = host_record(&app_a), b = host_record(&app_b);
  CHECK_EQUAL(host_begin(&app_b, true).missing, 6);
  uint32_t free_before = tars_store_free();
  CHECK_EQUAL(host_install(&app_b, true), 0);
  CHECK(host_runs(&app_b));
  CHECK(tars_store_module_has(b.digests[0], 3000) && tars_store_module_has(b.digests[2], 9000));
  CHECK(!tars_store_module_has(a.digests[1], 5000));
  CHECK_EQUAL(host_install(&app_a, true), 0);
  CHECK_EQUAL(tars_store_free(), free_before);
}

/* No confirm in the health window: the old app is back, and says why. */
static void test_unconfirmed(void) {
  CHECK_EQUAL(host_transfer(&app_b, true), 0);
  CHECK_EQUAL(host_commit(), 0);
  CHECK(host_runs(&app_b));
  host_wait((int64_t)TARS_LIMIT_HEALTH_MS * 1000 - 1);
  CHECK(host_runs(&app_b));
  host_wait(1);
  CHECK(host_runs(&app_a));
  CHECK_EQUAL(fake_core.reverts, 1);
  CHECK_EQUAL(host_confirm(), -TARS_E_UNCONFIRMED);
  host_boot();
  CHECK(host_runs(&app_a));
}

/* A fault in the trial reverts with its code. */
static void test_faulted(void) {
  CHECK_EQUAL(host_transfer(&app_b, true), 0);
  CHECK_EQUAL(host_commit(), 0);
  tars_install_trial_failed((tars_text){ "b", 1 }, TARS_E_TRAP, "unreachable");
  host_wait(1);
  CHECK(host_runs(&app_a));
  CHECK_EQUAL(host_confirm(), -TARS_E_TRAP);
}

/* A reboot in the trial goes on with it, and it can still be confirmed; the tenth one reverts, whatever caused them. */
static void test_reboots(void) {
  CHECK_EQUAL(host_transfer(&app_b, true), 0);
  CHECK_EQUAL(host_commit(), 0);
  for (int reboot = 1; reboot < 10; reboot++) {
    host_boot();
    CHECK(host_runs(&app_b) && fake_core.trial);
  }
  host_boot();
  CHECK(host_runs(&app_a) && !fake_core.trial);
  CHECK(strstr(host_note, "unconfirmed") != NULL);
  CHECK_EQUAL(host_transfer(&app_b, true), 0);
  CHECK_EQUAL(host_commit(), 0);
  host_boot();
  CHECK_EQUAL(host_confirm(), 0);
  host_boot();
  CHECK(host_runs(&app_b) && !fake_core.trial);
  CHECK_EQUAL(host_install(&app_a, true), 0);
}

/* A dev app writes nothing and is gone after a reset. */
static void test_dev(void) {
  uint32_t before = nor_operations;
  CHECK_EQUAL(host_install(&app_b, false), 0);
  CHECK(host_runs(&app_b) && !tars_install_is_stored());
  CHECK_EQUAL(host_begin(&app_a, false).missing, 0); /* its modules are in the store */
  CHECK_EQUAL(host_install(&app_b, false), 0);
  CHECK_EQUAL(nor_operations, before);
  CHECK_EQUAL(host_transfer(&app_a, true), 0); /* app_a does not run any more, so it is not the same */
  CHECK_EQUAL(host_commit(), 0);
  host_wait((int64_t)TARS_LIMIT_HEALTH_MS * 1000);
  CHECK(host_runs(&app_b) && !tars_install_is_stored());
  host_boot();
  CHECK(host_runs(&app_a) && tars_install_is_stored());
  CHECK_EQUAL(host_begin(&app_big, false).code, -TARS_E_NOMEM);
}

/* Wrong bytes, wrong order, wrong class: named refusals, and the old app runs on. */
static void test_refusals(void) {
  host_app lie = app_b;
  tars_install_request request = { .verb = TARS_INSTALL_BEGIN };
  tars_app_record record = host_record(&app_b);
  request.begin.app = &record;
  request.begin.class = (tars_text){ "toaster", 7 };
  CHECK_EQUAL(host_ask(request).code, -TARS_E_CLASS);
  CHECK_EQUAL(host_send(&app_b, 1, 0), -TARS_E_STATE);
  CHECK_EQUAL(host_commit(), -TARS_E_STATE);
  CHECK_EQUAL(host_begin(&app_b, true).missing, 6);
  CHECK_EQUAL(host_commit(), -TARS_E_STATE);
  CHECK_EQUAL(host_send(&app_b, 0, 0), -TARS_E_INVALID); /* not missing */
  CHECK_EQUAL(host_send(&app_b, 2, 896), -TARS_E_STATE);
  lie.seeds[1] = 99;
  CHECK_EQUAL(host_send(&lie, 1, 0), -TARS_E_DIGEST);
  CHECK_EQUAL(host_send(&app_b, 1, 0), 0); /* the same bytes again, this time the right ones */
  lie.sizes[2] = 9001;
  CHECK_EQUAL(host_send(&lie, 2, 0), -TARS_E_TOO_LONG);
  CHECK_EQUAL(host_send(&app_b, 2, 0), 0);
  fake_core.stage_error = -TARS_E_CONFLICT;
  CHECK_EQUAL(host_commit(), -TARS_E_CONFLICT);
  fake_core.stage_error = 0;
  CHECK(host_runs(&app_a));
  CHECK_EQUAL(host_begin(&app_b, true).missing, 0); /* what arrived whole need not be sent again */
  CHECK_EQUAL(host_ask((tars_install_request){ .verb = TARS_INSTALL_ABORT }).code, 0);
  CHECK_EQUAL(host_confirm(), -TARS_E_STATE);
}

/* One install at a time; a session that ends, or falls silent, lets others in. */
static void test_owners(void) {
  tars_install_request foreign = { .verb = TARS_INSTALL_ABORT, .owner = 2 };
  host_begin(&app_b, true);
  CHECK_EQUAL(host_ask(foreign).code, -TARS_E_BUSY);
  tars_install_leave(1);
  CHECK_EQUAL(host_ask(foreign).code, 0);
  host_begin(&app_b, true);
  host_wait(30000000);
  CHECK_EQUAL(host_send(&app_b, 1, 0), -TARS_E_TIMEOUT);
  CHECK_EQUAL(host_ask(foreign).code, 0);
}

/* Flash full, said before the first byte; flash that fails in the middle: the old app runs on and survives. */
static void test_flash_limits(void) {
  CHECK_EQUAL(host_install(&app_big, true), 0);
  CHECK_EQUAL(host_begin(&app_big2, true).code, -TARS_E_NOSPACE);
  CHECK(host_runs(&app_big));
  CHECK_EQUAL(host_install(&app_a, true), 0);
  CHECK_EQUAL(host_begin(&app_b, true).code, 0);
  nor_fail_after(TARS_E_IO, 3);
  CHECK_EQUAL(host_send(&app_b, 2, 0), -TARS_E_IO);
  nor_fail_after(0, 0);
  CHECK(host_runs(&app_a));
  host_boot();
  CHECK(host_runs(&app_a));
  CHECK_EQUAL(host_transfer(&app_b, true), 0);
  nor_fail_after(TARS_E_NOSPACE, 0);
  CHECK_EQUAL(host_commit(), -TARS_E_NOSPACE);
  nor_fail_after(0, 0);
  CHECK(host_runs(&app_a) && !fake_core.staged_any);
  CHECK_EQUAL(host_install(&app_b, true), 0);
}

/* A module or record that decayed isn't run. */
static void test_decay(void) {
  tars_app_record b = host_record(&app_b);
  uint8_t bytes[16];
  CHECK_EQUAL(tars_store_module_read(b.digests[2], 4096, bytes, sizeof bytes), 0);
  for (uint32_t at = 0; at + sizeof bytes <= sizeof nor_bytes; at++)
    if (memcmp(nor_bytes + at, bytes, sizeof bytes) == 0) nor_bytes[at] ^= nor_bytes[at] & 1 ? 1 : nor_bytes[at];
  host_boot();
  CHECK(!fake_core.runs);
  CHECK(strstr(host_note, "corrupt") != NULL);
  uint32_t missing = host_begin(&app_b, true).missing;
  CHECK(missing & 4 && !(missing & 2)); /* what has decayed; the first module happens to hold the same bytes */
  CHECK_EQUAL(host_install(&app_b, true), 0);
  host_boot();
  CHECK(host_runs(&app_b));
}

/* A record that has decayed costs its app, not the board. */
static void test_decayed_record(void) {
  static const uint8_t bytes[3];
  CHECK_EQUAL(tars_store_record_write("app", bytes, sizeof bytes), 0);
  host_boot();
  CHECK(!fake_core.runs);
  CHECK_EQUAL(host_install(&app_a, true), 0);
  host_boot();
  CHECK(host_runs(&app_a));
}

/* The store has one checkpoint for each name of a behaviour. */
static void test_retain(void) {
  uint8_t record[8];
  CHECK_EQUAL(tars_install_retain_load((tars_text){ "kalman", 6 }, record, sizeof record), 0);
  CHECK_EQUAL(tars_install_retain_save((tars_text){ "kalman", 6 }, (const uint8_t *)"12345", 5), 0);
  host_boot();
  CHECK_EQUAL(tars_install_retain_load((tars_text){ "kalman", 6 }, record, sizeof record), 5);
  CHECK(memcmp(record, "12345", 5) == 0);
  CHECK_EQUAL(tars_install_retain_save((tars_text){ "k\0f", 3 }, record, 5), -TARS_E_INVALID);
}

/* Each test goes on with the board of the one before. */
int main(void) {
  test_first_and_same();
  test_missing_and_sweep();
  test_unconfirmed();
  test_faulted();
  test_reboots();
  test_dev();
  test_refusals();
  test_owners();
  test_flash_limits();
  test_retain();
  test_decay();
  test_decayed_record();
  return check_report("install");
}
