/* Step 7: the flash of the store, TARS_BOARD_FLASH_SIZE bytes at a place of the port's choice, outside of what the
 * firmware is programmed into. */
#include "port.h"
#include "tars_hal.h"

/* Bytes at an offset: any offset, any size inside, else -range. */
int tars_flash_read(uint32_t offset, void *bytes, uint32_t size) {
  (void)offset, (void)bytes, (void)size;
  return NOT_WRITTEN;
}

/* Clears bits. Offset and size are multiples of TARS_BOARD_FLASH_PROGRAM, else -range; -io if a bit would have to be
 * set or the chip says so. A power cut may leave any part of these bytes done, and touches nothing else. */
int tars_flash_program(uint32_t offset, const void *bytes, uint32_t size) {
  (void)offset, (void)bytes, (void)size;
  return NOT_WRITTEN;
}

/* Sets all bits of one block of TARS_BOARD_FLASH_ERASE bytes; -range for another offset than a block's. If the chip
 * stops the processor meanwhile (code in the same bank), native blocks and their code must lie in RAM or in another
 * bank. */
int tars_flash_erase(uint32_t offset) {
  (void)offset;
  return NOT_WRITTEN;
}

/* Operations since the start: `tars ps` shows them, and the wear of the flash is budgeted by them. */
void tars_flash_counters(uint32_t *erases, uint32_t *programs) { *erases = *programs = 0; }
