/* The rules of NOR flash over bytes that the port keeps: a program is aligned and only clears bits, an erase takes a
 * whole block. */
#include "board.h" /* geometry */
#include "tars_sim.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_hal.h"    /* the interface implemented here */

enum { CHUNK = 256 }; /* bytes compared at a time, on the caller's stack */

static uint32_t erase_count, program_count, fault_after;
static uint8_t fault_error;

/* Bench: lets `after` more operations succeed, then fails them all. */
void tars_flash_fault(uint8_t error, uint32_t after) {
  tars_sim_lock();
  fault_error = error;
  fault_after = after;
  tars_sim_unlock();
}

/* Counts an operation; a negative error if it must fail. */
static int operation_count(uint32_t *counter) {
  int err = 0;
  tars_sim_lock();
  if (fault_error != 0 && fault_after == 0)
    err = -(int)fault_error;
  else
    (*counter)++;
  if (fault_error != 0 && fault_after > 0) fault_after--;
  tars_sim_unlock();
  return err;
}

/* True if the range lies in the flash. */
static bool in_range(uint32_t offset, uint32_t size) {
  return offset <= TARS_BOARD_FLASH_SIZE && size <= TARS_BOARD_FLASH_SIZE - offset;
}

/* Reads bytes. */
int tars_flash_read(uint32_t offset, void *bytes, uint32_t size) {
  return in_range(offset, size) ? tars_nor_read(offset, bytes, size) : -TARS_E_RANGE;
}

/* 0 if `bytes` clear bits of the flash only, else -io. */
static int clears_only(uint32_t offset, const uint8_t *bytes, uint32_t size) {
  uint8_t old[CHUNK];
  for (uint32_t at = 0; at < size; at += CHUNK) {
    uint32_t part = size - at < CHUNK ? size - at : CHUNK;
    int err = tars_nor_read(offset + at, old, part);
    if (err) return err;
    for (uint32_t i = 0; i < part; i++)
      if (bytes[at + i] & ~old[i]) return -TARS_E_IO;
  }
  return 0;
}

/* Programs pages of one erase block. */
int tars_flash_program(uint32_t offset, const void *bytes, uint32_t size) {
  if (!in_range(offset, size) || offset % TARS_BOARD_FLASH_PROGRAM || size % TARS_BOARD_FLASH_PROGRAM)
    return -TARS_E_RANGE;
  if (size > TARS_BOARD_FLASH_ERASE - offset % TARS_BOARD_FLASH_ERASE) return -TARS_E_RANGE;
  int err = operation_count(&program_count);
  if (!err) err = clears_only(offset, bytes, size);
  return err ? err : tars_nor_write(offset, bytes, size);
}

/* Erases one block. */
int tars_flash_erase(uint32_t offset) {
  if (!in_range(offset, TARS_BOARD_FLASH_ERASE) || offset % TARS_BOARD_FLASH_ERASE) return -TARS_E_RANGE;
  int err = operation_count(&erase_count);
  return err ? err : tars_nor_erase(offset);
}

/* Operations since the start. */
void tars_flash_counters(uint32_t *erases, uint32_t *programs) {
  tars_sim_lock();
  *erases = erase_count;
  *programs = program_count;
  tars_sim_unlock();
}
