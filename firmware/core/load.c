#include "load.h"

#include "board.h" /* TARS_BOARD_EVENT_NS */
#include "core.h"
#include "due.h"
#include "log.h"
#include "tars_detail.h"
#include "tars_errors.h"
#include "tars_os.h"

enum { WINDOW_US = TARS_LIMIT_LOAD_WINDOW_MS * 1000, PERMILLE_US = WINDOW_US / TARS_LIMIT_LOAD_WHOLE };

void tars_load_init(tars_behaviour *b) {
  b->stats.load = tars_manifest_load(&b->manifest);
  b->deadline_us = tars_manifest_deadline(&b->manifest);
}

/* Begins a window for one behaviour. What it waited for while it was throttled is nobody else's fault. Where no event
 * waits the mark follows, or it would be ahead of a count that has wrapped. */
static void renew(tars_behaviour *b) {
  b->stats.used = (uint16_t)(b->used_us / PERMILLE_US);
  b->used_us = 0;
  if (b->throttled || b->queue.count == 0) b->waits_us = tars_core.busy_us;
  b->throttled = b->late_said = false;
  b->outside = (uint8_t)(b->outside << 1) & 3;
}

/* Windows follow each other without a gap, unless the worker slept through a whole one. */
void tars_load_turn(int64_t now_us) {
  if (now_us < tars_core.window_us) return;
  bool slept = now_us - tars_core.window_us >= WINDOW_US;
  tars_core.window_us = (slept ? now_us : tars_core.window_us) + WINDOW_US;
  for (uint8_t i = 0; i < tars_core.app.count; i++) renew(tars_core.app.behaviours[i]);
}

/* Reports what a behaviour did, or what was done to it, that ends a trial. It is evidence against the app if a new
 * version took the time by its periods and timers alone: a flood from outside must not make a bundle bad. */
static void report(const tars_behaviour *b, uint8_t status, uint8_t code, const tars_behaviour *cause,
                   const char *reason) {
  tars_log_status(b, status, code);
  bool trial = tars_core.in_trial && (b != cause || b->side == SIDE_NEW);
  if (cause->side != SIDE_NEW || cause->outside) code = TARS_E_UNCONFIRMED;
  if (trial && tars_core.hooks.trial_failed != NULL) tars_core.hooks.trial_failed(b->manifest.name, code, reason);
}

/* Periods that end before the window does are skipped: else each of them would cost the neighbours time. */
static void throttle(tars_behaviour *b) {
  b->throttled = true;
  b->stats.throttled++;
  b->stats.overruns += tars_due_skip(b, tars_core.window_us);
  report(b, STATUS_THROTTLED, TARS_E_LOAD, b, "");
}

void tars_load_begin(void) {
  tars_core.reaction_us = tars_os_now_us();
  tars_core.busy_before_us = tars_core.busy_us;
}

/* Beside the processor time in the guest, an event takes time on its way there and back. No more is charged than has
 * passed on the board's clock: on a virtual clock a reaction takes none. A window that is over throttles nobody. */
void tars_load_charge(tars_behaviour *b, uint32_t used_us) {
  int64_t now_us = tars_os_now_us(), passed_us = now_us - tars_core.reaction_us;
  used_us += (TARS_BOARD_EVENT_NS + 999) / 1000;
  if (used_us > passed_us) used_us = (uint32_t)passed_us;
  tars_core.busy_us += used_us;
  b->waits_us = tars_core.busy_us;
  b->used_us += used_us;
  int16_t source = b->event.source;
  if (source > 0 && b->manifest.sources[source - 1].kind != TARS_SOURCE_EVERY) b->outside |= 1;
  bool over = b->used_us > (uint32_t)b->stats.load * PERMILLE_US && now_us < tars_core.window_us;
  if (over && !b->throttled) throttle(b);
}

/* The reaction that ran last may have begun before the event came; the behaviour's own reactions don't count. */
void tars_load_waits(tars_behaviour *b) {
  if ((int32_t)(tars_core.busy_before_us - b->waits_us) > 0) b->waits_us = tars_core.busy_before_us;
}

/* Processor time of this window and of the one before, which may have just ended. */
static uint32_t recent_us(const tars_behaviour *b) { return b->used_us + b->stats.used * PERMILLE_US; }

/* Which of the neighbours of a behaviour has taken the most of late; there is one, because one has run. */
static const tars_behaviour *busiest(const tars_behaviour *waiting) {
  const tars_behaviour *most = NULL;
  for (uint8_t i = 0; i < tars_core.app.count; i++) {
    const tars_behaviour *b = tars_core.app.behaviours[i];
    if (b != waiting && (most == NULL || recent_us(b) > recent_us(most))) most = b;
  }
  return most != NULL ? most : waiting;
}

/* Nor does time count in which tasks above the worker ran, so both clocks must have passed the deadline. */
void tars_load_late(tars_behaviour *b, int64_t waited_us) {
  if (waited_us <= b->deadline_us) return;
  b->waits_us = tars_core.busy_us;
  b->stats.late++;
  if (b->late_said) return;
  b->late_said = true;
  char reason[TARS_LIMIT_NAME + sizeof " ran"];
  const tars_behaviour *most = busiest(b);
  tars_text name = most->manifest.name;
  tars_detail_say((tars_detail){ reason, sizeof reason }, 0, "%.*s ran", name.size, name.text);
  report(b, STATUS_LATE, TARS_E_LATE, most, reason);
}
