/* Inputs of a behaviour, whatever their kind: the rows of tars_kinds.h say what each kind does. */
#include "input.h"

#include "tars_hal.h"

const tars_input_ops *tars_input_of(const tars_behaviour *b, uint8_t handle) {
  const tars_input_ops *ops = tars_input_rows[b->manifest.uses[handle].kind];
  return ops != NULL && ops->change != NULL ? ops : NULL;
}

/* The worker alone has `found`. */
void tars_input_read(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++)
    if (tars_input_of(b, h) != NULL) b->handles[h].in.found = tars_gpio_read(b->handles[h].resource);
}

/* Takes the level that was read, unless a change has been noted since; true if it isn't the level before. */
static bool level_take(tars_handle *handle) {
  bool changed = handle->in.noted || handle->in.raw != handle->in.found;
  if (!handle->in.noted) handle->in.raw = handle->in.found;
  handle->in.noted = false;
  return changed;
}

void tars_input_begin(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    tars_handle *handle = &b->handles[h];
    if (tars_input_of(b, h) == NULL) continue;
    level_take(handle);
    handle->in.reported = handle->in.raw;
    handle->in.ended = false;
  }
}

void tars_input_back(tars_behaviour *b, int64_t now_us) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    const tars_input_ops *ops = tars_input_of(b, h);
    if (ops != NULL) ops->back(b, h, level_take(&b->handles[h]), now_us);
  }
  b->event.source = 0; /* whatever its last reaction was to, other things have happened since */
  tars_input_after(b);
}

/* A change is noted while the behaviour is about to begin, or to go on if it will. */
void tars_input_change(tars_behaviour *b, uint16_t resource, bool level, int64_t time_us) {
  bool begins = b->life == LIFE_LISTENING, noted = begins || b->side == SIDE_BACK;
  if (!begins && !tars_life_is_open(b->life)) return;
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    const tars_input_ops *ops = tars_input_of(b, h);
    if (ops == NULL || b->handles[h].resource != resource) continue;
    b->handles[h].in.raw = level;
    if (noted)
      b->handles[h].in.noted = true;
    else
      ops->change(b, h, time_us);
  }
}

void tars_input_after(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    const tars_input_ops *ops = tars_input_rows[b->manifest.uses[h].kind];
    if (ops != NULL && ops->after != NULL) ops->after(b, h);
  }
}
