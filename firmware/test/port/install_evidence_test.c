/* Whose doing a reset was: only what a failing board leaves as evidence against an app counts against it. */
#include "check.h"
#include "fake_core.h"
#include "install_host.h"
#include "nor.h"
#include "tars_errors.h"
#include "tars_link.h"
#include "tars_sha256.h"

#include <string.h>

int64_t tars_os_now_us(void) { return host_now_us; }

static const maker_app good = { 1, { 1 }, { 700 } };
static const maker_app fatal = { 2, { 1, 2 }, { 700, 900 } };
static const maker_app other = { 2, { 1, 3 }, { 700, 800 } };
static const host_app open_good = { 1, { 7 }, { 500 } };
static const host_app open_fatal = { 2, { 7, 8 }, { 500, 600 } };
static uint8_t fatal_digest[TARS_DIGEST], open_digest[TARS_DIGEST], other_digest[TARS_DIGEST];

/* The failure of `act`: true if the board has failed in it, and stands still. */
static bool fails(void (*act)(void)) {
  if (setjmp(fake_failed) != 0) return true;
  act();
  return false;
}

/* Resets the board until it comes up; returns how often it failed before. */
static int boots(void) {
  int failures = 0;
  while (failures < 20 && fails(host_boot)) failures++;
  return failures;
}

static const host_step *last_step(void) { return &host_steps[host_step_count ? host_step_count - 1 : 0]; }

static uint32_t number; /* of the bundle that is delivered */
static int delivered;   /* what the board said to it */
static const maker_app *what;

static void deliver(void) { delivered = host_bundle_install(what, number, true); }

/* Delivers a bundle; true if the board has failed. */
static bool brings(const maker_app *app, uint32_t as) {
  what = app;
  number = as;
  delivered = -1;
  return fails(deliver);
}

/* A board with an owner that runs `good` under number 1. */
static void board_make(void) {
  fake_fatal = NULL;
  fake_evidence = 0;
  nor_reset();
  host_boot();
  host_own();
  CHECK(!brings(&good, 1) && delivered == 0);
  host_wait(2000000);
  CHECK(host_committed() == 1);
}

/* A bundle that the loader fails at is staged twice, then never again, whoever brings it how often. */
static void test_staging(void) {
  board_make();
  fake_fatal = fatal_digest;
  CHECK(brings(&fatal, 2));
  CHECK_EQUAL(boots(), 1);
  CHECK(host_app_runs(&good) && !fake_core.trial && host_committed() == 1);
  CHECK(last_step()->phase == TARS_PHASE_REVERTED && last_step()->number == 2);
  CHECK_EQUAL(last_step()->code, -TARS_E_CRASHED);
  for (int times = 0; times < 5; times++) CHECK(!brings(&fatal, 2) && delivered == -TARS_E_KNOWN_BAD);
  CHECK_EQUAL(boots(), 0);
  CHECK(!brings(&other, 3) && delivered == 0);
  host_wait(2000000);
  CHECK(host_committed() == 3 && host_app_runs(&other));
}

/* A loss of power while the module is loaded is no evidence: nothing is counted, and the trial goes on. */
static void test_power_while_staging(void) {
  board_make();
  fake_fatal = fatal_digest;
  CHECK(brings(&fatal, 2));
  for (int times = 0; times < 5; times++) {
    fake_evidence = 0;
    CHECK(fails(host_boot));
  }
  fake_evidence = 0;
  fake_fatal = NULL;
  CHECK_EQUAL(boots(), 0);
  CHECK(host_app_runs(&fatal) && fake_core.trial);
  host_wait(2000000);
  CHECK_EQUAL(host_committed(), 2);
}

/* A board that can't even leave evidence fails at most ten times. */
static void test_staging_without_evidence(void) {
  int failures = 0;
  board_make();
  fake_fatal = fatal_digest;
  CHECK(brings(&fatal, 2));
  for (fake_evidence = 0; failures < 20 && fails(host_boot); fake_evidence = 0) failures++;
  CHECK_EQUAL(failures, 9);
  CHECK(host_app_runs(&good) && last_step()->code == -TARS_E_UNCONFIRMED);
  CHECK(!brings(&fatal, 2) && delivered == -TARS_E_TRIALS);
  host_wait(INT64_C(3600000000) / TARS_LIMIT_TRIALS);
  fake_fatal = NULL;
  CHECK(!brings(&fatal, 2) && delivered == 0);
}

/* Resets in a trial for which nothing speaks against its app, as those of a hostile broker, blacklist nothing. After
 * ten of them the old app is back for a while, then the same bundle is tried again, and committed. */
static void test_resets(void) {
  board_make();
  CHECK(!brings(&other, 2) && delivered == 0);
  for (int reset = 1; reset < 10; reset++) {
    host_boot();
    CHECK(fake_core.trial && host_app_runs(&other));
  }
  host_boot();
  CHECK(!fake_core.trial && host_app_runs(&good) && last_step()->code == -TARS_E_UNCONFIRMED);
  CHECK(!brings(&other, 2) && delivered == -TARS_E_TRIALS);
  host_wait(INT64_C(3600000000) / TARS_LIMIT_TRIALS);
  CHECK(!brings(&other, 2) && delivered == 0);
  host_wait(2000000);
  CHECK(host_committed() == 2 && host_app_runs(&other));
}

/* Evidence counts against the app in trial only if it is against that one, and two are needed. */
static void test_trial(void) {
  board_make();
  CHECK(!brings(&other, 2) && delivered == 0);
  uint8_t against_trial = fake_core.blamed;
  for (uint8_t against = 1; against < 4; against++) { /* each other app once, which is not in a row */
    fake_evidence = against == against_trial ? 99 : against;
    host_boot();
    CHECK(fake_core.trial && host_app_runs(&other));
  }
  fake_trial_fails();
  host_boot();
  CHECK(fake_core.trial && strstr(host_note, "app in trial") != NULL);
  host_boot(); /* a button */
  CHECK(fake_core.trial && host_app_runs(&other));
  fake_evidence = against_trial;
  host_boot();
  CHECK(!fake_core.trial && host_app_runs(&good) && last_step()->code == -TARS_E_CRASHED);
  CHECK(!brings(&other, 2) && delivered == -TARS_E_KNOWN_BAD);
}

/* The committed app makes the loader fail, as after a change of the firmware: after two boots the board comes up
 * without it, says so, keeps the record and takes updates, but not the same bundle again. */
static void test_committed(void) {
  tars_app_record record;
  board_make();
  CHECK(!brings(&other, 2) && delivered == 0);
  host_wait(2000000);
  CHECK_EQUAL(host_committed(), 2);
  fake_fatal = other_digest;
  CHECK(fails(host_boot));
  fake_evidence = 0; /* the power was off: not counted */
  CHECK_EQUAL(boots(), 2);
  CHECK(!fake_core.runs && host_committed() == 2);
  CHECK_EQUAL(tars_install_app_error(), TARS_E_CRASHED);
  CHECK(strstr(host_note, "crashed") != NULL);
  CHECK(last_step()->phase == TARS_PHASE_REVERTED && last_step()->number == 2);
  CHECK(tars_store_app_read(TARS_STORE_APP, &record) == 0 && record.order.number == 2 && record.count == other.count);
  CHECK_EQUAL(boots(), 0);
  CHECK_EQUAL(tars_install_app_error(), TARS_E_CRASHED);
  CHECK(!brings(&other, 2) && delivered == -TARS_E_KNOWN_BAD);
  CHECK(!brings(&good, 3) && delivered == 0);
  host_wait(2000000);
  CHECK(host_committed() == 3 && host_app_runs(&good) && tars_install_app_error() == 0);
  CHECK_EQUAL(boots(), 0);
  CHECK(host_app_runs(&good) && tars_install_app_error() == 0);
}

/* Only failures in a row keep a board from starting its app. */
static void test_committed_in_a_row(void) {
  board_make();
  CHECK(!brings(&other, 2) && delivered == 0);
  host_wait(2000000);
  for (int times = 0; times < 3; times++) {
    fake_fatal = other_digest;
    CHECK(fails(host_boot));
    fake_fatal = NULL;
    CHECK_EQUAL(boots(), 0);
    CHECK(host_app_runs(&other));
    host_wait(2000000);
  }
}

/* Failures of the committed app that are counted. */
static int counted(void) {
  tars_app_record record;
  CHECK_EQUAL(tars_store_app_read(TARS_STORE_APP, &record), 0);
  return record.failures;
}

/* The board fails in a reaction of the committed app, `after_us` after its start. */
static void app_fails(int64_t after_us) {
  host_wait(after_us);
  fake_app_fails();
  host_boot();
}

/* A board that runs `other` from a bundle with a window of 2 s, since a start that wrote as little as any. */
static void committed_make(void) {
  board_make();
  CHECK(!brings(&other, 2) && delivered == 0);
  host_wait(2000000);
  CHECK_EQUAL(host_committed(), 2);
  host_boot();
}

/* The committed app fails in a reaction, each time before its window is over: the second time in a row the board comes
 * up without it. Resets and losses of power without evidence neither count nor forget. */
static void test_committed_reaction(void) {
  committed_make();
  app_fails(1900000);
  CHECK(counted() == 1 && host_app_runs(&other) && strstr(host_note, "stored app") != NULL);
  for (int times = 0; times < 5; times++) host_wait(1000000), host_boot();
  CHECK(counted() == 1 && host_app_runs(&other));
  app_fails(1000000);
  CHECK(!fake_core.runs && tars_install_app_error() == TARS_E_CRASHED && strstr(host_note, "crashed") != NULL);
  CHECK(last_step()->phase == TARS_PHASE_REVERTED && last_step()->code == -TARS_E_CRASHED);
  host_wait(3000000);
  host_boot();
  CHECK(!fake_core.runs && counted() == 2 && tars_install_app_error() == TARS_E_CRASHED);
  CHECK(!brings(&other, 2) && delivered == -TARS_E_KNOWN_BAD);
  CHECK(!brings(&good, 3) && delivered == 0);
  host_wait(2000000);
  CHECK(host_committed() == 3 && counted() == 0 && tars_install_app_error() == 0);
}

/* A window that the app runs through forgets its failure; what fails later is named and doesn't count. Only a failure
 * and its end are written: a start writes who the board is, in two logs, and a window that passes nothing. */
static void test_committed_window(void) {
  committed_make();
  for (int times = 0; times < 3; times++) {
    app_fails(1000000);
    CHECK(counted() == 1 && host_app_runs(&other));
    host_wait(2000000);
    CHECK_EQUAL(counted(), 0);
    host_boot();
  }
  for (int times = 0; times < 5; times++) {
    uint32_t before = nor_operations;
    app_fails(2000001);
    CHECK(counted() == 0 && host_app_runs(&other) && strstr(host_note, "stored app") != NULL);
    host_wait(2000001);
    CHECK_EQUAL(nor_operations - before, 2);
  }
}

/* While another app is in trial the committed one doesn't run: its window begins anew when it is back. An app in RAM
 * is not the stored one, whatever it does and however long it runs. */
static void test_committed_frozen(void) {
  committed_make();
  app_fails(1000000);
  CHECK(!brings(&good, 3) && delivered == 0);
  host_wait(1900000);
  tars_install_trial_failed((tars_text){ "blink", 5 }, TARS_E_TRAP, "unreachable");
  host_wait(1);
  CHECK(host_app_runs(&other) && !fake_core.trial);
  host_wait(1900000);
  CHECK_EQUAL(counted(), 1);
  host_wait(100000);
  CHECK_EQUAL(counted(), 0);
  nor_reset();
  host_boot();
  CHECK_EQUAL(host_install(&open_fatal, true), 0);
  host_boot();
  app_fails(1000000);
  CHECK_EQUAL(host_install(&open_good, false), 0);
  host_wait(20000000);
  CHECK_EQUAL(counted(), 1);
  app_fails(1000000);
  CHECK(counted() == 1 && host_runs(&open_fatal) && strstr(host_note, "app in RAM") != NULL);
}

static void open_install(void) { delivered = host_install(&open_fatal, true); }
static void open_run(void) { delivered = host_install(&open_fatal, false); }

/* An app without a number, over an open link: two failures end it; one that is in RAM only is simply gone. */
static void test_open(void) {
  fake_fatal = NULL;
  nor_reset();
  host_boot();
  CHECK_EQUAL(host_install(&open_good, true), 0);
  fake_fatal = open_digest;
  CHECK(fails(open_install));
  CHECK_EQUAL(boots(), 1);
  CHECK(host_runs(&open_good) && !fake_core.trial && strstr(host_note, "crashed") != NULL);
  CHECK_EQUAL(host_confirm(), -TARS_E_CRASHED); /* the reason for whoever goes on with it */
  CHECK(fails(open_run));
  CHECK_EQUAL(boots(), 0);
  CHECK(host_runs(&open_good) && tars_install_is_stored());
  fake_fatal = NULL;
  CHECK_EQUAL(host_install(&open_fatal, true), 0);
  fake_fatal = open_digest;
  CHECK_EQUAL(boots(), 2); /* committed, and fatal from now on */
  CHECK(!fake_core.runs && tars_install_app_error() == TARS_E_CRASHED);
  CHECK_EQUAL(host_install(&open_good, true), 0);
  CHECK_EQUAL(boots(), 0);
  CHECK(host_runs(&open_good));
}

/* Digest of module `at`, as the maker of bundles makes it. */
static void digest_make(const maker_app *app, int at, uint8_t digest[TARS_DIGEST]) {
  static uint8_t module[TARS_LIMIT_MODULE];
  maker_module(app->seeds[at], app->sizes[at], module);
  tars_sha256_of(module, app->sizes[at], digest);
}

int main(void) {
  tars_app_record record = host_record(&open_fatal);
  memcpy(open_digest, record.digests[1], sizeof open_digest);
  digest_make(&fatal, 1, fatal_digest);
  digest_make(&other, 1, other_digest);
  test_staging();
  test_power_while_staging();
  test_staging_without_evidence();
  test_resets();
  test_trial();
  test_committed();
  test_committed_in_a_row();
  test_committed_reaction();
  test_committed_window();
  test_committed_frozen();
  test_open();
  return check_report("install_evidence");
}
