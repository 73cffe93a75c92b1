/* What is due of one behaviour, and when. */
#include "due.h"

#include "core.h"
#include "input.h"
#include "tars_os.h"

/* Replaces the best item if this one is due earlier. Callers pass items in the order of class and number, so the
 * first of several with the same time stays. */
static void consider(tars_due_item *best, int64_t time_us, uint8_t class, uint8_t number) {
  if (time_us < best->time_us) *best = (tars_due_item){ time_us, class, number };
}

/* The item of a behaviour that is due first; its time is NEVER if there is none. */
tars_due_item tars_due_first(const tars_behaviour *b) {
  tars_due_item best = { .time_us = NEVER };
  for (uint8_t h = 0; h < b->manifest.uses_count; h++)
    if (tars_input_of(b, h) != NULL) consider(&best, b->handles[h].in.due_us, 0, h);
  for (uint8_t row = 0; row < b->manifest.sources_count; row++) consider(&best, b->periods[row], 1, row);
  for (uint8_t t = 0; t < b->manifest.timers; t++) consider(&best, b->timers[t].due_us, 2, t);
  return best;
}

void tars_due_refresh(tars_behaviour *b) { b->due_us = tars_life_is_open(b->life) ? tars_due_first(b).time_us : NEVER; }

int64_t tars_due_next(void) {
  int64_t next = NEVER;
  for (uint8_t i = 0; i < tars_core.app.count; i++)
    if (tars_core.app.behaviours[i]->due_us < next) next = tars_core.app.behaviours[i]->due_us;
  return next;
}

/* A new generation marks an expiry of this timer that waits in the queue as stale. */
void tars_due_timer(tars_behaviour *b, uint8_t timer, int64_t due_us) {
  b->timers[timer].generation++;
  b->timers[timer].due_us = due_us;
  tars_due_refresh(b);
  tars_os_worker_notify();
}
