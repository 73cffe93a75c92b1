/* NOR flash in RAM. A torn program leaves the second half of its bytes as they were and one byte between the two with
 * half of its bits; a torn erase leaves half of the block. */
#include "nor.h"
#include "check.h"
#include "tars_errors.h"
#include "tars_hal.h"

#include <string.h>

/* A check that is counted only when it fails: millions of them pass in a run of ota/sim. */
#define REQUIRE(condition)                                                                                             \
  do {                                                                                                                 \
    if (!(condition)) CHECK(condition);                                                                                \
  } while (0)

uint8_t nor_bytes[TARS_BOARD_FLASH_SIZE];
uint32_t nor_reads, nor_operations, nor_erases[TARS_BOARD_FLASH_SIZE / TARS_BOARD_FLASH_ERASE];
jmp_buf nor_power;

static uint32_t cut_in, fail_in, erase_count, program_count, blind_from, blind_count, blind_step;
static int fail_error;
static const uint8_t *restored; /* image that the blocks which aren't dirty hold */
static bool dirty[TARS_BOARD_FLASH_SIZE / TARS_BOARD_FLASH_ERASE];

void nor_reset(void) {
  memset(nor_bytes, 0xff, sizeof nor_bytes);
  memset(nor_erases, 0, sizeof nor_erases);
  restored = NULL;
  nor_operations = erase_count = program_count = 0;
  nor_cut_after(UINT32_MAX);
  nor_fail_after(0, 0);
}

void nor_snapshot(uint8_t image[TARS_BOARD_FLASH_SIZE]) {
  memcpy(image, nor_bytes, sizeof nor_bytes);
  memset(dirty, 0, sizeof dirty);
  restored = image;
}

void nor_restore(const uint8_t image[TARS_BOARD_FLASH_SIZE]) {
  for (uint32_t i = 0; i < sizeof dirty / sizeof *dirty; i++)
    if (dirty[i] || restored != image)
      memcpy(nor_bytes + i * TARS_BOARD_FLASH_ERASE, image + i * TARS_BOARD_FLASH_ERASE, TARS_BOARD_FLASH_ERASE);
  memset(dirty, 0, sizeof dirty);
  restored = image;
}

void nor_cut_after(uint32_t operations) { cut_in = operations; }

void nor_fail_after(int error, uint32_t operations) {
  fail_error = error;
  fail_in = operations;
}

/* Counts an operation; true if it is the one that is torn. */
static bool is_torn(void) {
  nor_operations++;
  if (cut_in == UINT32_MAX) return false;
  return cut_in-- == 0;
}

/* Error that this operation must return, 0 none. */
static int failure(void) {
  if (fail_error == 0) return 0;
  if (fail_in > 0) {
    fail_in--;
    return 0;
  }
  return -fail_error;
}

void nor_read_fail(uint32_t reads, uint32_t count, uint32_t step) {
  blind_from = nor_reads + reads;
  blind_count = count;
  blind_step = step;
}

int tars_flash_read(uint32_t offset, void *bytes, uint32_t size) {
  REQUIRE(offset + size <= sizeof nor_bytes);
  uint32_t since = nor_reads++ - blind_from;
  if (blind_count && since / blind_step < blind_count && since % blind_step == 0) return -TARS_E_IO;
  memcpy(bytes, nor_bytes + offset, size);
  return 0;
}

int tars_flash_program(uint32_t offset, const void *bytes, uint32_t size) {
  const uint8_t *from = bytes;
  REQUIRE(offset % TARS_BOARD_FLASH_PROGRAM == 0 && size % TARS_BOARD_FLASH_PROGRAM == 0 &&
          offset + size <= sizeof nor_bytes);
  int err = failure();
  if (err) return err;
  bool torn = is_torn();
  dirty[offset / TARS_BOARD_FLASH_ERASE] = true;
  uint32_t whole = torn ? size / 2 : size;
  uint8_t set = 0;
  for (uint32_t i = 0; i < whole; i++) {
    set |= (uint8_t)(from[i] & ~nor_bytes[offset + i]);
    nor_bytes[offset + i] &= from[i];
  }
  REQUIRE(set == 0); /* a program only clears bits */
  program_count++;
  if (torn) {
    nor_bytes[offset + whole] &= from[whole] | 0x0f;
    cut_in = UINT32_MAX;
    longjmp(nor_power, 1);
  }
  return 0;
}

int tars_flash_erase(uint32_t offset) {
  REQUIRE(offset % TARS_BOARD_FLASH_ERASE == 0 && offset < sizeof nor_bytes);
  int err = failure();
  if (err) return err;
  bool torn = is_torn();
  dirty[offset / TARS_BOARD_FLASH_ERASE] = true;
  memset(nor_bytes + offset, 0xff, torn ? TARS_BOARD_FLASH_ERASE / 2 : TARS_BOARD_FLASH_ERASE);
  erase_count++;
  nor_erases[offset / TARS_BOARD_FLASH_ERASE]++;
  if (torn) {
    cut_in = UINT32_MAX;
    longjmp(nor_power, 1);
  }
  return 0;
}

void tars_flash_counters(uint32_t *erases, uint32_t *programs) {
  *erases = erase_count;
  *programs = program_count;
}
