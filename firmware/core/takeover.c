/* What a new version takes over from an old one. Two sources match if they have the same kind and listen to the same
 * thing; their numbers may differ. */
#include "takeover.h"

#include "core.h"
#include "due.h"
#include "event.h"
#include "input.h"
#include "param.h"
#include "retain.h"
#include "state.h"
#include "tars_kinds.h"
#include "topic.h"

/* True if the two rows are periods of the same length in the same place: then the new version goes on with the due
 * time of the old one. */
static bool same_period(const tars_behaviour *b, const tars_behaviour *old, uint8_t row) {
  if (row >= b->manifest.sources_count || row >= old->manifest.sources_count) return false;
  const tars_source *mine = &b->manifest.sources[row], *theirs = &old->manifest.sources[row];
  return mine->kind == TARS_SOURCE_EVERY && theirs->kind == TARS_SOURCE_EVERY &&
         mine->every.period == theirs->every.period;
}

/* True if two handles stand for the same pin, port or parameter, or for the same topic and the same fields. */
static bool same_handle(const tars_use *mine, const tars_use *theirs) {
  tars_text topic, one = { "", 0 }, other = { "", 0 };
  if (!tars_use_same(mine, theirs)) return false;
  tars_topic_of(mine, &topic, &one);
  tars_topic_of(theirs, &topic, &other);
  return tars_text_equal(one, other);
}

/* True if two source rows mean the same events; without a handle they have to be in the same place. */
static bool same_source(const tars_behaviour *b, uint8_t row, const tars_behaviour *old, uint8_t old_row) {
  const tars_source *mine = &b->manifest.sources[row], *theirs = &old->manifest.sources[old_row];
  if (!tars_source_same(mine, theirs)) return false;
  uint8_t handle = tars_source_handle(mine);
  if (handle == UINT8_MAX) return row == old_row;
  return same_handle(&b->manifest.uses[handle], &old->manifest.uses[tars_source_handle(theirs)]);
}

/* Hands one event over if the new version has its source; true if it did. It is lost if as many wait there already as
 * the new version wants; if it wants the latest message only, the older one is lost. */
static bool event_move(tars_behaviour *b, const tars_behaviour *old, tars_event event) {
  if (event.source <= 0) return false;
  for (uint8_t row = 0; row < b->manifest.sources_count; row++) {
    if (!same_source(b, row, old, (uint8_t)(event.source - 1))) continue;
    event.source = (int16_t)(row + 1);
    if (tars_event_fits(b, &event) && tars_queue_push(&b->queue, &event)) return true;
    if (b->manifest.sources[row].kind == TARS_SOURCE_EVERY)
      b->stats.overruns++;
    else
      b->stats.dropped++;
    return true;
  }
  return false;
}

void tars_takeover_events(tars_behaviour *b, tars_behaviour *old) {
  for (uint8_t waiting = old->queue.count; waiting > 0; waiting--) {
    tars_event event = *tars_queue_at(&old->queue, 0);
    tars_queue_pop(&old->queue);
    if (!event_move(b, old, event)) tars_queue_push(&old->queue, &event);
  }
}

/* Publishers keep the time of their last message, and so their rate. */
static void topic_adopt(tars_behaviour *b, uint8_t h, const tars_behaviour *old, uint8_t from) {
  b->handles[h].topic.sent = old->handles[from].topic.sent;
  b->handles[h].topic.last_us = old->handles[from].topic.last_us;
  b->handles[h].topic.messages = old->handles[from].topic.messages;
}

/* Takes over what one handle of the old version knows; true if no other of its handles has more to give. */
static bool handle_adopt(tars_behaviour *b, uint8_t h, const tars_behaviour *old, uint8_t from) {
  const tars_use *mine = &b->manifest.uses[h];
  if (!tars_use_same(mine, &old->manifest.uses[from])) return false;
  const tars_input_ops *input = tars_input_of(b, h);
  if (input != NULL) return input->adopt(b, h, old, from);
  if (mine->kind == TARS_KIND_PUBLISH || mine->kind == TARS_KIND_SUBSCRIBE) topic_adopt(b, h, old, from);
  return false;
}

/* The period goes on with the due time of the old one. */
static void period_adopt(tars_behaviour *b, const tars_behaviour *old, uint8_t row) {
  tars_due_set(b, (uint8_t)(tars_due_periods(b) + row), tars_due_time(old, (uint8_t)(tars_due_periods(old) + row)));
}

/* Several handles of the old version may be on one pin. */
static void handles_move(tars_behaviour *b, const tars_behaviour *old) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    uint8_t from = 0;
    while (from < old->manifest.uses_count && !handle_adopt(b, h, old, from)) from++;
  }
}

/* Values are copied before events are moved, because the reactions to those events may read them. */
void tars_takeover(tars_behaviour *b, tars_behaviour *old) {
  tars_param_store(old, true);
  tars_state_copy(b, old);
  tars_param_load(b);
  tars_retain_adopt(b, old);
  b->checkpoint_store = old->checkpoint_store;
  b->stores_us = old->stores_us;
  handles_move(b, old);
  for (uint8_t row = 0; row < b->manifest.sources_count; row++)
    if (same_period(b, old, row)) period_adopt(b, old, row);
  tars_takeover_events(b, old);
}

/* Periods that ended while the behaviour was frozen are skipped; a timer that expired is due now. */
void tars_takeover_thaw(tars_behaviour *b, int64_t now_us) {
  tars_due_skip(b, now_us);
  for (uint8_t t = 0; t < b->manifest.timers; t++) {
    uint8_t item = (uint8_t)(tars_due_timers(b) + t);
    if (tars_due_time(b, item) < now_us) tars_due_set(b, item, now_us);
  }
}
