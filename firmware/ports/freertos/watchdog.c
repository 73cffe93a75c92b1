/* The watchdog is fed when supervisor, link and, where there is one, the agent have gone round since it was fed last.
 */
#include "an500.h"
#include "port.h"

enum { BITE_S = 4 }; /* the first expiry says so, the second resets */

static volatile int alive, expected = TARS_ALIVE_SUPERVISOR | TARS_ALIVE_LINK;

/* Starts it. */
void tars_watchdog_start(void) {
  AN500_WATCHDOG->lock = AN500_WATCHDOG_KEY;
  AN500_WATCHDOG->load = BITE_S * AN500_CLOCK_HZ;
  AN500_WATCHDOG->control = AN500_WATCHDOG_ON | AN500_WATCHDOG_RESET;
}

/* One more. */
void tars_watchdog_expect(int who) { expected |= who; }

/* One of them has gone round. */
void tars_watchdog_alive(int who) {
  taskENTER_CRITICAL();
  alive |= who;
  if (alive == expected) {
    alive = 0;
    AN500_WATCHDOG->interrupt_clear = 1; /* starts the count anew */
  }
  taskEXIT_CRITICAL();
}
