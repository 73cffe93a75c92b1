/* Due items of one behaviour become events in the order (due time, item): what inputs wait for, then periods, then
 * timers (due.h). Items of the same instant enter in the order of the behaviours in the app. The logical time of an
 * event is the due time, however late it enters, so periods and chains of timers don't drift. */
#include "enter.h"

#include "core.h"
#include "due.h"
#include "event.h"
#include "input.h"
#include "param.h"

/* A period has ended: enters an event, unless as many as the row allows wait already. If no further tick of the row
 * up to `now_us` can find room in the queue, because nothing leaves it before then, all of them are counted at once:
 * counted one by one, a short period could bring new ticks faster than they are counted. */
static void period_pass(tars_behaviour *b, uint8_t row, int64_t time_us, int64_t now_us) {
  const tars_source_every *every = &b->manifest.sources[row].every;
  tars_event tick = { .time_us = time_us, .source = (int16_t)(row + 1) };
  bool overrun = !tars_event_fits(b, &tick);
  int64_t more = overrun || b->queue.count == TARS_LIMIT_QUEUE ? (now_us - time_us) / every->period : 0;
  tars_due_set(b, (uint8_t)(tars_due_periods(b) + row), tars_time_after(time_us + more * every->period, every->period));
  if (overrun) {
    b->stats.overruns += 1 + (uint32_t)more;
    return;
  }
  b->stats.dropped += (uint32_t)more;
  tars_event_enter(b, tick);
}

/* A timer has expired: it is disarmed and its event enters. */
static void timer_pass(tars_behaviour *b, uint8_t timer, int64_t time_us) {
  tars_due_set(b, (uint8_t)(tars_due_timers(b) + timer), NEVER);
  tars_event_enter(
      b, (tars_event){ .time_us = time_us, .source = (int16_t)(-1 - timer), .generation = b->generations[timer] });
}

/* Turns the item of a behaviour that is due first into an event. */
static void pass(tars_behaviour *b, int64_t now_us) {
  uint8_t item = tars_due_first(b);
  int64_t time_us = tars_due_time(b, item);
  if (item < tars_due_periods(b) && b->manifest.uses[item].kind == TARS_KIND_PARAM)
    tars_param_changed(b, item, time_us);
  else if (item < tars_due_periods(b))
    tars_input_of(b, item)->pass(b, item, time_us);
  else if (item < tars_due_timers(b))
    period_pass(b, (uint8_t)(item - tars_due_periods(b)), time_us, now_us);
  else
    timer_pass(b, (uint8_t)(item - tars_due_timers(b)), time_us);
}

void tars_due_enter(int64_t now_us) {
  while (tars_due_some(now_us, UINT8_MAX)) {
  }
}

bool tars_due_some(int64_t now_us, uint8_t most) {
  for (; most > 0; most--) {
    tars_behaviour *earliest = NULL;
    int64_t earliest_us = now_us;
    for (uint8_t i = 0; i < tars_core.app.count; i++) {
      tars_behaviour *b = tars_core.app.behaviours[i];
      int64_t due = tars_due_earliest(b);
      if (due > earliest_us || (earliest != NULL && due == earliest_us)) continue;
      earliest = b;
      earliest_us = due;
    }
    if (earliest == NULL) return false;
    pass(earliest, now_us);
  }
  return true;
}
