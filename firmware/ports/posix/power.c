/* Power cycle: the process replaces itself, so nothing of its RAM is left. What lies outside the board stays: the flash
 * file and its lock, the listening sockets, the pty, the bench and the devices that the bench has wired. */
#include "port.h"
#include "sim.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define INHERIT "TARS_BOARD_INHERIT"

tars_power_fds tars_power = {-1, -1, -1, -1, -1, -1, -1};
static char **arguments;

/* Keeps a descriptor open over exec, or closes it again with the next one. */
static void keep(int fd, bool over_exec) {
  if (fd >= 0)
    fcntl(fd, F_SETFD, over_exec ? 0 : FD_CLOEXEC);
}

/* Applies keep() to all of them. */
static void keep_all(bool over_exec) {
  const int fds[] = {tars_power.lock, tars_power.tcp, tars_power.bench, tars_power.bench_client, tars_power.pty_master, tars_power.pty_slave, tars_power.world};
  for (unsigned i = 0; i < sizeof fds / sizeof *fds; i++)
    keep(fds[i], over_exec);
}

/* Reads the descriptors that the process before left in the environment. */
bool tars_power_inherit(char **argv) {
  arguments = argv;
  const char *text = getenv(INHERIT);
  if (!text)
    return false;
  tars_power_fds *p = &tars_power;
  if (sscanf(text, "%d,%d,%d,%d,%d,%d,%d", &p->lock, &p->tcp, &p->bench, &p->bench_client, &p->pty_master, &p->pty_slave, &p->world) != 7)
    tars_fail("the environment variable " INHERIT " is set by hand");
  unsetenv(INHERIT);
  keep_all(false);
  tars_sim_world_load(p->world);
  return true;
}

/* Replaces the process. */
void tars_power_cycle(void) {
  char text[96];
  const tars_power_fds *p = &tars_power;
  tars_trace_flush();
  if (p->world < 0)
    tars_power.world = memfd_create("tars-world", 0);
  tars_sim_world_save(p->world);
  keep_all(true);
  snprintf(text, sizeof text, "%d,%d,%d,%d,%d,%d,%d", p->lock, p->tcp, p->bench, p->bench_client, p->pty_master, p->pty_slave, p->world);
  setenv(INHERIT, text, 1);
  execv("/proc/self/exe", arguments);
  tars_fail("cannot restart: %m");
}
