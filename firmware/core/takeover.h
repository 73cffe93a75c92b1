/* What a new version takes over from the old one, between two reactions. All functions need the lock. */
#ifndef TAKEOVER_H
#define TAKEOVER_H

#include "behaviour.h"

/* Variables, live parameters, the last checkpoint, levels of inputs, phases of periods, rate limits, and events that
 * both versions know. The other events stay with the old one, for a revert. */
void tars_takeover(tars_behaviour *b, tars_behaviour *old);
/* Moves the events that both versions know, and nothing else. */
void tars_takeover_events(tars_behaviour *b, tars_behaviour *old);
/* Brings a frozen behaviour's times to `now_us`: periods keep their grid, timers that expired meanwhile are due now. */
void tars_takeover_thaw(tars_behaviour *b, int64_t now_us);

#endif
