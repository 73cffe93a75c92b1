/* Decay of the flash: boards with an owner are damaged while they are off, then started. One bit, up to eight bits, or
 * any bytes inside one erase sector, all 0x00 and all 0xff included; half of the bits where records lie. Whatever was
 * hit, the board is never open, never takes a bundle with a lower number, never runs anything but what its owner
 * committed, and never crashes. Where it can't tell whose it is, it takes nothing but the owner's signed repair, and is
 * usable again after it. Only a board on which nothing of its owner is left must refuse that, too: neither a right copy
 * of the root document nor one of its digest, which is looked for in the damaged flash before the board starts.
 *
 *   damage [count]   250 without it */
#include "check.h"
#include "fake_core.h"
#include "install_host.h"
#include "nor.h"
#include "store_flash.h"
#include "tars_crc32.h"
#include "tars_errors.h"
#include "tars_link.h"
#include "trust_state.h"

#include <stddef.h> /* offsetof */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef TARS_PLANT_BELIEVE
enum { PLANTED = true };
#else
enum { PLANTED = false };
#endif

enum { BOARDS = 4, OLD = 6, NEW = 7, KINDS = 6, FLASH = TARS_BOARD_FLASH_SIZE };

static const maker_app old_app = { 2, { 1, 2 }, { 2000, 4000 } }, new_app = { 2, { 1, 3 }, { 2000, 5000 } };
static uint8_t boards[BOARDS][FLASH];
static uint8_t device_key[32], root_digest[TARS_BUNDLE_DIGEST];
static uint32_t violations, healed, repaired, ownerless, app_lost, seed = 1;
static uint32_t of_kind[KINDS];

/* A number below `limit`, the same in every run. */
static uint32_t random_below(uint32_t limit) {
  seed = seed * 1664525u + 1013904223u;
  return (uint32_t)((uint64_t)seed * limit >> 32);
}

/* Tells of the first ones. */
static void violated(const char *what, uint32_t run) {
  if (violations++ < 5 && !PLANTED) printf("damage %u: %s\n", (unsigned)run, what);
}

/* ---- boards ---- */

/* The app of this number: old ones are the old app. */
static const maker_app *app_of(uint32_t number) { return number < NEW ? &old_app : &new_app; }

/* Delivers a bundle and lets its trial pass; the first error. */
static int deliver(uint32_t number) {
  int err = host_bundle_install(app_of(number), number, true);
  if (!err) host_wait(2000000);
  return err;
}

/* Owned and without an app; with one; after some updates, so that logs hold old records; with the next in trial. */
static void boards_make(void) {
  tars_trust_status status;
  nor_reset();
  host_boot();
  host_own();
  tars_trust_read(&status);
  memcpy(device_key, status.public_key, sizeof device_key);
  memcpy(root_digest, tars_trust_root()->digest, sizeof root_digest);
  memcpy(boards[0], nor_bytes, FLASH);
  CHECK_EQUAL(deliver(OLD), 0);
  memcpy(boards[1], nor_bytes, FLASH);
  CHECK_EQUAL(host_bundle_install(&new_app, NEW, true), 0);
  CHECK(fake_core.trial);
  memcpy(boards[3], nor_bytes, FLASH);
  memcpy(nor_bytes, boards[0], FLASH);
  host_boot();
  for (uint32_t number = 1; number <= OLD; number++) {
    uint8_t record[12] = { (uint8_t)number };
    CHECK_EQUAL(deliver(number), 0);
    tars_install_retain_save((tars_text){ "blink", 5 }, record, sizeof record);
  }
  memcpy(boards[2], nor_bytes, FLASH);
}

/* ---- damage ---- */

/* A place in the flash; every second one where records lie. */
static uint32_t place(void) {
  uint32_t log = random_below(2) * TARS_STORE_LOG;
  return random_below(2) ? log + random_below(6000) : random_below(FLASH);
}

/* Some bits of the flash change. */
static void bits_flip(uint32_t count) {
  while (count--) nor_bytes[place()] ^= (uint8_t)(1u << random_below(8));
}

/* Bytes inside of one sector become others. */
static void sector_spoil(uint32_t kind) {
  uint32_t at = place(), end = at / TARS_STORE_SECTOR * TARS_STORE_SECTOR + TARS_STORE_SECTOR;
  uint32_t size = 1 + random_below(end - at);
  if (random_below(4) == 0) {
    at = end - TARS_STORE_SECTOR;
    size = TARS_STORE_SECTOR;
  }
  for (; size; size--, at++) nor_bytes[at] = kind == 2 ? 0 : kind == 3 ? 0xff : (uint8_t)random_below(256);
}

/* One bit; up to eight; a part of a sector 0x00, 0xff, anything; eight bits where the newest records lie. */
static void damage(uint32_t kind) {
  if (kind < 2) bits_flip(kind ? 2 + random_below(7) : 1);
  if (kind >= 2 && kind < 5) sector_spoil(kind);
  if (kind == 5)
    for (int i = 0; i < 8; i++)
      nor_bytes[(uint32_t)(i % 2) * TARS_STORE_LOG + random_below(3000)] ^= (uint8_t)(1u << random_below(8));
}

/* ---- what must hold ---- */

/* True if these bytes are a right record of the root document, or one that has its digest. */
static bool names_owner(const uint8_t *at, uint32_t room) {
  struct {
    uint32_t crc, sequence, size, body_crc;
    char name[48];
  } head;
  memcpy(&head, at, sizeof head);
  if (head.size > room - sizeof head || head.crc != tars_crc32(0, &head.sequence, sizeof head - sizeof head.crc))
    return false;
  const uint8_t *body = at + sizeof head;
  if (head.body_crc != tars_crc32(0, body, head.size)) return false;
  if (strcmp(head.name, "root") == 0) return true;
  return strcmp(head.name, "self") == 0 && head.size == sizeof(trust_self) &&
         memcmp(body + offsetof(trust_self, root), root_digest, sizeof root_digest) == 0;
}

/* The first place in the logs, from `at` on, that says whose board it is; the end of the logs if none does. */
static uint32_t owner_find(uint32_t at) {
  for (; at < 2 * TARS_STORE_LOG; at += TARS_BOARD_FLASH_PROGRAM) {
    uint32_t room = TARS_STORE_LOG - at % TARS_STORE_LOG;
    if (room >= 64 && names_owner(nor_bytes + at, room)) break;
  }
  return at;
}

static bool owner_is_left(void) { return owner_find(0) < 2 * TARS_STORE_LOG; }

/* Changes one bit of each copy of the root document, and of each copy of its digest if `all`. */
static void owner_spoil(bool all) {
  for (uint32_t at = owner_find(0); at < 2 * TARS_STORE_LOG; at = owner_find(at + TARS_BOARD_FLASH_PROGRAM))
    if (all || memcmp(nor_bytes + at + 16, "root", 5) == 0) nor_bytes[at + 64] ^= 1;
}

/* True if a bundle is refused as it must be on a board that has a newer one; a repair leaves a number without digest.
 */
static bool older_is_refused(uint32_t number) {
  int code = number ? host_bundle_install(app_of(number - 1), number - 1, false) : -TARS_E_ROLLBACK;
  return code == -TARS_E_ROLLBACK || code == -TARS_E_EQUIVOCATION;
}

/* A board that has lost its root document takes the one that it had, if anything tells it which that was, and no other:
 * true if it has it again. */
static bool root_return(bool left, uint32_t run) {
  static maker_bytes root;
  const maker_key stranger = maker_key_make(98, 1u << TARS_ROLE_ROOT | 1u << TARS_ROLE_RELEASE);
  const maker_root other = { .version = 1, .keys = { &stranger }, .signers = { &stranger } };
  maker_root_make(&other, &root);
  if (host_upload(TARS_UPLOAD_ROOT, &root, false, 1).code >= 0) violated("a stranger takes it", run);
  host_root_make(2, 0, &root);
  if (host_upload(TARS_UPLOAD_ROOT, &root, false, 1).code >= 0) violated("it takes another root document", run);
  host_own();
  if (left != (tars_trust_root() != NULL)) violated(left ? "its owner can't come back" : "it believes anybody", run);
  if (tars_trust_root()) return true;
  ownerless++;
  if (host_ask((tars_install_request){ .verb = TARS_INSTALL_ERASE, .physical = true }).code) violated("stuck", run);
  return false;
}

/* A board that can't tell whose it is: the owner's repair, and nobody else's, makes it usable again. */
static void repair(uint32_t number, bool left, uint32_t run) {
  static maker_bytes bundle, document;
  const maker_key stranger = maker_key_make(99, 1u << TARS_ROLE_OPERATOR);
  const maker_key *const owner[] = { &host_operator_key, NULL }, *const other[] = { &stranger, NULL };
  static const uint8_t nothing[] = { 0x80 };
  uint8_t nonce[TARS_NONCE];
  tars_trust_status status;
  tars_fleet_command_event read;
  host_bundle_make(&new_app, 0, NEW, false, &host_release_key, &bundle);
  if (host_upload(TARS_UPLOAD_BUNDLE, &bundle, true, 1).code != -TARS_E_UNREADABLE) violated("it takes a bundle", run);
  if (!tars_trust_root() && !root_return(left, run)) return;
  tars_trust_nonce_give(nonce);
  tars_trust_read(&status);
  tars_fleet_command_event command = { .device = { status.device, 16 },
                                       .nonce = { nonce, TARS_NONCE },
                                       .counter = 1,
                                       .request = TARS_LINK_REPAIR,
                                       .body = { nothing, 1 } };
  maker_document(TARS_FLEET_COMMAND_EVENT, &command, other, &document);
  if (tars_trust_command(document.bytes, document.size, &read) == 0) violated("a stranger repairs it", run);
  maker_document(TARS_FLEET_COMMAND_EVENT, &command, owner, &document);
  if (tars_trust_command(document.bytes, document.size, &read)) violated("its owner can't repair it", run);
  tars_install_request request = { .verb = TARS_INSTALL_REPAIR, .is_signed = true, .number = number };
  if (host_ask(request).code) violated("the repair fails", run);
  repaired++;
  host_boot();
}

/* After the start: whose board it is, what runs, and what it takes. `left`: something of its owner was. */
static void check(uint32_t board, bool left, uint32_t run) {
  const uint32_t number = board == 0 ? 0 : OLD;
  tars_trust_status status;
  tars_trust_read(&status);
  if (!status.owned) violated("it is open", run);
  if (host_begin(&(host_app){ 1, { 1 }, { 3000 } }, true).code >= 0) violated("it takes what nobody signed", run);
  if (!left && !status.unreadable) violated("it believes nothing", run);
  if (status.unreadable) repair(number, left, run);
  tars_trust_read(&status);
  if (status.unreadable) return;
  healed++;
  if (!status.owned || status.root_version != 1) violated("its owner is another", run);
  if (memcmp(status.public_key, device_key, sizeof device_key)) violated("its key is another", run);
  bool trial = board == 3 && fake_core.trial && host_app_runs(&new_app);
  if (fake_core.runs && !trial && (number == 0 || !host_app_runs(&old_app))) violated("it runs another app", run);
  app_lost += number && !fake_core.runs;
  if (trial) tars_install_trial_failed((tars_text){ "blink", 5 }, TARS_E_TRAP, "unreachable"), host_wait(1);
  if (!older_is_refused(number)) violated("it takes a lower number", run);
  if (deliver(NEW + trial) || !host_app_runs(&new_app) || fake_core.trial) violated("it isn't usable", run);
  host_boot();
  if (!host_app_runs(&new_app) || host_committed() < NEW) violated("what it took is gone", run);
}

/* A board that has lost its root document, and one that has lost its digest, too. */
static void owner_check(void) {
  for (int all = 0; all < 2; all++) {
    memcpy(nor_bytes, boards[0], FLASH);
    owner_spoil(all);
    bool left = owner_is_left();
    CHECK(left == !all);
    host_boot();
    check(0, left, 0);
    CHECK_EQUAL(ownerless, all);
  }
  ownerless = healed = repaired = 0;
}

int main(int argc, char **argv) {
  uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 250;
  boards_make();
  if (!PLANTED) owner_check();
  for (uint32_t run = 0; run < count && !(PLANTED && violations); run++) {
    uint32_t kind = random_below(KINDS), board = random_below(BOARDS);
    of_kind[kind]++;
    memcpy(nor_bytes, boards[board], FLASH);
    damage(kind);
    bool left = owner_is_left();
    host_boot();
    check(board, left, run);
  }
  if (PLANTED) {
    printf("the planted fault was %s\n", violations ? "caught" : "NOT caught");
  } else {
    printf(
        "damages: %u (1 bit %u, 2 to 8 bits %u, in a sector 0x00 %u, 0xff %u, anything %u, 8 bits in both logs %u)\n",
        (unsigned)count, (unsigned)of_kind[0], (unsigned)of_kind[1], (unsigned)of_kind[2], (unsigned)of_kind[3],
        (unsigned)of_kind[4], (unsigned)of_kind[5]);
    printf(
        "boards after them: %u open, lower or wrong, %u usable (%u of them after the owner's repair, %u without their "
        "app), %u with nothing left of their owner, to be erased\n",
        (unsigned)violations, (unsigned)healed, (unsigned)repaired, (unsigned)app_lost, (unsigned)ownerless);
  }
  CHECK(PLANTED ? violations > 0 : violations == 0);
  return check_report(PLANTED ? "damage_planted" : "damage");
}
