/* The watchdog is fed when supervisor, link and, where there is one, the agent have gone round since it was fed
 * last. */
#include "chip.h"
#include "port.h"

#ifndef TARS_WATCHDOG_S
#define TARS_WATCHDOG_S 4 /* seconds to an expiry: the first one says so, the second resets */
#endif

static volatile int alive, expected = TARS_ALIVE_SUPERVISOR | TARS_ALIVE_LINK;

/* Starts it. */
void tars_watchdog_start(void) { chip_watchdog_start(TARS_WATCHDOG_S); }

/* One more. */
void tars_watchdog_expect(int who) { expected |= who; }

bool tars_watchdog_saw(int who) { return (alive & who) != 0; }

/* A task has gone round its loop. The chip's watchdog is fed once all expected tasks have. */
void tars_watchdog_alive(int who) {
  taskENTER_CRITICAL();
  alive |= who;
  if (alive == expected) {
    alive = 0;
    chip_watchdog_feed();
  }
  taskEXIT_CRITICAL();
}
