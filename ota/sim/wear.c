/* Wear: thousands of updates on the store of a board, and how often each sector was erased for them. Four modules of
 * 8 KiB; one of them changes, at every fourth update all do, and beside each update variables are retained, always by a
 * new name. Before each commit both apps are read, byte by byte.
 *
 *   wear [updates]   500 without it; built for the geometry of two boards */
#include "check.h"
#include "nor.h"
#include "store_flash.h"
#include "tars_errors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODULES = 4, SIZE = 8192, SECTORS = TARS_BOARD_FLASH_SIZE / TARS_STORE_SECTOR, VALUE = 12 };

static const tars_text steady = { "steady", 6 };
static tars_app_record app, next;

/* The behaviour that runs. */
static bool is_wanted(tars_text name) { return name.size == steady.size && !memcmp(name.text, steady.text, name.size); }

/* Power on. */
static void start(void) {
  bool fresh;
  CHECK_EQUAL(tars_store_mount(&fresh, is_wanted), 0);
}

/* Byte of a module. */
static uint8_t byte_of(const uint8_t *digest, uint32_t at) { return (uint8_t)(digest[at % TARS_DIGEST] + (at >> 5)); }

/* Names a module by a number. */
static void digest_make(uint8_t digest[TARS_DIGEST], uint32_t number) {
  for (int i = 0; i < TARS_DIGEST; i++) digest[i] = (uint8_t)(number >> i % 4 * 8 ^ (uint32_t)i * 7);
}

/* True if all modules of an app are there. */
static bool is_there(const tars_app_record *record) {
  uint8_t bytes[512];
  for (int i = 0; i < record->count; i++)
    for (uint32_t at = 0; at < SIZE; at += sizeof bytes) {
      if (tars_store_module_read(record->digests[i], at, bytes, sizeof bytes)) return false;
      for (uint32_t k = 0; k < sizeof bytes; k++)
        if (bytes[k] != byte_of(record->digests[i], at + k)) return false;
    }
  return true;
}

/* Keeps the modules of both apps. */
static bool keep(const void *context, const uint8_t digest[TARS_DIGEST]) {
  (void)context;
  for (int i = 0; i < MODULES; i++)
    if (!memcmp(app.digests[i], digest, TARS_DIGEST) || !memcmp(next.digests[i], digest, TARS_DIGEST)) return true;
  return false;
}

/* Receives the modules of `next` that aren't there. */
static void receive(void) {
  uint8_t bytes[896];
  for (int i = 0; i < MODULES; i++) {
    if (tars_store_module_has(next.digests[i], SIZE)) continue;
    CHECK(tars_store_free() >= SIZE);
    CHECK_EQUAL(tars_store_part_begin(next.digests[i], SIZE), 0);
    for (uint32_t at = 0, part; at < SIZE; at += part) {
      part = SIZE - at < sizeof bytes ? SIZE - at : sizeof bytes;
      for (uint32_t k = 0; k < part; k++) bytes[k] = byte_of(next.digests[i], at + k);
      CHECK_EQUAL(tars_store_part_append(bytes, part), 0);
    }
    CHECK_EQUAL(tars_store_part_finish(), 0);
  }
}

/* One update, from its begin to its commit. */
static void update(uint32_t number) {
  next.count = MODULES;
  for (uint32_t i = 0; i < MODULES; i++) {
    next.sizes[i] = SIZE;
    if (number % 4 == 0 || i == number % MODULES) digest_make(next.digests[i], number * MODULES + i + 1);
  }
  CHECK_EQUAL(tars_store_modules_sweep(keep, NULL), 0);
  receive();
  CHECK_EQUAL(tars_store_app_write(TARS_STORE_NEXT, &next), 0);
  CHECK(is_there(&app) && is_there(&next));
  CHECK_EQUAL(tars_store_app_write(TARS_STORE_APP, &next), 0);
  CHECK_EQUAL(tars_store_next_remove(), 0);
  app = next;
  CHECK_EQUAL(tars_store_modules_sweep(keep, NULL), 0);
}

/* Variables of the behaviour that runs, which was stored once, and of ever new ones. */
static void retain(uint32_t number) {
  char name[16];
  uint8_t value[VALUE] = { 1 }, read[VALUE];
  snprintf(name, sizeof name, "gone%u", (unsigned)number);
  CHECK_EQUAL(tars_store_retain_save((tars_text){ name, (uint16_t)strlen(name) }, value, sizeof value), 0);
  CHECK_EQUAL(tars_store_retain_load(steady, read, sizeof read), VALUE);
}

/* How often the sectors of a range were erased: prints it, and returns how far most and least are apart. */
static uint32_t spread(const char *what, uint32_t first, uint32_t count) {
  uint32_t least = UINT32_MAX, most = 0;
  for (uint32_t i = first; i < first + count; i++) {
    least = nor_erases[i] < least ? nor_erases[i] : least;
    most = nor_erases[i] > most ? nor_erases[i] : most;
  }
  printf("%s: %u sectors of %u KiB, each erased %u to %u times\n", what, (unsigned)count, TARS_STORE_SECTOR / 1024u,
         (unsigned)least, (unsigned)most);
  return most - least;
}

int main(int argc, char **argv) {
  uint32_t updates = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 500;
  const uint32_t log = TARS_STORE_LOG / TARS_STORE_SECTOR;
  uint8_t value[VALUE] = { 7 };
  nor_reset();
  start();
  CHECK_EQUAL(tars_store_retain_save(steady, value, sizeof value), 0);
  for (uint32_t number = 0; number < updates; number++) {
    update(number);
    retain(number);
    if (number % 16 == 15) start();
  }
  printf("%u updates of four modules of 8 KiB, with two apps in the store at each\n", (unsigned)updates);
  CHECK(spread("logs", 0, 2 * log) <= 2 + updates / 500);
  CHECK(spread("modules", 2 * log, SECTORS - 2 * log) <= 1);
  return check_report("wear");
}
