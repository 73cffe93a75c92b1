/* Events on their way into a queue: from the port, from time, from other behaviours. */
#include "event.h"

#include "core.h"
#include "due.h"   /* what is due enters before an event from outside */
#include "input.h" /* edges */
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
  if (b->queue.count > b->stats.queue) b->stats.queue = b->queue.count;
  tars_os_worker_notify();
}

void tars_event_source(tars_behaviour *b, uint8_t kind, uint8_t handle, uint8_t which, int64_t time_us,
                       int32_t argument) {
  for (uint8_t row = 0; row < b->manifest.sources_count; row++) {
    const tars_source *source = &b->manifest.sources[row];
    if (source->kind != kind || tars_source_handle(source) != handle || !(tars_source_mask(source) & which)) continue;
    tars_event_enter(b, (tars_event){ .time_us = time_us, .source = (int16_t)(row + 1), .argument = argument });
  }
}

tars_event *tars_event_next(tars_behaviour *b) {
  for (;;) {
    tars_event *event = tars_queue_at(&b->queue, 0);
    if (event == NULL || event->source >= 0 || event->generation == b->timers[-1 - event->source].generation)
      return event;
    tars_queue_pop(&b->queue);
  }
}

/* Notes the new level for behaviours that are about to begin or to come back: their events don't enter yet. */
static void note_edge(const tars_app *app, uint16_t resource, bool level, int64_t time_us) {
  for (uint8_t i = 0; i < app->count; i++) {
    tars_behaviour *b = app->behaviours[i];
    if (b->life == LIFE_LISTENING || b->side == SIDE_BACK) tars_input_change(b, resource, level, time_us);
  }
}

void tars_event_edge(uint16_t resource, bool level, int64_t time_us) {
  tars_os_lock();
  tars_due_enter(time_us);
  for (uint8_t i = 0; i < tars_core.app.count; i++)
    tars_input_change(tars_core.app.behaviours[i], resource, level, time_us);
  note_edge(&tars_core.staged, resource, level, time_us);
  note_edge(&tars_core.old, resource, level, time_us);
  tars_os_unlock();
}

void tars_event_resource(uint8_t kind, uint8_t source, uint16_t resource, uint8_t which, int64_t time_us,
                         int32_t argument) {
  tars_os_lock();
  tars_due_enter(time_us);
  for (uint8_t i = 0; i < tars_core.app.count; i++) {
    tars_behaviour *b = tars_core.app.behaviours[i];
    for (uint8_t h = 0; h < b->manifest.uses_count; h++)
      if (b->manifest.uses[h].kind == kind && b->handles[h].resource == resource)
        tars_event_source(b, source, h, which, time_us, argument);
  }
  tars_os_unlock();
}
