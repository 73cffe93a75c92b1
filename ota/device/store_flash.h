/* Inside the store: the board's flash in whole pages, and how it is divided.
 *
 *   log 0 | log 1 | modules
 *
 * Both logs hold the same records; store_log.c says why. */
#ifndef STORE_FLASH_H
#define STORE_FLASH_H

#include "board.h"      /* geometry */
#include "tars_store.h" /* chunks */

#include <stdint.h>

enum {
  TARS_STORE_SECTOR = TARS_BOARD_FLASH_ERASE,
  /* Bytes of a log: twice what an app of limits.modules behaviours with limits.state retained variables needs beside
   * root document and certificate. */
  TARS_STORE_LOG = TARS_STORE_SECTOR > 32768 ? TARS_STORE_SECTOR : 32768,
  TARS_STORE_AREA = TARS_BOARD_FLASH_SIZE - 2 * TARS_STORE_LOG, /* bytes for modules */
};

_Static_assert(TARS_STORE_LOG % TARS_STORE_SECTOR == 0 && TARS_BOARD_FLASH_SIZE % TARS_STORE_SECTOR == 0,
               "whole sectors");
_Static_assert(TARS_STORE_SECTOR % TARS_STORE_CHUNK == 0 && TARS_STORE_CHUNK % TARS_BOARD_FLASH_PROGRAM == 0 &&
                   TARS_STORE_CHUNK % TARS_BOARD_FLASH_READ == 0,
               "whole pages in a chunk");

/* All return 0 or a negative error. Reads bytes from anywhere. */
int tars_store_bytes_read(uint32_t at, void *bytes, uint32_t size);
/* Programs at most TARS_STORE_CHUNK bytes from the beginning of a page on; the rest of the last page stays erased. */
int tars_store_bytes_program(uint32_t at, const void *bytes, uint32_t size);
int tars_store_sectors_erase(uint32_t at, uint32_t size);
/* 1 if all of it is erased, else 0. */
int tars_store_is_blank(uint32_t at, uint32_t size);

#endif
