/* How events enter a behaviour's queue. All functions need the lock. */
#ifndef EVENT_H
#define EVENT_H

#include "behaviour.h"

/* Enters an event at the end of the queue and counts it; a full queue drops it. Wakes the worker. */
void tars_event_enter(tars_behaviour *b, tars_event event);
/* Whether the row of an event takes one more: of a message as many may wait as the subscription says, of ticks as many
 * as are caught up with. If of a message the latest counts only, it takes the place of the one that waits. */
bool tars_event_fits(tars_behaviour *b, tars_event *event);
/* `which` of an event of which there is one sort only. */
#define EVENT_ANY UINT8_MAX
/* The same, and only the latest argument counts: an event that waits already gets it. */
#define EVENT_LATEST 0x80
/* Enters one event for each source of `kind` on `handle` whose mask has one of the bits `which`. */
void tars_event_source(tars_behaviour *b, uint8_t kind, uint8_t handle, uint8_t which, int64_t time_us,
                       int32_t argument);
/* The next event, NULL if none waits; drops expired timers that were armed again or cancelled since. */
tars_event *tars_event_next(tars_behaviour *b);

#endif
