/* The bytes of the NOR flash: memory that the emulator maps to a file. A program or erase that is cut by the end of the
 * emulator leaves a part of it done, as real flash does. */
#include "an500.h"
#include "board.h"    /* geometry */
#include "tars_sim.h" /* the interface implemented here */

#include <string.h>

int tars_nor_read(uint32_t offset, void *bytes, uint32_t size) {
  memcpy(bytes, AN500_FLASH + offset, size);
  return 0;
}

int tars_nor_write(uint32_t offset, const void *bytes, uint32_t size) {
  memcpy(AN500_FLASH + offset, bytes, size);
  return 0;
}

int tars_nor_erase(uint32_t offset) {
  memset(AN500_FLASH + offset, 0xff, TARS_BOARD_FLASH_ERASE);
  return 0;
}
