/* Modules in the store are named by their digest, so one that is there is never sent or written again. */
#include "tars_store.h"

#include "store_flash.h"
#include "tars_errors.h" /* codes of the contract */

#include <string.h>

enum { NAME = 2 * TARS_DIGEST + 1 }; /* the digest in hex and a zero; longer than the name of any record */

static lfs_file_t part;

/* Name of a module. */
static void module_name(const uint8_t digest[TARS_DIGEST], char name[NAME]) {
  static const char hex[] = "0123456789abcdef";
  for (int i = 0; i < TARS_DIGEST; i++) {
    *name++ = hex[digest[i] >> 4];
    *name++ = hex[digest[i] & 15];
  }
  *name = '\0';
}

/* Value of a hex digit. */
static uint8_t nibble(char digit) { return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10); }

/* Digest from a module's name. */
static void module_digest(const char name[NAME], uint8_t digest[TARS_DIGEST]) {
  for (int i = 0; i < TARS_DIGEST; i++) digest[i] = (uint8_t)(nibble(name[2 * i]) << 4 | nibble(name[2 * i + 1]));
}

/* True if the module is there with its full size. */
bool tars_store_module_has(const uint8_t digest[TARS_DIGEST], uint32_t size) {
  char name[NAME];
  struct lfs_info info;
  module_name(digest, name);
  return lfs_stat(&tars_store_lfs, name, &info) == 0 && info.size == size;
}

/* Reads a part of a module. */
int tars_store_module_read(const uint8_t digest[TARS_DIGEST], uint32_t offset, void *bytes, uint32_t size) {
  char name[NAME];
  lfs_file_t file;
  module_name(digest, name);
  int err = lfs_file_opencfg(&tars_store_lfs, &file, name, LFS_O_RDONLY, tars_store_file_config());
  if (err) return tars_store_error(err);
  lfs_soff_t got = lfs_file_seek(&tars_store_lfs, &file, (lfs_soff_t)offset, LFS_SEEK_SET);
  if (got >= 0) got = lfs_file_read(&tars_store_lfs, &file, bytes, size);
  err = lfs_file_close(&tars_store_lfs, &file);
  if (err || got < 0) return tars_store_error(err ? err : (int)got);
  return got == (lfs_soff_t)size ? 0 : -TARS_E_RANGE;
}

/* Removes a module. */
void tars_store_module_remove(const uint8_t digest[TARS_DIGEST]) {
  char name[NAME];
  module_name(digest, name);
  lfs_remove(&tars_store_lfs, name); /* if that fails, the next one who reads the module finds it corrupt again */
}

/* The file stays empty until it is closed. It has a buffer of its own, because records are read and written while it
 * is open. */
int tars_store_part_begin(const uint8_t digest[TARS_DIGEST]) {
  static uint8_t buffer[TARS_STORE_CACHE];
  static const struct lfs_file_config config = { .buffer = buffer };
  char name[NAME];
  module_name(digest, name);
  return tars_store_error(
      lfs_file_opencfg(&tars_store_lfs, &part, name, LFS_O_WRONLY | LFS_O_CREAT | LFS_O_TRUNC, &config));
}

int tars_store_part_append(const void *bytes, uint32_t size) {
  lfs_ssize_t wrote = lfs_file_write(&tars_store_lfs, &part, bytes, size);
  return wrote < 0 ? tars_store_error((int)wrote) : 0;
}

int tars_store_part_finish(void) { return tars_store_error(lfs_file_close(&tars_store_lfs, &part)); }

/* The file is removed before it is closed, because closing a file that has been removed writes nothing. */
void tars_store_part_cancel(const uint8_t digest[TARS_DIGEST]) {
  tars_store_module_remove(digest);
  lfs_file_close(&tars_store_lfs, &part);
}

/* littlefs allows to remove files while a folder is being read. */
int tars_store_modules_sweep(tars_store_keep keep, const void *context) {
  lfs_dir_t folder;
  struct lfs_info info;
  uint8_t digest[TARS_DIGEST];
  int err = lfs_dir_open(&tars_store_lfs, &folder, "/");
  if (err) return tars_store_error(err);
  while ((err = lfs_dir_read(&tars_store_lfs, &folder, &info)) > 0) {
    if (strlen(info.name) != NAME - 1) continue;
    module_digest(info.name, digest);
    err = keep(context, digest) ? 0 : lfs_remove(&tars_store_lfs, info.name);
    if (err) break;
  }
  lfs_dir_close(&tars_store_lfs, &folder);
  return tars_store_error(err);
}
