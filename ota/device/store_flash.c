/* littlefs on the board's flash: geometry, buffers, errors. */
#include "store_flash.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_hal.h"    /* flash */

enum {
  BLOCKS = TARS_BOARD_FLASH_SIZE / TARS_BOARD_FLASH_ERASE,
  LOOKAHEAD = (BLOCKS + 63) / 64 * 8, /* bytes, one bit for each block, a multiple of 8 */
  BLOCK_CYCLES = 500,                 /* erases of a metadata block before it moves: wear levelling */
};

_Static_assert(TARS_STORE_CACHE % TARS_BOARD_FLASH_READ == 0 && TARS_STORE_CACHE % TARS_BOARD_FLASH_PROGRAM == 0,
               "whole pages in a cache");
_Static_assert(TARS_BOARD_FLASH_ERASE % TARS_STORE_CACHE == 0, "whole caches in a block");

static uint8_t read_buffer[TARS_STORE_CACHE], program_buffer[TARS_STORE_CACHE], lookahead_buffer[LOOKAHEAD];

/* Makes an error of littlefs of an error of the flash. */
static int to_lfs(int err) {
  if (err >= 0) return 0;
  return err == -TARS_E_NOSPACE ? LFS_ERR_NOSPC : LFS_ERR_IO;
}

/* Reads from a block. */
static int block_read(const struct lfs_config *config, lfs_block_t block, lfs_off_t offset, void *bytes,
                      lfs_size_t size) {
  (void)config;
  return to_lfs(tars_flash_read(block * TARS_BOARD_FLASH_ERASE + offset, bytes, size));
}

/* Programs a part of a block. */
static int block_program(const struct lfs_config *config, lfs_block_t block, lfs_off_t offset, const void *bytes,
                         lfs_size_t size) {
  (void)config;
  return to_lfs(tars_flash_program(block * TARS_BOARD_FLASH_ERASE + offset, bytes, size));
}

/* Erases a block. */
static int block_erase(const struct lfs_config *config, lfs_block_t block) {
  (void)config;
  return to_lfs(tars_flash_erase(block * TARS_BOARD_FLASH_ERASE));
}

/* Nothing to do: every operation has reached the flash when it returns. */
static int block_sync(const struct lfs_config *config) {
  (void)config;
  return 0;
}

const struct lfs_config tars_store_config = {
  .read = block_read,
  .prog = block_program,
  .erase = block_erase,
  .sync = block_sync,
  .read_size = TARS_BOARD_FLASH_READ,
  .prog_size = TARS_BOARD_FLASH_PROGRAM,
  .block_size = TARS_BOARD_FLASH_ERASE,
  .block_count = BLOCKS,
  .block_cycles = BLOCK_CYCLES,
  .cache_size = TARS_STORE_CACHE,
  .lookahead_size = LOOKAHEAD,
  .read_buffer = read_buffer,
  .prog_buffer = program_buffer,
  .lookahead_buffer = lookahead_buffer,
};

lfs_t tars_store_lfs;

const struct lfs_file_config *tars_store_file_config(void) {
  static uint8_t buffer[TARS_STORE_CACHE];
  static const struct lfs_file_config config = { .buffer = buffer };
  return &config;
}

int tars_store_error(int err) {
  switch (err) {
  case LFS_ERR_NOSPC:
  case LFS_ERR_NAMETOOLONG: return -TARS_E_NOSPACE; /* littlefs says so if a folder cannot take a new name */
  case LFS_ERR_NOENT: return -TARS_E_UNKNOWN;
  case LFS_ERR_CORRUPT: return -TARS_E_CORRUPT;
  default: return err < 0 ? -TARS_E_IO : err;
  }
}
