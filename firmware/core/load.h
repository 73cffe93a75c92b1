/* Shares of the processor's time: priority is no right to starve. The time of the board is cut into windows of
 * limits.load_window_ms, and a behaviour that has used up its load is throttled until the window ends: nothing of it
 * runs. A behaviour whose event has waited longer than its deadline while neighbours ran is late. All functions need
 * the lock; all of them run in the worker. */
#ifndef LOAD_H
#define LOAD_H

#include "behaviour.h"

/* Takes load and deadline from the manifest. */
void tars_load_init(tars_behaviour *b);
/* Ends the window if its time has come. */
void tars_load_turn(int64_t now_us);
/* Before and after a reaction: charges the behaviour for it. `used_us` is the worker's processor time. */
void tars_load_begin(void);
void tars_load_charge(tars_behaviour *b, uint32_t used_us);
/* An event has entered the empty queue of the behaviour, or the behaviour goes on after it was frozen. */
void tars_load_waits(tars_behaviour *b);
/* The behaviour's next event is `waited_us` old, and neighbours have run for longer than its deadline. */
void tars_load_late(tars_behaviour *b, int64_t waited_us);

/* True if it is throttled, and isn't about to end. */
static inline bool tars_load_holds(const tars_behaviour *b) { return b->throttled && b->life != LIFE_FINISHING; }

#endif
