/* Mounting, and the small files of the store. */
#include "tars_store.h"

#include "store_flash.h"
#include "tars_crc32.h"  /* end of a record */
#include "tars_errors.h" /* codes of the contract */

#include <stdio.h> /* snprintf */
#include <string.h>

/* A record and the CRC-32 of all before it; bytes beyond the size of the app are zero. */
typedef struct {
  tars_app_record app;
  uint32_t crc;
} stored_app;

static const char *const slot_paths[] = {[TARS_STORE_APP] = "app", [TARS_STORE_NEXT] = "next"};

/* Makes a folder; fine if it is there. */
static int folder_make(const char *path) {
  int err = lfs_mkdir(&tars_store_lfs, path);
  return err == LFS_ERR_EXIST ? 0 : err;
}

/* Formats and mounts. */
static int format(void) {
  int err = lfs_format(&tars_store_lfs, &tars_store_config);
  return err ? err : lfs_mount(&tars_store_lfs, &tars_store_config);
}

/* Whether somebody has begun to erase everything. */
static bool is_erasing(void) {
  struct lfs_info info;
  return lfs_stat(&tars_store_lfs, "erase", &info) == 0;
}

/* Blocks from the end, so that the file system itself goes last: until then the mark is there and the next mount goes on. */
static int blocks_erase(void) {
  int err = lfs_unmount(&tars_store_lfs);
  for (lfs_block_t i = tars_store_config.block_count; i-- > 0 && !err;) err = tars_store_config.erase(&tars_store_config, i);
  return err;
}

/* Mounts, or formats and mounts. Only flash that holds no file system is formatted: an error of the hardware is not a
 * reason to erase anything. */
int tars_store_mount(bool *formatted) {
  memset(&tars_store_lfs, 0, sizeof tars_store_lfs);
  tars_store_part_forget();
  int err = lfs_mount(&tars_store_lfs, &tars_store_config);
  *formatted = err == LFS_ERR_CORRUPT || err == LFS_ERR_INVAL;
  if (!err && is_erasing()) {
    err = blocks_erase();
    *formatted = !err;
  }
  if (*formatted)
    err = format();
  if (!err)
    err = folder_make("m");
  if (!err)
    err = folder_make("retain");
  if (!err && lfs_remove(&tars_store_lfs, "part") == LFS_ERR_IO)
    err = LFS_ERR_IO;
  return tars_store_error(err);
}

/* Reads a small file. */
int tars_store_file_read(const char *path, void *bytes, uint32_t capacity) {
  lfs_file_t file;
  int err = lfs_file_opencfg(&tars_store_lfs, &file, path, LFS_O_RDONLY, tars_store_file_config());
  if (err)
    return tars_store_error(err);
  lfs_soff_t size = lfs_file_size(&tars_store_lfs, &file);
  if (size > (lfs_soff_t)capacity)
    size = LFS_ERR_CORRUPT;
  if (size >= 0)
    size = lfs_file_read(&tars_store_lfs, &file, bytes, (lfs_size_t)size);
  err = lfs_file_close(&tars_store_lfs, &file);
  return tars_store_error(err ? err : (int)size);
}

/* Replaces a small file: littlefs makes the new content visible as a whole when it is closed. */
int tars_store_file_write(const char *path, const void *bytes, uint32_t size) {
  lfs_file_t file;
  int err = lfs_file_opencfg(&tars_store_lfs, &file, path, LFS_O_WRONLY | LFS_O_CREAT | LFS_O_TRUNC, tars_store_file_config());
  if (err)
    return tars_store_error(err);
  lfs_ssize_t wrote = lfs_file_write(&tars_store_lfs, &file, bytes, size);
  err = lfs_file_close(&tars_store_lfs, &file);
  if (wrote < 0)
    err = (int)wrote;
  return tars_store_error(err);
}

/* Marks, then erases. */
int tars_store_erase(void) {
  int err = tars_store_file_write("erase", "", 0);
  tars_store_part_forget();
  return err ? err : tars_store_error(blocks_erase());
}

/* Counts this boot. A damaged counter starts anew: nothing depends on it. */
int tars_store_boot(uint32_t *boots) {
  uint32_t count = 0;
  if (tars_store_file_read("boot", &count, sizeof count) != sizeof count)
    count = 0;
  *boots = ++count;
  return tars_store_file_write("boot", &count, sizeof count);
}

/* Reads a record. */
int tars_store_app_read(tars_store_slot slot, tars_app_record *app) {
  stored_app stored;
  int size = tars_store_file_read(slot_paths[slot], &stored, sizeof stored);
  if (size < 0)
    return size;
  if (size != sizeof stored || tars_crc32(0, &stored.app, sizeof stored.app) != stored.crc)
    return -TARS_E_CORRUPT;
  if (stored.app.count > TARS_LIMIT_MODULES)
    return -TARS_E_CORRUPT;
  *app = stored.app;
  return 0;
}

/* Writes a record. */
int tars_store_app_write(tars_store_slot slot, const tars_app_record *app) {
  stored_app stored;
  memset(&stored, 0, sizeof stored); /* padding too: it is part of the CRC */
  memcpy(&stored.app, app, sizeof *app);
  stored.crc = tars_crc32(0, &stored.app, sizeof stored.app);
  return tars_store_file_write(slot_paths[slot], &stored, sizeof stored);
}

/* Removes `next`. */
int tars_store_next_remove(void) {
  int err = lfs_remove(&tars_store_lfs, slot_paths[TARS_STORE_NEXT]);
  return err == LFS_ERR_NOENT ? 0 : tars_store_error(err);
}

/* `next` becomes `app`. */
int tars_store_next_commit(void) {
  return tars_store_error(lfs_rename(&tars_store_lfs, slot_paths[TARS_STORE_NEXT], slot_paths[TARS_STORE_APP]));
}

/* Reads a record into the caller's bytes; the CRC behind it is read by itself. */
int tars_store_record_read(const char *name, void *bytes, uint32_t capacity) {
  lfs_file_t file;
  uint32_t crc;
  int err = lfs_file_opencfg(&tars_store_lfs, &file, name, LFS_O_RDONLY, tars_store_file_config());
  if (err)
    return tars_store_error(err);
  lfs_soff_t size = lfs_file_size(&tars_store_lfs, &file) - (lfs_soff_t)sizeof crc;
  if (size < 0 || size > (lfs_soff_t)capacity)
    size = LFS_ERR_CORRUPT;
  if (size >= 0)
    size = lfs_file_read(&tars_store_lfs, &file, bytes, (lfs_size_t)size);
  if (size >= 0 && lfs_file_read(&tars_store_lfs, &file, &crc, sizeof crc) != sizeof crc)
    size = LFS_ERR_CORRUPT;
  err = lfs_file_close(&tars_store_lfs, &file);
  if (size >= 0 && tars_crc32(0, bytes, (uint32_t)size) != crc)
    size = LFS_ERR_CORRUPT;
  return tars_store_error(err ? err : (int)size);
}

/* Writes a record. */
int tars_store_record_write(const char *name, const void *bytes, uint32_t size) {
  lfs_file_t file;
  uint32_t crc = tars_crc32(0, bytes, size);
  int err = lfs_file_opencfg(&tars_store_lfs, &file, name, LFS_O_WRONLY | LFS_O_CREAT | LFS_O_TRUNC, tars_store_file_config());
  if (err)
    return tars_store_error(err);
  lfs_ssize_t wrote = lfs_file_write(&tars_store_lfs, &file, bytes, size);
  if (wrote >= 0)
    wrote = lfs_file_write(&tars_store_lfs, &file, &crc, sizeof crc);
  err = lfs_file_close(&tars_store_lfs, &file);
  return tars_store_error(wrote < 0 ? (int)wrote : err);
}

/* Bytes of free blocks. */
int tars_store_free(uint32_t *bytes) {
  lfs_ssize_t used = lfs_fs_size(&tars_store_lfs);
  if (used < 0)
    return tars_store_error((int)used);
  *bytes = (tars_store_config.block_count - (uint32_t)used) * tars_store_config.block_size;
  return 0;
}

/* Path of a checkpoint; false for a name that can't be a file's. */
static bool retain_path(tars_text behaviour, char path[48]) {
  if (behaviour.size == 0 || behaviour.size > TARS_LIMIT_NAME)
    return false;
  if (behaviour.text[0] == '.' || memchr(behaviour.text, '/', behaviour.size))
    return false;
  snprintf(path, 48, "retain/%.*s", behaviour.size, behaviour.text);
  return true;
}

/* Stores a checkpoint. */
int tars_store_retain_save(tars_text behaviour, const uint8_t *record, uint32_t size) {
  char path[48];
  return retain_path(behaviour, path) ? tars_store_file_write(path, record, size) : -TARS_E_INVALID;
}

/* Loads a checkpoint. */
int tars_store_retain_load(tars_text behaviour, uint8_t *record, uint32_t capacity) {
  char path[48];
  int size = retain_path(behaviour, path) ? tars_store_file_read(path, record, capacity) : -TARS_E_INVALID;
  return size == -TARS_E_UNKNOWN ? 0 : size;
}
