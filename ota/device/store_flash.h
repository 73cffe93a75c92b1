/* Inside the store: the file system and its errors. */
#ifndef STORE_FLASH_H
#define STORE_FLASH_H

#include "board.h" /* geometry */
#include "lfs.h"   /* littlefs */

/* Bytes of each cache of littlefs; also the largest file that lies inside its folder's block. */
#define TARS_STORE_CACHE (TARS_BOARD_FLASH_PROGRAM > 256 ? TARS_BOARD_FLASH_PROGRAM : 256)

extern lfs_t tars_store_lfs;
extern const struct lfs_config tars_store_config;
/* Configuration with the buffer for the one file that is open at a time. */
const struct lfs_file_config *tars_store_file_config(void);
/* Makes a negative error of the contract of one of littlefs; 0 and positive values stay as they are. */
int tars_store_error(int err);

#endif
