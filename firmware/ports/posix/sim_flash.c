/* NOR flash in a file. The rules of NOR are enforced: a program is aligned and only clears bits, an erase takes a whole
 * block. Every operation is one pwrite, so what was acknowledged outlives the process, however it ends. */
#include "port.h"
#include "board.h"       /* geometry */
#include "tars_errors.h" /* codes of the contract */
#include "tars_hal.h"    /* the interface implemented here */

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int file = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* counters and fault: the bench sets them */
static uint32_t erase_count, program_count, fault_after;
static uint8_t fault_error;

/* Writes a block of erased bytes. */
static int block_fill(uint32_t offset) {
  uint8_t block[TARS_BOARD_FLASH_ERASE];
  memset(block, 0xff, sizeof block);
  return pwrite(file, block, sizeof block, offset) == (ssize_t)sizeof block ? 0 : -TARS_E_IO;
}

/* Opens the file; a new or short one is filled with erased blocks. */
void tars_flash_open(const char *state) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/flash.bin", state);
  file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0)
    tars_fail("cannot open %s: %m", path);
  uint32_t size = (uint32_t)(status.st_size / TARS_BOARD_FLASH_ERASE * TARS_BOARD_FLASH_ERASE);
  for (; size < TARS_BOARD_FLASH_SIZE; size += TARS_BOARD_FLASH_ERASE)
    if (block_fill(size))
      tars_fail("cannot write %s: %m", path);
}

/* Bench: lets `after` more operations succeed, then fails them all. */
void tars_flash_fault(uint8_t error, uint32_t after) {
  pthread_mutex_lock(&mutex);
  fault_error = error;
  fault_after = after;
  pthread_mutex_unlock(&mutex);
}

/* Counts an operation; a negative error if it must fail. */
static int operation_count(uint32_t *counter) {
  int err = 0;
  pthread_mutex_lock(&mutex);
  if (fault_error != 0 && fault_after == 0)
    err = -(int)fault_error;
  else
    (*counter)++;
  if (fault_error != 0 && fault_after > 0)
    fault_after--;
  pthread_mutex_unlock(&mutex);
  return err;
}

/* True if the range lies in the flash. */
static bool in_range(uint32_t offset, uint32_t size) {
  return offset <= TARS_BOARD_FLASH_SIZE && size <= TARS_BOARD_FLASH_SIZE - offset;
}

/* Reads bytes. */
int tars_flash_read(uint32_t offset, void *bytes, uint32_t size) {
  if (!in_range(offset, size))
    return -TARS_E_RANGE;
  return pread(file, bytes, size, offset) == (ssize_t)size ? 0 : -TARS_E_IO;
}

/* True if `bytes` clear bits of `old` only. */
static bool clears_only(const uint8_t *old, const uint8_t *bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; i++)
    if (bytes[i] & ~old[i])
      return false;
  return true;
}

/* Programs pages of one erase block. */
int tars_flash_program(uint32_t offset, const void *bytes, uint32_t size) {
  uint8_t old[TARS_BOARD_FLASH_ERASE];
  if (!in_range(offset, size) || offset % TARS_BOARD_FLASH_PROGRAM || size % TARS_BOARD_FLASH_PROGRAM)
    return -TARS_E_RANGE;
  if (size > TARS_BOARD_FLASH_ERASE - offset % TARS_BOARD_FLASH_ERASE)
    return -TARS_E_RANGE;
  int err = operation_count(&program_count);
  if (err)
    return err;
  if (pread(file, old, size, offset) != (ssize_t)size)
    return -TARS_E_IO;
  if (!clears_only(old, bytes, size)) {
    fprintf(stderr, "tars-board: flash program at %u sets bits that are not erased\n", (unsigned)offset);
    return -TARS_E_IO;
  }
  return pwrite(file, bytes, size, offset) == (ssize_t)size ? 0 : -TARS_E_IO;
}

/* Erases one block. */
int tars_flash_erase(uint32_t offset) {
  if (!in_range(offset, TARS_BOARD_FLASH_ERASE) || offset % TARS_BOARD_FLASH_ERASE)
    return -TARS_E_RANGE;
  int err = operation_count(&erase_count);
  return err ? err : block_fill(offset);
}

/* Operations since the start. */
void tars_flash_counters(uint32_t *erases, uint32_t *programs) {
  pthread_mutex_lock(&mutex);
  *erases = erase_count;
  *programs = program_count;
  pthread_mutex_unlock(&mutex);
}
