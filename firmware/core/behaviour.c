/* How a behaviour begins and how it is closed. */
#include "behaviour.h"

#include "core.h"
#include "due.h"
#include "event.h"
#include "input.h"
#include "log.h"
#include "output.h"
#include "retain.h"
#include "takeover.h"
#include "tars_os.h"

void tars_behaviour_setup(tars_behaviour *b, tars_behaviour *old) {
  if (old != NULL)
    tars_output_adopt(b, old);
  else
    tars_output_begin(b);
  tars_behaviour_ports(b, old);
}

/* The port learns of the inputs; then the levels that they have are read. */
void tars_behaviour_ports(tars_behaviour *b, const tars_behaviour *before) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    const tars_input_ops *ops = tars_input_rows[b->manifest.uses[h].kind];
    if (ops != NULL) ops->setup(b, h, before);
  }
  tars_input_read(b);
}

/* Periods count from the time at which the behaviour begins; timers are disarmed. */
static void times_begin(tars_behaviour *b) {
  tars_due_clear(b);
  for (uint8_t row = 0; row < b->manifest.sources_count; row++) {
    const tars_source *source = &b->manifest.sources[row];
    if (source->kind == TARS_SOURCE_EVERY)
      tars_due_set(b, (uint8_t)(tars_due_periods(b) + row), tars_time_after(b->begin_us, source->every.period));
  }
  for (uint8_t t = 0; t < b->manifest.timers; t++) b->generations[t]++;
}

/* The lifecycle event is the first in the queue; the events that waited for the old version follow it. */
void tars_behaviour_open(tars_behaviour *b, tars_behaviour *old) {
  tars_life_go(&b->life, old != NULL ? LIFE_SWAPPING : LIFE_OPEN);
  tars_input_begin(b);
  times_begin(b);
  tars_queue_clear(&b->queue);
  b->checkpoint_us =
      b->retained_count > 0 ? tars_time_after(b->begin_us, TARS_LIMIT_CHECKPOINT_MS * INT64_C(1000)) : NEVER;
  tars_log_status(b, STATUS_RUNNING, 0);
  tars_event_enter(b, (tars_event){ .time_us = b->begin_us, .source = 0, .argument = b->begin_lifecycle });
  if (old != NULL) tars_takeover(b, old);
  tars_retain_complete(b);
}

void tars_behaviour_close(tars_behaviour *b, tars_life next) {
  tars_life_go(&b->life, next);
  b->stop_wanted = false;
  b->restart_us = b->checkpoint_us = NEVER;
  tars_queue_clear(&b->queue);
  tars_due_clear(b);
}
