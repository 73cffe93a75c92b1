/* The state directory: who uses it, and the name of the device. */
#include "port.h"
#include "tars_cbor.h"   /* which texts there are */
#include "tars_limits.h" /* longest name */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes the directory and the ones above it. */
static void directory_make(const char *path) {
  char part[PATH_MAX];
  snprintf(part, sizeof part, "%s", path);
  for (char *slash = part + 1; (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
    *slash = '\0';
    mkdir(part, 0755);
  }
  if (mkdir(part, 0755) != 0 && errno != EEXIST) tars_fail("cannot create the state directory %s: %m", path);
}

/* Locks the directory for this process; kept over a power cycle. */
static void directory_lock(const char *state) {
  char path[PATH_MAX];
  if (tars_power.lock >= 0) return;
  snprintf(path, sizeof path, "%s/lock", state);
  tars_power.lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (tars_power.lock < 0) tars_fail("cannot open %s: %m", path);
  if (flock(tars_power.lock, LOCK_EX | LOCK_NB) != 0)
    tars_fail("another board runs on %s; stop it first, or give this one a --state directory of its own", state);
}

/* Reads the stored name; false if there is none. */
static bool name_read(const char *path, char name[33]) {
  FILE *file = fopen(path, "re");
  if (!file) return false;
  bool found = fgets(name, TARS_LIMIT_NAME + 1, file) != NULL;
  fclose(file);
  if (found) name[strcspn(name, "\r\n")] = '\0';
  return found && name[0] != '\0';
}

/* Stores the name. */
static void name_write(const char *path, const char *name) {
  FILE *file = fopen(path, "we");
  if (!file || fprintf(file, "%s\n", name) < 0 || fclose(file) != 0) tars_fail("cannot write %s: %m", path);
}

/* The last part of the directory's path, as far as it fits. */
static void name_derive(const char *state, char name[33]) {
  size_t end = strlen(state);
  while (end > 0 && state[end - 1] == '/') end--;
  size_t begin = end;
  while (begin > 0 && state[begin - 1] != '/') begin--;
  size_t size = end - begin < TARS_LIMIT_NAME ? end - begin : TARS_LIMIT_NAME;
  memcpy(name, state + begin, size);
  name[size] = '\0';
}

/* True if the wire can carry the name: its texts are UTF-8. */
static bool name_is_text(const char *name) {
  uint8_t bytes[2 + TARS_LIMIT_NAME];
  tars_cbor_writer out = { .bytes = bytes, .capacity = sizeof bytes };
  tars_text text = { name, (uint16_t)strlen(name) };
  tars_cbor_write_text(&out, text);
  tars_cbor_reader in = { .bytes = bytes, .size = (uint32_t)tars_cbor_write_end(&out) };
  return tars_cbor_read_text(&in, TARS_LIMIT_NAME, &text) == 0;
}

/* Cuts what is no text, as half of a character at the end; a name of which nothing is left is `board`. */
static void name_cut(char name[33]) {
  for (size_t size = strlen(name); !name_is_text(name); size--) name[size - 1] = '\0';
  if (name[0] == '\0') strcpy(name, "board");
}

/* Opens the directory and the flash in it. The name is the one given, else the stored one, else that of the
 * directory. */
void tars_state_open(const tars_options *options, char name[33]) {
  char path[PATH_MAX];
  directory_make(options->state);
  directory_lock(options->state);
  tars_flash_open(options->state);
  snprintf(path, sizeof path, "%s/name", options->state);
  if (options->name) {
    if (!name_is_text(options->name)) tars_fail("--name takes UTF-8");
    snprintf(name, TARS_LIMIT_NAME + 1, "%s", options->name);
    name_write(path, name);
  } else if (!name_read(path, name)) {
    name_derive(options->state, name);
  }
  name_cut(name);
}
