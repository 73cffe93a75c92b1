/* Which ends of the virtual board leave evidence: those by its own failure, in the task that is to blame. */
#include "check.h"
#include "core.h"
#include "port.h"
#include "tars_os.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLAMED = 3 };
enum { WORKER, SUPERVISOR, LINK };        /* who fails */
enum { FAULT, ABORT, PANIC, EXIT, KILL }; /* how */

/* The calling thread fails. */
static void fail(int how) {
  if (how == FAULT) raise(SIGSEGV);
  if (how == ABORT) abort();
  if (how == PANIC) tars_os_panic(99, "for the test");
  if (how == KILL) raise(SIGKILL);
  exit(0);
}

static void *supervise(void *how) {
  tars_evidence_supervisor();
  fail(*(int *)how);
  return NULL;
}

/* The process of a board that fails, while worker and supervisor do something for a trial. Its worker is signalled:
 * what it runs is the core's own loop. */
static void board_run(const char *state, int who, int how) {
  static const int signals[] = { [FAULT] = SIGSEGV, [ABORT] = SIGABRT, [KILL] = SIGKILL };
  static tars_behaviour b = { .side = SIDE_NEW };
  pthread_t thread;
  if (!freopen("/dev/null", "w", stderr)) exit(1);
  tars_evidence_open(state);
  tars_clock_init(false);
  if (tars_init(NULL) != 0) exit(1);
  tars_app_blame(BLAMED);
  tars_core.loading = BLAMED;
  if (who == LINK) fail(how);
  pthread_create(&thread, NULL, who == WORKER ? tars_reaction_worker : supervise, &how);
  while (who == WORKER && !tars_core.worker_waits) usleep(1000);
  tars_core.running = &b;
  if (who == WORKER) pthread_kill(thread, signals[how]);
  for (;;) pause();
}

int main(void) {
  char state[] = "/tmp/tars-evidence-XXXXXX";
  if (!mkdtemp(state)) return 1;
  for (int who = WORKER; who <= LINK; who++)
    for (int how = FAULT; how <= KILL; how++) {
      if (who == WORKER && (how == PANIC || how == EXIT)) continue; /* no signal does that */
      pid_t child = fork();
      if (child == 0) board_run(state, who, how);
      CHECK_EQUAL(waitpid(child, NULL, 0), child);
      tars_evidence_open(state);
      CHECK_EQUAL(tars_os_evidence_take(), who != LINK && how <= PANIC ? BLAMED : 0);
      CHECK_EQUAL(tars_os_evidence_take(), 0);
    }
  rmdir(state);
  return check_report("evidence");
}
