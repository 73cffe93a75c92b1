/* Pulses: the time from a pin's edge to the active level to its edge back. One that began before the behaviour did, or
 * while it was frozen, isn't measured. */
#include "due.h"
#include "event.h"
#include "input.h"
#include "tars_hal.h"

/* Bits of a source's `events`. */
enum { PULSE_ECHO = 1, PULSE_TIMEOUT = 2 };

/* The pin is configured anew, whoever had it before. */
static void setup(tars_behaviour *b, uint8_t h, const tars_behaviour *before) {
  (void)before;
  tars_gpio_input(b->handles[h].resource, b->manifest.uses[h].pulse_in.pull);
}

/* The pulse that was measured is over. */
static void end(tars_behaviour *b, uint8_t h, uint8_t which, int64_t time_us, uint32_t width_us) {
  tars_due_set(b, h, NEVER);
  b->handles[h].in.ended = false;
  tars_event_source(b, TARS_SOURCE_PULSE, h, which, time_us, (int32_t)width_us);
}

/* Whatever comes of the pulse after its timeout is nothing. */
static void pass(tars_behaviour *b, uint8_t h, int64_t time_us) {
  const tars_handle *input = &b->handles[h];
  if (input->in.ended)
    end(b, h, PULSE_ECHO, time_us, input->in.width_us);
  else
    end(b, h, PULSE_TIMEOUT, time_us, b->manifest.uses[h].pulse_in.timeout);
}

/* A pulse that is measured has its timeout as due time, which says when it began. An end or a timeout that waits for
 * room in the queue is due since it came, and is lost if the next pulse begins before. */
static void change(tars_behaviour *b, uint8_t h, int64_t time_us) {
  const tars_use_pulse_in *use = &b->manifest.uses[h].pulse_in;
  tars_handle *input = &b->handles[h];
  int64_t due_us = tars_due_time(b, h);
  if (input->in.raw != use->active) {
    b->stats.dropped += due_us != NEVER;
    input->in.ended = false;
    tars_due_set(b, h, time_us + use->timeout);
  } else if (due_us != NEVER && time_us < due_us && !input->in.ended) {
    input->in.width_us = (uint32_t)time_us - (uint32_t)due_us + use->timeout;
    input->in.ended = true;
    tars_due_set(b, h, time_us);
    if (tars_due_fits(b, h)) pass(b, h, time_us);
  }
}

/* Edges may have been missed. */
static void back(tars_behaviour *b, uint8_t h, bool changed, int64_t now_us) {
  (void)changed, (void)now_us;
  b->handles[h].in.ended = false;
  tars_due_set(b, h, NEVER);
}

/* A pulse goes on where the old version meant the same by one. */
static bool adopt(tars_behaviour *b, uint8_t h, const tars_behaviour *old, uint8_t from) {
  const tars_use_pulse_in *mine = &b->manifest.uses[h].pulse_in, *theirs = &old->manifest.uses[from].pulse_in;
  bool same = mine->pull == theirs->pull && mine->active == theirs->active && mine->timeout == theirs->timeout;
  if (!same) return false;
  b->handles[h].in.ended = old->handles[from].in.ended;
  b->handles[h].in.width_us = old->handles[from].in.width_us;
  tars_due_set(b, h, tars_due_time(old, from));
  return true;
}

const tars_input_ops tars_input_pulse_in = {
  .setup = setup, .change = change, .pass = pass, .back = back, .adopt = adopt
};
