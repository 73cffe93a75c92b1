/* Modules in the store: content-addressed, so one that is there is never sent or written again. */
#include "tars_store.h"

#include "store_flash.h"
#include "tars_errors.h" /* codes of the contract */

#include <string.h>

enum { PATH = 2 + 2 * TARS_DIGEST + 1 }; /* "m/", the digest in hex, a zero */

static lfs_file_t part;
static bool part_open;

void tars_store_part_forget(void) { part_open = false; }

/* Path of a module. */
static void module_path(const uint8_t digest[TARS_DIGEST], char path[PATH]) {
  static const char hex[] = "0123456789abcdef";
  memcpy(path, "m/", 2);
  for (int i = 0; i < TARS_DIGEST; i++) {
    path[2 + 2 * i] = hex[digest[i] >> 4];
    path[3 + 2 * i] = hex[digest[i] & 15];
  }
  path[PATH - 1] = '\0';
}

/* Value of a hex digit. */
static uint8_t nibble(char digit) {
  return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* Digest from a file's name; false if it isn't one. */
static bool module_digest(const char *name, uint8_t digest[TARS_DIGEST]) {
  if (strlen(name) != 2 * TARS_DIGEST || strspn(name, "0123456789abcdef") != 2 * TARS_DIGEST)
    return false;
  for (int i = 0; i < TARS_DIGEST; i++)
    digest[i] = (uint8_t)(nibble(name[2 * i]) << 4 | nibble(name[2 * i + 1]));
  return true;
}

/* True if the module is there, whole. */
bool tars_store_module_has(const uint8_t digest[TARS_DIGEST], uint32_t size) {
  char path[PATH];
  struct lfs_info info;
  module_path(digest, path);
  return lfs_stat(&tars_store_lfs, path, &info) == 0 && info.size == size;
}

/* Reads a part of a module. */
int tars_store_module_read(const uint8_t digest[TARS_DIGEST], uint32_t offset, void *bytes, uint32_t size) {
  char path[PATH];
  lfs_file_t file;
  module_path(digest, path);
  int err = lfs_file_opencfg(&tars_store_lfs, &file, path, LFS_O_RDONLY, tars_store_file_config());
  if (err)
    return tars_store_error(err);
  lfs_soff_t got = lfs_file_seek(&tars_store_lfs, &file, (lfs_soff_t)offset, LFS_SEEK_SET);
  if (got >= 0)
    got = lfs_file_read(&tars_store_lfs, &file, bytes, size);
  err = lfs_file_close(&tars_store_lfs, &file);
  if (err || got < 0)
    return tars_store_error(err ? err : (int)got);
  return got == (lfs_soff_t)size ? 0 : -TARS_E_RANGE;
}

/* Removes a module. */
void tars_store_module_remove(const uint8_t digest[TARS_DIGEST]) {
  char path[PATH];
  module_path(digest, path);
  lfs_remove(&tars_store_lfs, path); /* one that stays is found again by the next reader */
}

/* Starts to receive a module. It has a buffer of its own: records are read and written meanwhile. */
int tars_store_part_begin(void) {
  static uint8_t buffer[TARS_STORE_CACHE];
  static const struct lfs_file_config config = {.buffer = buffer};
  tars_store_part_cancel();
  int err = lfs_file_opencfg(&tars_store_lfs, &part, "part", LFS_O_WRONLY | LFS_O_CREAT | LFS_O_TRUNC, &config);
  part_open = err == 0;
  return tars_store_error(err);
}

/* Appends bytes. */
int tars_store_part_append(const void *bytes, uint32_t size) {
  lfs_ssize_t wrote = part_open ? lfs_file_write(&tars_store_lfs, &part, bytes, size) : LFS_ERR_BADF;
  return wrote < 0 ? tars_store_error((int)wrote) : 0;
}

/* The module is whole and right: it gets its name. */
int tars_store_part_finish(const uint8_t digest[TARS_DIGEST]) {
  char path[PATH];
  if (!part_open)
    return -TARS_E_STATE;
  part_open = false;
  module_path(digest, path);
  int err = lfs_file_close(&tars_store_lfs, &part);
  if (!err)
    err = lfs_rename(&tars_store_lfs, "part", path);
  return tars_store_error(err);
}

/* Drops what was received. */
void tars_store_part_cancel(void) {
  if (!part_open)
    return;
  part_open = false;
  lfs_file_close(&tars_store_lfs, &part); /* an error here leaves a file that the next boot or part removes */
  lfs_remove(&tars_store_lfs, "part");
}

/* Finds a module that nobody wants; 1 if there is one. */
static int sweep_find(bool (*keep)(const uint8_t digest[TARS_DIGEST]), char path[PATH]) {
  lfs_dir_t folder;
  struct lfs_info info;
  uint8_t digest[TARS_DIGEST];
  int err = lfs_dir_open(&tars_store_lfs, &folder, "m"), found = 0;
  if (err)
    return err;
  while (!found && (err = lfs_dir_read(&tars_store_lfs, &folder, &info)) > 0)
    if (info.type == LFS_TYPE_REG && module_digest(info.name, digest) && !keep(digest)) {
      module_path(digest, path);
      found = 1;
    }
  lfs_dir_close(&tars_store_lfs, &folder);
  return err < 0 ? err : found;
}

/* Removes modules one by one: littlefs forbids removing from a folder that is being listed. */
int tars_store_modules_sweep(bool (*keep)(const uint8_t digest[TARS_DIGEST])) {
  char path[PATH];
  int found;
  while ((found = sweep_find(keep, path)) > 0) {
    int err = lfs_remove(&tars_store_lfs, path);
    if (err)
      return tars_store_error(err);
  }
  return tars_store_error(found);
}
