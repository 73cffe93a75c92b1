/* Steps 11 and 12: watchdog, reset, and the end when something is broken. */
#include "port.h"
#include "tars.h" /* evidence */
#include "tars_os.h"

/* Starts the watchdog: a few seconds, and it can't be stopped again. */
void tars_watchdog_start(void) {}

/* One of them has gone round. Feeds the watchdog when all have since it was fed last, and only then. Any task. */
void tars_watchdog_alive(int who) { (void)who; }

/* Restarts the board; RAM may be lost. Doesn't return. */
void tars_os_reset(void) {
  for (;;) {
  }
}

/* Keeps a number over a reset, with a check word: in memory that start-up code doesn't clear. */
void tars_os_evidence_set(uint8_t what) { (void)what; }

/* Gives the number and forgets it; 0 if the check word doesn't fit, or if the chip says that the power was off. */
uint8_t tars_os_evidence_take(void) { return 0; }

/* Stops everything with interrupts off: outputs as the board's wiring is safe, then the reason in words on the console,
 * then the watchdog restarts. Leaves the evidence of the task that runs, worker or supervisor; when the watchdog calls,
 * only if that task is the reason. Called from anywhere, handlers of processor faults too, so it uses no kernel, no
 * lock and hardly any stack. Doesn't return. */
void tars_os_panic(int number, const char *reason) {
  (void)number, (void)reason;
  tars_os_evidence_set(tars_worker_evidence()); /* or the supervisor's, or 0 */
  for (;;) {
  }
}
