/* Inputs of a behaviour that are pins, whatever their kind: the rows of tars_kinds.h say what each kind does. */
#include "input.h"

#include "due.h"
#include "tars_hal.h"
#include "tars_os.h"

const tars_input_ops *tars_input_of(const tars_behaviour *b, uint8_t handle) {
  const tars_input_ops *ops = tars_input_rows[b->manifest.uses[handle].kind];
  return ops != NULL && ops->change != NULL ? ops : NULL;
}

void tars_input_listen(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++)
    if (tars_input_of(b, h) != NULL) b->handles[h].in.fresh = false;
}

void tars_input_read(const tars_behaviour *b, tars_levels *levels) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++)
    levels->at[h] = tars_input_of(b, h) != NULL && tars_gpio_read(b->handles[h].resource);
}

void tars_input_begin(tars_behaviour *b, const tars_levels *levels) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    tars_handle *handle = &b->handles[h];
    if (tars_input_of(b, h) == NULL) continue;
    if (!handle->in.fresh) handle->in.raw = levels->at[h];
    handle->in.reported = handle->in.raw;
    handle->in.due_us = NEVER;
  }
}

void tars_input_back(tars_behaviour *b, const tars_levels *levels, int64_t now_us) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    tars_handle *handle = &b->handles[h];
    const tars_input_ops *ops = tars_input_of(b, h);
    if (ops == NULL) continue;
    bool changed = handle->in.fresh || handle->in.raw != levels->at[h];
    if (!handle->in.fresh) handle->in.raw = levels->at[h];
    ops->back(b, h, changed, now_us);
  }
  tars_due_refresh(b);
}

void tars_input_change(tars_behaviour *b, uint16_t resource, bool level, int64_t time_us) {
  bool noted = b->life == LIFE_LISTENING || b->side == SIDE_BACK; /* kept until the behaviour opens or goes on */
  if (!noted && !tars_life_is_open(b->life)) return;
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    const tars_input_ops *ops = tars_input_of(b, h);
    if (ops == NULL || b->handles[h].resource != resource) continue;
    b->handles[h].in.raw = level;
    b->handles[h].in.fresh = true;
    if (!noted) ops->change(b, h, time_us);
  }
  tars_due_refresh(b);
  /* The worker may be asleep until after what has just become due. */
  if (b->due_us != NEVER) tars_os_worker_notify();
}

void tars_input_close(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++)
    if (tars_input_of(b, h) != NULL) b->handles[h].in.due_us = NEVER;
}
