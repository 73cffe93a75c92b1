/* The state directory: who uses it, and the name of the device. */
#include "port.h"
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
  if (mkdir(part, 0755) != 0 && errno != EEXIST)
    tars_fail("cannot create the state directory %s: %m", path);
}

/* Locks the directory for this process; kept over a power cycle. */
static void directory_lock(const char *state) {
  char path[PATH_MAX];
  if (tars_power.lock >= 0)
    return;
  snprintf(path, sizeof path, "%s/lock", state);
  tars_power.lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (tars_power.lock < 0)
    tars_fail("cannot open %s: %m", path);
  if (flock(tars_power.lock, LOCK_EX | LOCK_NB) != 0)
    tars_fail("another board runs on %s; stop it first, or give this one a --state directory of its own", state);
}

/* Reads the stored name; false if there is none. */
static bool name_read(const char *path, char name[33]) {
  FILE *file = fopen(path, "re");
  if (!file)
    return false;
  bool found = fgets(name, TARS_LIMIT_NAME + 1, file) != NULL;
  fclose(file);
  if (found)
    name[strcspn(name, "\r\n")] = '\0';
  return found && name[0] != '\0';
}

/* Stores the name. */
static void name_write(const char *path, const char *name) {
  FILE *file = fopen(path, "we");
  if (!file || fprintf(file, "%s\n", name) < 0 || fclose(file) != 0)
    tars_fail("cannot write %s: %m", path);
}

/* Opens the directory and the flash in it. The name is the one given, else the stored one, else that of the directory. */
void tars_state_open(const tars_options *options, char name[33]) {
  char path[PATH_MAX];
  directory_make(options->state);
  directory_lock(options->state);
  tars_flash_open(options->state);
  snprintf(path, sizeof path, "%s/name", options->state);
  if (options->name) {
    snprintf(name, TARS_LIMIT_NAME + 1, "%s", options->name);
    name_write(path, name);
  } else if (!name_read(path, name)) {
    const char *slash = strrchr(options->state, '/');
    snprintf(name, TARS_LIMIT_NAME + 1, "%.*s", TARS_LIMIT_NAME, slash && slash[1] ? slash + 1 : options->state);
  }
}
