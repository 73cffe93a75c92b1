/* The rules of the store's flash: aligned, bits only cleared, whole blocks erased, operations counted. */
#include "conformance.h"
#include "board.h"
#include "tars_errors.h"
#include "tars_hal.h"

#include <string.h>

enum { AT = 2 * TARS_BOARD_FLASH_ERASE, PAGE = TARS_BOARD_FLASH_PROGRAM };

/* True if `size` bytes at `offset` are all `value`. */
static bool all(uint32_t offset, uint32_t size, uint8_t value) {
  uint8_t bytes[PAGE];
  for (uint32_t at = 0; at < size; at += PAGE) {
    if (tars_flash_read(offset + at, bytes, PAGE) != 0) return false;
    for (uint32_t i = 0; i < PAGE; i++)
      if (bytes[i] != value) return false;
  }
  return true;
}

void conformance_store(void) {
  uint8_t zeros[PAGE] = { 0 }, ones[PAGE];
  uint32_t erases, programs, erases_after, programs_after;
  memset(ones, 0xff, sizeof ones);
  tars_flash_counters(&erases, &programs);
  CHECK(tars_flash_erase(AT) == 0 && all(AT, TARS_BOARD_FLASH_ERASE, 0xff));
  CHECK(tars_flash_program(AT + PAGE, zeros, PAGE) == 0);
  CHECK(all(AT, PAGE, 0xff) && all(AT + PAGE, PAGE, 0) && all(AT + 2 * PAGE, PAGE, 0xff));
  CHECK(tars_flash_program(AT + PAGE, ones, PAGE) == -TARS_E_IO && all(AT + PAGE, PAGE, 0)); /* would set bits */
  CHECK(tars_flash_program(AT + 1, zeros, PAGE) == -TARS_E_RANGE);
  CHECK(tars_flash_program(AT, zeros, PAGE - 1) == -TARS_E_RANGE);
  CHECK(tars_flash_erase(AT + PAGE) == -TARS_E_RANGE && tars_flash_erase(TARS_BOARD_FLASH_SIZE) == -TARS_E_RANGE);
  CHECK(tars_flash_read(TARS_BOARD_FLASH_SIZE - PAGE, ones, PAGE) == 0);
  CHECK(tars_flash_read(TARS_BOARD_FLASH_SIZE - PAGE, ones, 2 * PAGE) == -TARS_E_RANGE);
  CHECK(tars_flash_erase(AT) == 0 && all(AT, TARS_BOARD_FLASH_ERASE, 0xff));
  tars_flash_counters(&erases_after, &programs_after);
  CHECK(erases_after == erases + 2 && programs_after >= programs + 1);
}
