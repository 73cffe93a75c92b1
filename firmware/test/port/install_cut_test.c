/* Power cuts: at every flash operation of an install, and for each of them at operations of the boot after it. The
 * operation is torn. Afterwards the board runs the old app or the new one, and can still be updated. */
#include "check.h"
#include "fake_core.h"
#include "install_host.h"
#include "nor.h"

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
  return check_report("install_cut");
}
