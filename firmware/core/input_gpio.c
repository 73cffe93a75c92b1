/* Digital inputs: a level is reported once it has been stable for the declared interval. */
#include "due.h"
#include "event.h"
#include "input.h"
#include "tars_hal.h"

/* Bits of a source's `edges`. */
enum { EDGE_PRESS = 1, EDGE_RELEASE = 2 };

/* The pin is configured anew, whoever had it before. */
static void setup(tars_behaviour *b, uint8_t h, const tars_behaviour *before) {
  (void)before;
  tars_gpio_input(b->handles[h].resource, b->manifest.uses[h].gpio_in.pull);
}

bool tars_input_level(const tars_behaviour *b, uint8_t handle) {
  return b->handles[handle].in.reported != (b->manifest.uses[handle].gpio_in.active == 1);
}

/* The interval has ended: an event if the level is not the reported one. */
static void pass(tars_behaviour *b, uint8_t h, int64_t time_us) {
  tars_handle *input = &b->handles[h];
  tars_due_set(b, h, NEVER);
  if (input->in.raw == input->in.reported) return;
  input->in.reported = input->in.raw;
  bool level = tars_input_level(b, h);
  tars_event_source(b, TARS_SOURCE_EDGE, h, level ? EDGE_PRESS : EDGE_RELEASE, time_us, level);
}

/* Its interval starts anew; without one the level counts at once, or when the queue has room: of edges that wait for
 * that, pairs are lost, and the input ends with the level that it has. */
static void change(tars_behaviour *b, uint8_t h, int64_t time_us) {
  uint32_t debounce = b->manifest.uses[h].gpio_in.debounce;
  if (debounce > 0) {
    tars_due_set(b, h, tars_time_after(time_us, debounce));
    return;
  }
  bool waits = tars_due_time(b, h) != NEVER;
  if (waits) b->stats.dropped += 2;
  tars_due_set(b, h, waits ? NEVER : time_us);
  if (tars_due_fits(b, h) && !waits) pass(b, h, time_us);
}

/* A level that changed meanwhile is as one that changes now. */
static void back(tars_behaviour *b, uint8_t h, bool changed, int64_t now_us) {
  if (changed) change(b, h, now_us);
}

/* Keeps the level and an interval that has begun; best from a handle with the same interval. */
static bool adopt(tars_behaviour *b, uint8_t h, const tars_behaviour *old, uint8_t from) {
  const tars_use_gpio_in *mine = &b->manifest.uses[h].gpio_in, *theirs = &old->manifest.uses[from].gpio_in;
  if (mine->pull != theirs->pull) return false;
  b->handles[h].in = old->handles[from].in;
  tars_due_set(b, h, tars_due_time(old, from));
  return mine->debounce == theirs->debounce;
}

const tars_input_ops tars_input_gpio_in = {
  .setup = setup, .change = change, .pass = pass, .back = back, .adopt = adopt
};
