/* Events from the port. What is due enters before them. */
#include "core.h"
#include "due.h"
#include "enter.h"
#include "event.h"
#include "input.h"
#include "tars_os.h"

/* A pin of a behaviour has changed. The worker may be asleep until after what has just become due. */
static void change(tars_behaviour *b, uint16_t resource, bool level, int64_t time_us) {
  tars_input_change(b, resource, level, time_us);
  if (tars_due_earliest(b) != NEVER) tars_os_worker_notify();
}

/* Notes the new level for behaviours that are about to begin or to come back: their events don't enter yet. */
static void note_edge(const tars_app *app, uint16_t resource, bool level, int64_t time_us) {
  for (uint8_t i = 0; i < app->count; i++) {
    tars_behaviour *b = app->behaviours[i];
    if (b->life == LIFE_LISTENING || b->side == SIDE_BACK) change(b, resource, level, time_us);
  }
}

void tars_event_edge(uint16_t resource, bool level, int64_t time_us) {
  tars_os_lock();
  tars_due_enter(time_us);
  for (uint8_t i = 0; i < tars_core.app.count; i++) change(tars_core.app.behaviours[i], resource, level, time_us);
  note_edge(&tars_core.staged, resource, level, time_us);
  note_edge(&tars_core.old, resource, level, time_us);
  tars_os_unlock();
}
