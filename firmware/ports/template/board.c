/* Steps 11 and 12: watchdog, reset, and the end when something is broken. */
#include "port.h"
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

/* Stops everything with interrupts off: outputs as the board's wiring is safe, then the reason in words on the console,
 * then the watchdog restarts. Called from anywhere, handlers of processor faults too, so it uses no kernel, no lock and
 * hardly any stack. Doesn't return. */
void tars_os_panic(int number, const char *reason) {
  (void)number, (void)reason;
  for (;;) {
  }
}
