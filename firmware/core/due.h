/* What becomes due as time passes: what inputs wait for, periods, one-shot timers. All functions need the lock.
 *
 * A behaviour's items are numbered: first its handles (what an input waits for), then its source rows (periods), then
 * its timers. They lie in a binary heap by time, then number, so that setting one and finding the first grow with the
 * logarithm of their number. */
#ifndef DUE_H
#define DUE_H

#include "behaviour.h"

/* Number of items of a behaviour, and the first of its periods and timers. */
static inline uint8_t tars_due_count(const tars_manifest *m) {
  return (uint8_t)(m->uses_count + m->sources_count + m->timers);
}
static inline uint8_t tars_due_periods(const tars_behaviour *b) { return b->manifest.uses_count; }
static inline uint8_t tars_due_timers(const tars_behaviour *b) {
  return (uint8_t)(b->manifest.uses_count + b->manifest.sources_count);
}

/* Nothing is due of the behaviour any more. */
void tars_due_clear(tars_behaviour *b);
/* When the item is due from now on; NEVER: not at all. */
void tars_due_set(tars_behaviour *b, uint8_t item, int64_t time_us);
/* When the item is due. */
int64_t tars_due_time(const tars_behaviour *b, uint8_t item);
/* The item that is due first. */
uint8_t tars_due_first(const tars_behaviour *b);
/* Skips the periods that end up to a time, at least one of each row; returns how many. */
uint32_t tars_due_skip(tars_behaviour *b, int64_t until_us);
/* Whether the item can enter now: what an input waits for and the expiry of a timer wait until the queue has room,
 * since a behaviour that misses the last edge of an input, or the end of its sleep, goes on wrongly for ever. Two
 * sources may want one edge. A tick needs no room: when it finds none it is skipped and counted. */
bool tars_due_fits(const tars_behaviour *b, uint8_t item);
/* When something of the behaviour is due first; NEVER if nothing is, or if the first item has to wait for room. */
int64_t tars_due_earliest(const tars_behaviour *b);
/* The same of all behaviours of the running app, or when those of them that are throttled go on. */
int64_t tars_due_next(void);
/* Arms a timer, or disarms it with NEVER. An expiry of it that waits in the queue becomes stale. */
void tars_due_timer(tars_behaviour *b, uint8_t timer, int64_t due_us);

#endif
