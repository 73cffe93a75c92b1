/* The bytes of the NOR flash in a file. Every write is one pwrite, so what was acknowledged outlives the process,
 * however it ends. */
#include "port.h"
#include "board.h"       /* geometry */
#include "tars_errors.h" /* codes of the contract */
#include "tars_sim.h"    /* the interface implemented here */

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int file = -1;

int tars_nor_read(uint32_t offset, void *bytes, uint32_t size) {
  return pread(file, bytes, size, offset) == (ssize_t)size ? 0 : -TARS_E_IO;
}

int tars_nor_write(uint32_t offset, const void *bytes, uint32_t size) {
  return pwrite(file, bytes, size, offset) == (ssize_t)size ? 0 : -TARS_E_IO;
}

int tars_nor_erase(uint32_t offset) {
  uint8_t block[TARS_BOARD_FLASH_ERASE];
  memset(block, 0xff, sizeof block);
  return tars_nor_write(offset, block, sizeof block);
}

/* Opens the file; a new or short one is filled with erased blocks. */
void tars_flash_open(const char *state) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/flash.bin", state);
  file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) tars_fail("cannot open %s: %m", path);
  uint32_t size = (uint32_t)(status.st_size / TARS_BOARD_FLASH_ERASE * TARS_BOARD_FLASH_ERASE);
  for (; size < TARS_BOARD_FLASH_SIZE; size += TARS_BOARD_FLASH_ERASE)
    if (tars_nor_erase(size)) tars_fail("cannot write %s: %m", path);
}
