/* The serial port of the virtual board: a pseudo-terminal with a symlink that keeps its name.
 *
 * The board holds the slave open too, so that it stays raw (a terminal that was closed by everyone comes back with
 * echo) and the master never hangs up when a client leaves. */
#include "port.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* Gives the pty its well-known name; replaces a stale symlink, but nothing else. */
static void link_make(const char *link) {
  struct stat status;
  if (lstat(link, &status) == 0) {
    if (!S_ISLNK(status.st_mode)) tars_fail("%s exists and is not a symlink; choose another name for --pty", link);
    unlink(link);
  }
  if (symlink(tars_pty_path(), link) != 0) tars_fail("cannot create the symlink %s: %m", link);
}

/* Creates the pty, raw from the start; after a power cycle it is already there. */
void tars_pty_open(const char *link) {
  struct termios settings;
  if (tars_power.pty_master < 0) {
    tars_power.pty_master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (tars_power.pty_master < 0 || grantpt(tars_power.pty_master) != 0 || unlockpt(tars_power.pty_master) != 0)
      tars_fail("cannot create a pseudo-terminal: %m");
    tars_power.pty_slave = open(tars_pty_path(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (tars_power.pty_slave < 0 || tcgetattr(tars_power.pty_slave, &settings) != 0)
      tars_fail("cannot open the pseudo-terminal: %m");
    cfmakeraw(&settings);
    tcsetattr(tars_power.pty_slave, TCSANOW, &settings);
  }
  link_make(link);
}

/* Path of the slave. */
const char *tars_pty_path(void) {
  static char path[64];
  if (ptsname_r(tars_power.pty_master, path, sizeof path) != 0) tars_fail("the pseudo-terminal has no name: %m");
  return path;
}

/* Removes the symlink if it is still ours. */
void tars_pty_unlink(const char *link) {
  char target[64];
  ssize_t size = readlink(link, target, sizeof target - 1);
  if (size <= 0) return;
  target[size] = '\0';
  if (strcmp(target, tars_pty_path()) == 0) unlink(link);
}
