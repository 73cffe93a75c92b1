#include "param.h"

#include "due.h"
#include "event.h"
#include "state.h"

bool tars_param_types_fit(const tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    const tars_use *use = &b->manifest.uses[h];
    if (use->kind != TARS_KIND_PARAM) continue;
    tars_global_type wanted = use->param.type == TARS_PARAM_I64   ? TARS_GLOBAL_I64
                              : use->param.type == TARS_PARAM_F32 ? TARS_GLOBAL_F32
                                                                  : TARS_GLOBAL_I32;
    tars_global_type found = tars_state_type(b, use->param.slot);
    /* A word of linear memory has no type of its own: it holds 32 bits of any parameter that has no more. */
    if (b->manifest.state[use->param.slot].flags & TARS_STATE_MEMORY && wanted == TARS_GLOBAL_F32)
      wanted = TARS_GLOBAL_I32;
    if (found != wanted) return false;
  }
  return true;
}

void tars_param_load(tars_behaviour *b) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    if (b->manifest.uses[h].kind != TARS_KIND_PARAM) continue;
    tars_handle *handle = &b->handles[h];
    handle->param.bits = tars_state_get(b, b->manifest.uses[h].param.slot);
    handle->param.changed = false;
    if (!handle->param.own) handle->param.initial = handle->param.bits;
  }
}

void tars_param_store(tars_behaviour *b, bool only_changed) {
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    tars_handle *handle = &b->handles[h];
    if (b->manifest.uses[h].kind != TARS_KIND_PARAM) continue;
    if (only_changed ? !handle->param.changed : !handle->param.own) continue;
    tars_state_put(b, b->manifest.uses[h].param.slot, handle->param.bits);
    handle->param.changed = false;
  }
}

void tars_param_changed(tars_behaviour *b, uint8_t handle, int64_t time_us) {
  bool fits = tars_due_fits(b, handle);
  tars_due_set(b, handle, fits ? NEVER : time_us);
  if (fits) tars_event_source(b, TARS_SOURCE_PARAM, handle, EVENT_ANY, time_us, 0);
}
