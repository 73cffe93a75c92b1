/* Events on their way into a queue: from the port, from time, from other behaviours. */
#include "event.h"

#include "core.h"
#include "load.h"
#include "tars_kinds.h"
#include "tars_os.h"

void tars_event_enter(tars_behaviour *b, tars_event event) {
  if (!tars_life_is_open(b->life)) return;
  event.order = tars_core.order++;
  if (!tars_queue_push(&b->queue, &event)) {
    b->stats.dropped++;
    return;
  }
  b->stats.events++;
  if (b->queue.count == 1) tars_load_waits(b);
  if (b->queue.count > b->stats.queue) b->stats.queue = b->queue.count;
  tars_os_worker_notify();
}

bool tars_event_fits(tars_behaviour *b, tars_event *event) {
  const tars_source *source = &b->manifest.sources[event->source - 1];
  bool message = source->kind == TARS_SOURCE_MESSAGE;
  tars_event *waiting = tars_queue_find(&b->queue, event->source);
  if (waiting == NULL || (!message && source->kind != TARS_SOURCE_EVERY)) return true;
  uint8_t most = message ? b->manifest.uses[source->message.handle].subscribe.depth : source->every.catchup;
  if (tars_queue_waiting(&b->queue, event->source) < most) return true;
  if (message && most == 0) {
    event->order = waiting->order;
    *waiting = *event;
  }
  return false;
}

void tars_event_source(tars_behaviour *b, uint8_t kind, uint8_t handle, uint8_t which, int64_t time_us,
                       int32_t argument) {
  for (uint8_t row = 0; row < b->manifest.sources_count; row++) {
    const tars_source *source = &b->manifest.sources[row];
    if (source->kind != kind || tars_source_handle(source) != handle || !(tars_source_mask(source) & which)) continue;
    tars_event *queued = which == EVENT_LATEST ? tars_queue_find(&b->queue, (int16_t)(row + 1)) : NULL;
    if (queued != NULL)
      queued->argument = argument;
    else
      tars_event_enter(b, (tars_event){ .time_us = time_us, .source = (int16_t)(row + 1), .argument = argument });
  }
}

tars_event *tars_event_next(tars_behaviour *b) {
  for (;;) {
    tars_event *event = tars_queue_at(&b->queue, 0);
    if (event == NULL || event->source >= 0 || event->generation == b->generations[-1 - event->source]) return event;
    tars_queue_pop(&b->queue);
  }
}
