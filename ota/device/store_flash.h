/* Inside the store: the file system and its errors. */
#ifndef STORE_FLASH_H
#define STORE_FLASH_H

#include "board.h" /* geometry */
#include "lfs.h"   /* littlefs */

/* Bytes of each cache of littlefs; also the largest file that lies inside its folder's block. */
#define TARS_STORE_CACHE (TARS_BOARD_FLASH_PROGRAM > 256 ? TARS_BOARD_FLASH_PROGRAM : 256)

extern lfs_t tars_store_lfs;
extern const struct lfs_config tars_store_config;
/* Buffer of the one file that is open. */
const struct lfs_file_config *tars_store_file_config(void);
/* Negative errors become those of the contract; 0 and up stay. */
int tars_store_error(int err);

#endif
