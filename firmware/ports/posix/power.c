/* Power cycle: the process replaces itself, so nothing of its RAM is left. What lies outside the board stays: the flash
 * file and its lock, the listening sockets, the pty, the bench and the devices that the bench has wired. */
#include "port.h"
#include "tars_sim.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define INHERIT "TARS_BOARD_INHERIT" /* environment: numbers of the descriptors, separated by spaces */

enum { FDS = sizeof(tars_power_fds) / sizeof(int) };
enum { VARIABLES = 1024 }; /* that the next process inherits at most */

tars_power_fds tars_power = { -1, -1, -1, -1, -1, -1, -1 };
static char **arguments;

/* The descriptors as an array. */
static void fds_get(int fds[FDS]) { memcpy(fds, &tars_power, sizeof tars_power); }

/* Keeps the descriptors open over exec, or closes them again with the next one. */
static void fds_keep(bool over_exec) {
  int fds[FDS];
  fds_get(fds);
  for (int i = 0; i < FDS; i++)
    if (fds[i] >= 0) fcntl(fds[i], F_SETFD, over_exec ? 0 : FD_CLOEXEC);
}

/* Reads the descriptors that the process before left in the environment. */
bool tars_power_inherit(char **argv) {
  int fds[FDS];
  arguments = argv;
  char *at = getenv(INHERIT);
  if (!at) return false;
  for (int i = 0; i < FDS; i++) fds[i] = (int)strtol(at, &at, 10);
  if (*at != '\0') tars_fail("the environment variable " INHERIT " is set by hand");
  memcpy(&tars_power, fds, sizeof tars_power);
  unsetenv(INHERIT);
  fds_keep(false);
  tars_sim_world_load(tars_power.world);
  return true;
}

/* The environment of the next process: ours, and a line with the descriptors. Nothing is allocated, so there is a
 * bound. */
static char **environment_make(void) {
  static char text[sizeof INHERIT + FDS * 12];
  static char *variables[VARIABLES + 2];
  int fds[FDS], count = 0;
  fds_get(fds);
  size_t size = (size_t)snprintf(text, sizeof text, INHERIT "=");
  for (int i = 0; i < FDS; i++) size += (size_t)snprintf(text + size, sizeof text - size, i ? " %d" : "%d", fds[i]);
  for (; environ[count] && count < VARIABLES; count++) variables[count] = environ[count];
  variables[count] = text;
  variables[count + 1] = NULL;
  return variables;
}

/* Replaces the process. */
void tars_power_cycle(void) {
  tars_trace_flush();
  if (tars_power.world < 0) tars_power.world = memfd_create("tars-world", 0);
  tars_sim_world_save(tars_power.world);
  fds_keep(true);
  execve("/proc/self/exe", arguments, environment_make());
  tars_fail("cannot restart: %m");
}
