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

tars_power_fds tars_power = {-1, -1, -1, -1, -1, -1, -1};
static char **arguments;

/* The descriptors as an array. */
static void fds_get(int fds[FDS]) { memcpy(fds, &tars_power, sizeof tars_power); }

/* Keeps the descriptors open over exec, or closes them again with the next one. */
static void fds_keep(bool over_exec) {
  int fds[FDS];
  fds_get(fds);
  for (int i = 0; i < FDS; i++)
    if (fds[i] >= 0)
      fcntl(fds[i], F_SETFD, over_exec ? 0 : FD_CLOEXEC);
}

/* Reads the descriptors that the process before left in the environment. */
bool tars_power_inherit(char **argv) {
  int fds[FDS];
  arguments = argv;
  char *at = getenv(INHERIT);
  if (!at)
    return false;
  for (int i = 0; i < FDS; i++)
    fds[i] = (int)strtol(at, &at, 10);
  if (*at != '\0')
    tars_fail("the environment variable " INHERIT " is set by hand");
  memcpy(&tars_power, fds, sizeof tars_power);
  unsetenv(INHERIT);
  fds_keep(false);
  tars_sim_world_load(tars_power.world);
  return true;
}

/* Writes the descriptors to the environment. */
static void environment_set(void) {
  char text[FDS * 12];
  int fds[FDS];
  size_t size = 0;
  fds_get(fds);
  for (int i = 0; i < FDS; i++)
    size += (size_t)snprintf(text + size, sizeof text - size, i ? " %d" : "%d", fds[i]);
  setenv(INHERIT, text, 1);
}

/* Replaces the process. */
void tars_power_cycle(void) {
  tars_trace_flush();
  if (tars_power.world < 0)
    tars_power.world = memfd_create("tars-world", 0);
  tars_sim_world_save(tars_power.world);
  fds_keep(true);
  environment_set();
  execv("/proc/self/exe", arguments);
  tars_fail("cannot restart: %m");
}
