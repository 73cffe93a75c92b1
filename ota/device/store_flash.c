/* Flash in whole pages; see store_flash.h. */
#include "store_flash.h"

#include "tars_errors.h" /* codes of the contract */
#include "tars_hal.h"    /* flash */

#include <string.h>

enum { PAGE = TARS_BOARD_FLASH_PROGRAM, READ = TARS_BOARD_FLASH_READ };

int tars_store_bytes_read(uint32_t at, void *bytes, uint32_t size) {
  uint8_t chunk[TARS_STORE_CHUNK], *to = bytes;
  while (size) {
    uint32_t skip = at % READ, part = size < sizeof chunk - skip ? size : sizeof chunk - skip;
    int err = tars_flash_read(at - skip, chunk, (skip + part + READ - 1) / READ * READ);
    if (err) return err;
    memcpy(to, chunk + skip, part);
    to += part, at += part, size -= part;
  }
  return 0;
}

/* A program must not go beyond its sector. */
int tars_store_bytes_program(uint32_t at, const void *bytes, uint32_t size) {
  uint8_t chunk[TARS_STORE_CHUNK];
  uint32_t whole = (size + PAGE - 1) / PAGE * PAGE, first = TARS_STORE_SECTOR - at % TARS_STORE_SECTOR;
  memset(chunk, 0xff, sizeof chunk);
  memcpy(chunk, bytes, size);
  if (first > whole) first = whole;
  int err = tars_flash_program(at, chunk, first);
  return err || first == whole ? err : tars_flash_program(at + first, chunk + first, whole - first);
}

int tars_store_sectors_erase(uint32_t at, uint32_t size) {
  int err = 0;
  for (uint32_t end = at + size; at < end && !err; at += TARS_STORE_SECTOR) err = tars_flash_erase(at);
  return err;
}

int tars_store_is_blank(uint32_t at, uint32_t size) {
  uint8_t chunk[TARS_STORE_CHUNK];
  for (uint32_t part; size; at += part, size -= part) {
    part = size < sizeof chunk ? size : sizeof chunk;
    int err = tars_store_bytes_read(at, chunk, part);
    if (err) return err;
    for (uint32_t i = 0; i < part; i++)
      if (chunk[i] != 0xff) return 0;
  }
  return 1;
}
