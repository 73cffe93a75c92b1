/* Evidence in a file of the state directory. It is written when the process ends by its own failure, a panic or a
 * signal of the processor, and by nothing else: a board that is killed or whose bench cuts the power leaves none. */
#include "port.h"
#include "tars.h"    /* what the core says */
#include "tars_os.h" /* the interface implemented here */

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static const int failures[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
enum { FAILURES = sizeof failures / sizeof *failures };

static char path[PATH_MAX];
static struct sigaction before[FAILURES];
static bool opened;
static _Thread_local bool is_supervisor;

/* Called from signal handlers, too. A file that can't be written is no evidence. */
void tars_os_evidence_set(uint8_t what) {
  int file = what ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
  if (file < 0 || write(file, &what, sizeof what) != sizeof what) unlink(path);
  if (file >= 0) close(file);
}

uint8_t tars_os_evidence_take(void) {
  uint8_t what = 0;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  if (read(file, &what, sizeof what) != sizeof what) what = 0;
  close(file);
  unlink(path);
  return what;
}

void tars_evidence_supervisor(void) { is_supervisor = true; }

void tars_evidence_leave(void) {
  tars_os_evidence_set(tars_reaction_is_worker() ? tars_worker_evidence()
                       : is_supervisor           ? tars_supervisor_evidence()
                                                 : 0);
}

/* Comes before what the signal does otherwise, which is raised again. */
static void failure_handle(int number) {
  tars_evidence_leave();
  for (int i = 0; i < FAILURES; i++)
    if (failures[i] == number) sigaction(number, &before[i], NULL);
  raise(number);
}

void tars_evidence_open(const char *state) {
  struct sigaction action = { .sa_handler = failure_handle };
  snprintf(path, sizeof path, "%s/evidence", state);
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < FAILURES && !opened; i++) sigaction(failures[i], &action, &before[i]);
  opened = true;
}
