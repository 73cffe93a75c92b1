/* Debounce: a level is reported once it has been stable for the declared interval. */
#include "input.h"

#include "due.h"
#include "event.h"
#include "tars_hal.h"
#include "tars_kinds.h"
#include "tars_os.h"

/* Bits of a source's `edges`. */
enum { EDGE_PRESS = 1, EDGE_RELEASE = 2 };

/* The pin is configured anew, whoever had it before. */
void tars_setup_gpio_in(tars_behaviour *b, uint8_t handle, const tars_behaviour *before) {
  (void)before;
  tars_gpio_input(b->handles[handle].resource, b->manifest.uses[handle].gpio_in.pull);
}

void tars_input_change(tars_behaviour *b, uint16_t resource, bool level, int64_t time_us) {
  bool noted = b->life == LIFE_LISTENING || b->side == SIDE_BACK; /* kept until the behaviour opens or goes on */
  if (!noted && !tars_life_is_open(b->life)) return;
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    const tars_use *use = &b->manifest.uses[h];
    if (use->kind != TARS_KIND_GPIO_IN || b->handles[h].resource != resource) continue;
    b->handles[h].in.raw = level;
    b->handles[h].in.fresh = true;
    if (noted) continue;
    if (use->gpio_in.debounce == 0)
      tars_input_settle(b, h, time_us);
    else
      b->handles[h].in.settles_us = tars_time_after(time_us, use->gpio_in.debounce);
  }
  tars_due_refresh(b);
  /* The worker may be asleep until after the end of the interval that has just begun. */
  if (b->due_us != NEVER) tars_os_worker_notify();
}

void tars_input_settle(tars_behaviour *b, uint8_t handle, int64_t time_us) {
  tars_handle *input = &b->handles[handle];
  input->in.settles_us = NEVER;
  if (input->in.raw == input->in.reported) return;
  input->in.reported = input->in.raw;
  bool level = tars_input_level(b, handle);
  tars_event_source(b, TARS_SOURCE_EDGE, handle, level ? EDGE_PRESS : EDGE_RELEASE, time_us, level);
}

bool tars_input_level(const tars_behaviour *b, uint8_t handle) {
  return b->handles[handle].in.reported != (b->manifest.uses[handle].gpio_in.active == 1);
}
