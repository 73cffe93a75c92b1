/* Mounting, and the records of the store. */
#include "tars_store.h"

#include "store_flash.h"
#include "tars_crc32.h"  /* end of a record */
#include "tars_errors.h" /* codes of the contract */

#include <stdio.h> /* snprintf */
#include <string.h>

enum { RETAIN_NAME = sizeof "retain." + TARS_LIMIT_NAME };

static const char *const slot_names[] = { [TARS_STORE_APP] = "app", [TARS_STORE_NEXT] = "next" };

/* Formats and mounts. */
static int format(void) {
  int err = lfs_format(&tars_store_lfs, &tars_store_config);
  return err ? err : lfs_mount(&tars_store_lfs, &tars_store_config);
}

/* True if an erase of the whole store has begun. */
static bool is_erasing(void) {
  struct lfs_info info;
  return lfs_stat(&tars_store_lfs, "erase", &info) == 0;
}

/* Of two blocks that littlefs writes alternately, the one that it wrote last. Each begins with a revision number
 * that rises. */
static lfs_block_t newest(lfs_block_t a, lfs_block_t b) {
  union {
    uint32_t number;
    uint8_t bytes[TARS_BOARD_FLASH_READ]; /* smallest unit that can be read */
  } at_a = { 0 }, at_b = { 0 };
  tars_store_config.read(&tars_store_config, a, 0, &at_a, sizeof at_a);
  tars_store_config.read(&tars_store_config, b, 0, &at_b, sizeof at_b);
  return (int32_t)(at_b.number - at_a.number) > 0 ? b : a;
}

/* The blocks into which littlefs wrote the root folder, with the mark of an erase in it, and the superblock last are
 * erased after all other blocks, and so after their older copies. As long as the mark can be read, the next mount
 * goes on with the erase; once it is gone there is no file system left. */
static int blocks_erase(void) {
  const lfs_block_t last[] = { newest(tars_store_lfs.root[0], tars_store_lfs.root[1]), newest(0, 1) };
  int err = lfs_unmount(&tars_store_lfs);
  for (lfs_block_t i = tars_store_config.block_count; i-- > 0 && !err;)
    err = i == last[0] || i == last[1] ? 0 : tars_store_config.erase(&tars_store_config, i);
  for (int i = last[0] == last[1]; i < 2 && !err; i++) err = tars_store_config.erase(&tars_store_config, last[i]);
  return err;
}

/* Mounts, or formats and mounts. Only flash that holds no file system is formatted: an error of the hardware is not a
 * reason to erase anything. */
int tars_store_mount(bool *formatted) {
  memset(&tars_store_lfs, 0, sizeof tars_store_lfs);
  int err = lfs_mount(&tars_store_lfs, &tars_store_config);
  *formatted = err == LFS_ERR_CORRUPT || err == LFS_ERR_INVAL;
  if (!err && is_erasing()) {
    err = blocks_erase();
    *formatted = !err;
  }
  if (*formatted) err = format();
  return tars_store_error(err);
}

/* Reads a record into the caller's bytes; the CRC behind it is read by itself. */
int tars_store_record_read(const char *name, void *bytes, uint32_t capacity) {
  lfs_file_t file;
  uint32_t crc;
  int err = lfs_file_opencfg(&tars_store_lfs, &file, name, LFS_O_RDONLY, tars_store_file_config());
  if (err) return tars_store_error(err);
  lfs_soff_t whole = lfs_file_size(&tars_store_lfs, &file), size = whole - (lfs_soff_t)sizeof crc;
  if (size < 0 || size > (lfs_soff_t)capacity) size = whole == 0 ? LFS_ERR_NOENT : LFS_ERR_CORRUPT;
  if (size >= 0) size = lfs_file_read(&tars_store_lfs, &file, bytes, (lfs_size_t)size);
  if (size >= 0 && lfs_file_read(&tars_store_lfs, &file, &crc, sizeof crc) != sizeof crc) size = LFS_ERR_CORRUPT;
  err = lfs_file_close(&tars_store_lfs, &file);
  if (size >= 0 && tars_crc32(0, bytes, (uint32_t)size) != crc) size = LFS_ERR_CORRUPT;
  return tars_store_error(err ? err : (int)size);
}

/* Writes a record: littlefs makes the new content visible as a whole when the file is closed. */
int tars_store_record_write(const char *name, const void *bytes, uint32_t size) {
  lfs_file_t file;
  uint32_t crc = tars_crc32(0, bytes, size);
  int err = lfs_file_opencfg(&tars_store_lfs, &file, name, LFS_O_WRONLY | LFS_O_CREAT | LFS_O_TRUNC,
                             tars_store_file_config());
  if (err) return tars_store_error(err);
  lfs_ssize_t wrote = lfs_file_write(&tars_store_lfs, &file, bytes, size);
  if (wrote >= 0) wrote = lfs_file_write(&tars_store_lfs, &file, &crc, sizeof crc);
  err = lfs_file_close(&tars_store_lfs, &file);
  return tars_store_error(wrote < 0 ? (int)wrote : err);
}

int tars_store_erase(void) {
  int err = tars_store_record_write("erase", NULL, 0);
  return err ? err : tars_store_error(blocks_erase());
}

/* A damaged counter starts anew. Until it is past the numbers that operators have seen, they take the board's
 * documents for repeated ones. Nothing that the board trusts depends on it. */
int tars_store_boot(uint32_t *boots) {
  uint32_t count = 0;
  if (tars_store_record_read("boot", &count, sizeof count) != sizeof count) count = 0;
  *boots = ++count;
  return tars_store_record_write("boot", &count, sizeof count);
}

int tars_store_app_read(tars_store_slot slot, tars_app_record *app) {
  int size = tars_store_record_read(slot_names[slot], app, sizeof *app);
  if (size >= 0 && (size != sizeof *app || app->count > TARS_LIMIT_MODULES)) size = -TARS_E_CORRUPT;
  if (size < 0) memset(app, 0, sizeof *app);
  return size < 0 ? size : 0;
}

int tars_store_app_write(tars_store_slot slot, const tars_app_record *app) {
  return tars_store_record_write(slot_names[slot], app, sizeof *app);
}

int tars_store_next_remove(void) {
  int err = lfs_remove(&tars_store_lfs, slot_names[TARS_STORE_NEXT]);
  return err == LFS_ERR_NOENT ? 0 : tars_store_error(err);
}

int tars_store_free(uint32_t *bytes) {
  lfs_ssize_t used = lfs_fs_size(&tars_store_lfs);
  if (used < 0) return tars_store_error((int)used);
  *bytes = (tars_store_config.block_count - (uint32_t)used) * tars_store_config.block_size;
  return 0;
}

/* Makes the file name of a checkpoint; false for a name that would be a path, because a module chooses its name. */
static bool retain_name(tars_text behaviour, char name[RETAIN_NAME]) {
  if (behaviour.size > TARS_LIMIT_NAME || memchr(behaviour.text, '/', behaviour.size)) return false;
  snprintf(name, RETAIN_NAME, "retain.%.*s", behaviour.size, behaviour.text);
  return true;
}

int tars_store_retain_save(tars_text behaviour, const uint8_t *record, uint32_t size) {
  char name[RETAIN_NAME];
  return retain_name(behaviour, name) ? tars_store_record_write(name, record, size) : -TARS_E_INVALID;
}

int tars_store_retain_load(tars_text behaviour, uint8_t *record, uint32_t capacity) {
  char name[RETAIN_NAME];
  int size = retain_name(behaviour, name) ? tars_store_record_read(name, record, capacity) : -TARS_E_INVALID;
  return size == -TARS_E_UNKNOWN ? 0 : size;
}
