/* The suite on the posix port. Usage: conformance [PORT], the TCP port of peer.mjs. */
#include "conformance.h"
#include "port.h"
#include "tars_sim.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void conformance_say(const char *text) { fputs(text, stdout); }

/* Starts what the board starts, then runs the suite as its supervisor. */
int main(int argc, char **argv) {
  char state[] = "/tmp/tars-conformance-XXXXXX", path[64];
  pthread_t worker;
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, tars_reaction_signal());
  signal(SIGPIPE, SIG_IGN);
  pthread_sigmask(SIG_BLOCK, &alarm, NULL);
  if (!mkdtemp(state)) return 1;
  tars_flash_open(state);
  tars_evidence_open(state);
  tars_clock_init(false);
  tars_sim_gpio_start();
  if (pthread_create(&worker, NULL, tars_reaction_worker, NULL) != 0) return 1;
  int failures = conformance_run(argc > 1 ? (uint16_t)atoi(argv[1]) : 0);
  snprintf(path, sizeof path, "%s/flash.bin", state);
  unlink(path);
  rmdir(state);
  return failures != 0;
}
