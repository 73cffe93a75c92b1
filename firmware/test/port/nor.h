/* NOR flash in RAM, behind the board's flash interface, with a power cut at any operation. */
#ifndef NOR_H
#define NOR_H

#include "board.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

extern uint8_t nor_bytes[TARS_BOARD_FLASH_SIZE];
extern uint32_t nor_operations;                                             /* erases and programs since nor_reset() */
extern uint32_t nor_erases[TARS_BOARD_FLASH_SIZE / TARS_BOARD_FLASH_ERASE]; /* of each sector, since then */
/* Where a simulated power cut longjmps to: the test calls setjmp before. */
extern jmp_buf nor_power;

/* Erases the flash and takes back every cut and failure. */
void nor_reset(void);
/* Copies the flash into `image`. */
void nor_snapshot(uint8_t image[TARS_BOARD_FLASH_SIZE]);
/* Puts an image back. Writes only the blocks that have changed since the last time, if that was this image too. */
void nor_restore(const uint8_t image[TARS_BOARD_FLASH_SIZE]);
/* The operation after `operations` more is torn in the middle and the power fails; UINT32_MAX: never. */
void nor_cut_after(uint32_t operations);
/* Operations fail with -error from the one after `operations` on; error 0: never. */
void nor_fail_after(int error, uint32_t operations);
/* Reads fail with -io: `count` of them, the first after `reads` more, then one of `step`. */
void nor_read_fail(uint32_t reads, uint32_t count, uint32_t step);
extern uint32_t nor_reads; /* all that were made */

#endif
