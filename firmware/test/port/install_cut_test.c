/* Power cuts: at every flash operation of an install, and for each of them at operations of the boot after it. The
 * operation is torn. Afterwards the board runs the old app or the new one, and can still be updated. And flash that
 * can't be read for a while. */
#include "check.h"
#include "fake_core.h"
#include "install_host.h"
#include "nor.h"
#include "tars_errors.h"
#include "tars_store.h"
#include "tars_trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const host_app old_app = { 2, { 1, 2 }, { 3000, 5000 } };
static const host_app new_app = { 3, { 1, 3, 4 }, { 3000, 700, 9000 } };

static uint8_t image[TARS_BOARD_FLASH_SIZE]; /* the old app is committed */
static volatile bool confirmed;
static uint32_t cuts, old_count, new_count;

/* Boots; false if the power fails in it. */
static bool boot_survives(void) {
  if (setjmp(nor_power) != 0) return false;
  host_boot();
  return true;
}

/* Installs the new app with a cut; false if the power failed. */
static bool install_survives(uint32_t cut) {
  confirmed = false;
  if (setjmp(nor_power) != 0) return false;
  nor_cut_after(cut);
  CHECK_EQUAL(host_install(&new_app, true), 0);
  confirmed = true;
  nor_cut_after(UINT32_MAX);
  return true;
}

/* After a boot that went through the board runs the old app or the new one. */
static void check_either(uint32_t cut, uint32_t second) {
  bool is_old = host_runs(&old_app), is_new = host_runs(&new_app);
  cuts++;
  old_count += is_old;
  new_count += is_new;
  CHECK(is_old || is_new);
  CHECK(!confirmed || is_new);
  if (!is_old && !is_new)
    printf("neither after a cut at operation %u and %u of the boot\n", (unsigned)cut, (unsigned)second);
}

/* More boots don't end a trial, silence does; then the new app is installed for good. */
static void check_recovers(void) {
  for (int i = 0; i < 2; i++) {
    host_boot();
    CHECK(host_runs(&old_app) || host_runs(&new_app));
  }
  host_wait((int64_t)TARS_LIMIT_HEALTH_MS * 1000);
  CHECK(!fake_core.trial && (host_runs(&old_app) || host_runs(&new_app)));
  CHECK_EQUAL(host_install(&new_app, true), 0);
  host_boot();
  CHECK(host_runs(&new_app));
}

/* One cut in the install, then one at every fifth operation of the boot, at every one for each fourth cut (ota/sim cuts
 * at all pairs in the long run). False when the install is shorter than `cut`. */
static bool cut_at(uint32_t cut) {
  static uint8_t torn[TARS_BOARD_FLASH_SIZE];
  memcpy(nor_bytes, image, sizeof image);
  host_boot();
  if (install_survives(cut)) return false;
  memcpy(torn, nor_bytes, sizeof torn);
  for (uint32_t second = 0;; second += cut % 4 ? 5 : 1) {
    memcpy(nor_bytes, torn, sizeof torn);
    nor_cut_after(second);
    bool through = boot_survives();
    nor_cut_after(UINT32_MAX);
    if (!through) host_boot();
    check_either(cut, second);
    if (through || second == 0) check_recovers();
    if (through) return true;
  }
}

/* Erases a board with an owner with a cut; false if the power failed. */
static bool erase_survives(uint32_t cut) {
  if (setjmp(nor_power) != 0) return false;
  nor_cut_after(cut);
  CHECK_EQUAL(host_ask((tars_install_request){ .verb = TARS_INSTALL_ERASE, .physical = true }).code, 0);
  nor_cut_after(UINT32_MAX);
  return true;
}

/* One cut while everything is erased: the board is the owner's, with its app, or a fresh one with another key. False
 * when the erasing is shorter than `cut`. */
static bool erase_cut_at(uint32_t cut, const uint8_t owned[TARS_BOARD_FLASH_SIZE]) {
  tars_trust_status before, after;
  memcpy(nor_bytes, owned, TARS_BOARD_FLASH_SIZE);
  host_boot();
  tars_trust_read(&before);
  bool through = erase_survives(cut);
  host_boot();
  tars_trust_read(&after);
  bool same_key = memcmp(before.public_key, after.public_key, sizeof before.public_key) == 0;
  bool is_old = after.owned && after.root_version == 1 && same_key && host_runs(&old_app);
  bool is_fresh = !after.owned && !same_key && !fake_core.runs;
  CHECK(is_old ? !through : is_fresh);
  return !through;
}

/* From the last sectors on, on boards whose records were written more and more often. */
static void erase_cuts(void) {
  enum { BLOCKS = TARS_BOARD_FLASH_SIZE / TARS_BOARD_FLASH_ERASE };
  static uint8_t owned[TARS_BOARD_FLASH_SIZE];
  memcpy(nor_bytes, image, sizeof image);
  host_boot();
  host_own();
  for (int age = 0; age < 7; age++) {
    for (int boots = 0; boots < 43; boots++) host_boot();
    memcpy(owned, nor_bytes, sizeof owned);
    for (uint32_t cut = BLOCKS - 2; erase_cut_at(cut, owned); cut++) {
    }
    memcpy(nor_bytes, owned, sizeof owned);
  }
}

enum { NUMBER = 5, AT_ONCE = 2, FOR_GOOD = 1 << 20 };

/* Boots a board with an owner while so many reads fail, which can be read again afterwards: it is never open, and what
 * it takes for its owner, its number and its key is right. True if all of it could be read. */
static bool blind_boot(uint32_t from, uint32_t count, const uint8_t public_key[32]) {
  static maker_bytes root;
  tars_trust_status status;
  nor_read_fail(from, count, 1);
  host_boot();
  nor_read_fail(0, 0, 1);
  tars_trust_read(&status);
  CHECK(status.owned && host_begin(&new_app, true).code < 0);
  CHECK(status.unreadable || (status.root_version == 1 && status.committed.number == NUMBER));
  bool key = memcmp(status.public_key, public_key, sizeof status.public_key) == 0;
  CHECK(status.has_key == key);
  host_root_make(2, 0, &root);
  if (!key) CHECK(host_upload(TARS_UPLOAD_ROOT, &root, false, 1).code < 0); /* it would be stored with another key */
  return key && !status.unreadable;
}

/* A record that can't be read twice, one time in each log, is no record that isn't there or is wrong: nobody may make
 * another one in its place. */
static void test_blind_twice(void) {
  uint8_t bytes[100];
  int whole = tars_store_record_read("self", bytes, sizeof bytes), failed = 0;
  CHECK(whole > 0);
  for (uint32_t from = 0; from < 20; from++)
    for (uint32_t step = 1; step < 40; step++) {
      nor_read_fail(from, 2, step);
      int size = tars_store_record_read("self", bytes, sizeof bytes);
      CHECK(size == whole || size == -TARS_E_IO);
      failed += size != whole;
    }
  CHECK(failed > 10);
  nor_read_fail(0, 0, 1);
}

/* Reads fail from each one of a boot on, after the store is mounted: two, which is a record in both logs, or all. The
 * next boot is as if nothing had been. */
static void test_blind(void) {
  static const maker_app app = { 1, { 1 }, { 700 } };
  tars_trust_status status;
  bool fresh;
  nor_reset();
  host_boot();
  host_own();
  CHECK_EQUAL(host_bundle_install(&app, NUMBER, true), 0);
  host_wait(2000000);
  nor_snapshot(image);
  tars_trust_read(&status);
  uint32_t before = nor_reads, blind = 0;
  CHECK_EQUAL(tars_store_mount(&fresh, NULL), 0);
  uint32_t mount = nor_reads - before;
  host_boot();
  uint32_t boot = nor_reads - before - mount;
  for (uint32_t from = mount - 2; from < boot; from++) {
    nor_restore(image);
    blind += !blind_boot(from, from % 8 ? AT_ONCE : FOR_GOOD, status.public_key);
    if (from % 4) continue;
    CHECK(blind_boot(0, 0, status.public_key) && host_app_runs(&app));
  }
  printf("%u reads of a boot, %u of them for the mount: %u times something could not be read\n", (unsigned)boot,
         (unsigned)mount, (unsigned)blind);
  CHECK(blind > 10);
  test_blind_twice();
}

int main(void) {
  uint32_t operations = 0;
  nor_reset();
  host_boot();
  CHECK_EQUAL(host_install(&old_app, true), 0);
  memcpy(image, nor_bytes, sizeof image);
  while (cut_at(operations)) operations++;
  printf("%u flash operations, %u power cuts: %u times the old app, %u times the new one\n", (unsigned)operations,
         (unsigned)cuts, (unsigned)old_count, (unsigned)new_count);
  CHECK(operations > 20 && old_count > 0 && new_count > 0);
  erase_cuts();
  test_blind();
  return check_report("install_cut");
}
