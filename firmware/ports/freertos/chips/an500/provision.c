/* What was put into the flash behind the store when the board was made: its name and a seed. The emulator has no source
 * of entropy, so random bytes are the seed stretched by SHA-256: as unpredictable as who made it, no more. Every start
 * replaces the seed by its digest before the first byte is given out, so no start repeats another one's. A port to a
 * real board asks the chip's generator here instead. */
#include "an500.h"
#include "board.h" /* size of the store */
#include "chip.h"
#include "port.h"
#include "tars_sha256.h"

#include <string.h>

enum { MAGIC = 0x56505254 }; /* "TRPV" */

/* At the first byte behind the store; written by whoever makes the board. */
typedef struct {
  uint32_t magic;
  char name[36];  /* ends with a zero */
  uint32_t flags; /* 1: the virtual clock, 2: never sleeps */
  uint8_t seed[32];
} provision;
#define PROVISION ((provision *)(AN500_FLASH + TARS_BOARD_FLASH_SIZE))

static struct {
  uint8_t key[32];
  uint32_t count;
} generator;

/* The digest of the seed and a word that says what for. */
static void derive(uint8_t purpose, uint8_t digest[32]) {
  tars_sha256 sha;
  tars_sha256_begin(&sha);
  tars_sha256_add(&sha, PROVISION->seed, sizeof PROVISION->seed);
  tars_sha256_add(&sha, &purpose, 1);
  tars_sha256_end(&sha, digest);
}

/* Derives the generator's key from the seed of the provisioning page, and a new seed for the next start. */
void chip_random_start(void) {
  uint8_t next[32];
  derive(1, generator.key);
  derive(2, next);
  memcpy(PROVISION->seed, next, sizeof next);
}

const char *chip_device(void) {
  bool named = PROVISION->magic == MAGIC && memchr(PROVISION->name, 0, sizeof PROVISION->name) && PROVISION->name[0];
  return named ? PROVISION->name : "qemu-m7";
}

/* A flag of the page; false if the page was never written. */
static bool flag(uint32_t bit) { return PROVISION->magic == MAGIC && (PROVISION->flags & bit) != 0; }

bool chip_wants_virtual_clock(void) { return flag(1); }

/* Sleeps unless somebody asked that it never does: the emulator's clock, which follows the host's while the processor
 * sleeps, then counts instructions and nothing else. */
void chip_idle(void) {
  if (!flag(2)) __asm volatile("wfi");
}

/* Bytes of the generator: SHA-256 of key and count. Any task. */
int tars_os_random(uint8_t *bytes, uint32_t size) {
  while (size > 0) {
    uint8_t block[32];
    tars_sha256 sha;
    taskENTER_CRITICAL();
    uint32_t count = generator.count++;
    taskEXIT_CRITICAL();
    tars_sha256_begin(&sha);
    tars_sha256_add(&sha, generator.key, sizeof generator.key);
    tars_sha256_add(&sha, &count, sizeof count);
    tars_sha256_end(&sha, block);
    uint32_t part = size < sizeof block ? size : sizeof block;
    memcpy(bytes, block, part);
    bytes += part;
    size -= part;
  }
  return 0;
}
