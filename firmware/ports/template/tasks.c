/* Steps 4 and 5: the lock, the sleep of worker and supervisor, and the tasks. */
#include "port.h"
#include "tars.h"             /* bodies of the tasks */
#include "tars_fleet_agent.h" /* of the network's */
#include "tars_os.h"

#include <stdint.h>

/* Makes the core's lock, and what the two tasks sleep on. */
void tars_wait_init(void) {}

/* Takes the one lock of the core. Not recursive; with priority inheritance, because the worker is the lowest task and
 * the others wait for it. The worker isn't abandoned while it holds the lock (reaction.c counts that). */
void tars_os_lock(void) { STOP("tars_os_lock"); }

/* Releases the core's lock. */
void tars_os_unlock(void) { STOP("tars_os_unlock"); }

/* The worker sleeps until tars_os_worker_notify() or `until_us`; INT64_MAX is for ever. Called with the lock held,
 * which is free meanwhile and held again at the return. A notification that came since the last sleep ends this one at
 * once: none is lost. It may wake early. Exact to what a hardware timer gives, not to the kernel's tick: this is how
 * late a reaction starts. */
void tars_os_worker_wait(int64_t until_us) {
  (void)until_us;
  STOP("tars_os_worker_wait");
}

/* Any task may call this, also before the worker exists. */
void tars_os_worker_notify(void) {}

/* As the worker's. It shows the watchdog that the supervisor lives, also when nothing wakes it: at least every
 * second. */
void tars_os_supervisor_wait(int64_t until_us) {
  (void)until_us;
  tars_watchdog_alive(TARS_ALIVE_SUPERVISOR);
  STOP("tars_os_supervisor_wait");
}

/* Any task may call this. */
void tars_os_supervisor_notify(void) {}

/* While `on`, the supervisor has the worker's priority, and the kernel changes between the two at each tick. */
void tars_os_supervisor_share(bool on) {
  (void)on;
  STOP("tars_os_supervisor_share");
}

/* Creates the tasks on memory of their own, none from a heap. From the lowest priority to the highest: worker (it comes
 * with reaction.c), supervisor, link (link.c), network; the guard of reaction.c is above all. Stacks that were enough
 * on a Cortex-M7: worker and link 6 KB, supervisor 12 KB, network with TLS 8 KB; let the kernel watch their ends. */
void tars_tasks_start(void) {
  tars_fleet_run();      /* is to be the body of the network's task */
  tars_supervisor_run(); /* and this of the supervisor's: neither returns */
}
