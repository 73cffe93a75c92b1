/* The worker's loop: chores that the supervisor left it, then what is due, then the event of the behaviour with the
 * highest priority, run to completion. Nothing here allocates. If the port abandons a reaction, tars_worker_run() is
 * entered anew and finds it still marked as running. */
#include "worker.h"

#include "board.h" /* TARS_BOARD_REACTION_US */
#include "core.h"
#include "due.h"
#include "enter.h"
#include "event.h"
#include "fault.h"
#include "input.h"
#include "load.h"
#include "log.h"
#include "output.h"
#include "param.h"
#include "retain.h"
#include "supervisor.h"
#include "switch.h"
#include "tars_errors.h"
#include "tars_os.h"
#include "trace.h"

#include <string.h> /* strlen */

/* Items that become events without the lock being free meanwhile. */
#define DUE_PORTION 8

/* True if behaviour `a` is to run before `b`: priority, then the event that entered first (the count may wrap). */
static bool runs_before(tars_behaviour *a, tars_behaviour *b) {
  if (a->manifest.priority != b->manifest.priority) return a->manifest.priority > b->manifest.priority;
  return (int32_t)(tars_event_next(a)->order - tars_event_next(b)->order) < 0;
}

/* True if an event of the behaviour could run now. */
static bool runnable(tars_behaviour *b) {
  return tars_life_is_open(b->life) && !tars_load_holds(b) && tars_event_next(b) != NULL;
}

/* The behaviour whose event is next; NULL if none waits. */
static tars_behaviour *choose(int64_t now_us) {
  tars_behaviour *best = NULL;
  for (uint8_t i = 0; i < tars_core.app.count; i++) {
    tars_behaviour *b = tars_core.app.behaviours[i];
    if (!runnable(b)) continue;
    if (tars_core.busy_us - b->waits_us > b->deadline_us) tars_load_late(b, now_us - tars_event_next(b)->time_us);
    if (best == NULL || runs_before(b, best)) best = b;
  }
  return best;
}

/* Ends a behaviour: takes a checkpoint and makes the outputs safe. Lock held, released meanwhile. */
static void stop_finish(tars_behaviour *b) {
  if (tars_life_is_open(b->life)) tars_retain_checkpoint(b);
  tars_behaviour_close(b, LIFE_STOPPED);
  b->instance_dead = true; /* before the lock is free: it may be started at once */
  tars_os_unlock();
  tars_output_safe(b);
  tars_os_lock();
  tars_log_status(b, STATUS_STOPPED, 0);
  tars_os_supervisor_notify();
}

/* Begins to stop a behaviour: if it has a reaction to `stop`, that runs first. */
static void stop_begin(tars_behaviour *b) {
  if (!b->manifest.finish || !tars_life_is_open(b->life)) {
    stop_finish(b);
    return;
  }
  tars_behaviour_close(b, LIFE_FINISHING);
  tars_event_enter(b, (tars_event){ .time_us = tars_os_now_us(), .source = 0, .argument = TARS_LIFECYCLE_STOP });
}

/* Begins a behaviour whose instance the supervisor has made. */
static void begin(tars_behaviour *b) {
  tars_life_go(&b->life, LIFE_LISTENING);
  tars_os_unlock();
  tars_behaviour_ports(b, NULL); /* outputs are as they were left when the behaviour ended */
  tars_os_lock();
  tars_behaviour_open(b, NULL);
}

/* Does what the supervisor and commands have asked for; false if there was nothing to do. */
static bool chores(void) {
  bool any = tars_core.switch_wanted != SWITCH_NONE;
  tars_switch_run();
  for (uint8_t i = 0; i < tars_core.app.count; i++) {
    tars_behaviour *b = tars_core.app.behaviours[i];
    if (b->stop_wanted)
      stop_begin(b);
    else if (b->life == LIFE_BEGINNING)
      begin(b);
    else
      continue;
    any = true;
  }
  return any;
}

/* Logs what the engine says about a trap that no host call has raised. Lock held. */
static void trap_log(const tars_behaviour *b) {
  const char *reason = tars_engine_reason(b->instance);
  tars_log_add(b, (tars_text){ reason, (uint16_t)strlen(reason) }, b->put, 0, 0, b->event.time_us);
}

/* Accounts for a reaction that ended by itself. Lock held. */
static void reaction_account(tars_behaviour *b, int result, uint32_t used_us) {
  b->stats.reactions++;
  if (used_us > b->stats.longest_us) b->stats.longest_us = used_us;
  tars_switch_spent(used_us);
  if (result != 0) {
    if (result == -TARS_E_TRAP) trap_log(b);
    tars_fault(b, (uint8_t)-result);
    return;
  }
  if (b->life == LIFE_FINISHING) {
    stop_finish(b);
    return;
  }
  tars_input_after(b);
  if (b->checkpoint_wish != CHECKPOINT_NONE) tars_retain_checkpoint(b);
}

/* Runs the next event of a behaviour. Lock held, released while the guest runs. */
static void reaction_run(tars_behaviour *b) {
  b->event = *tars_event_next(b);
  tars_queue_pop(&b->queue);
  b->put_count = 0;
  b->put_floats = 0;
  if (b->checkpoint_wish == CHECKPOINT_ASKED) b->checkpoint_wish = CHECKPOINT_NONE; /* by a reaction that faulted */
  tars_param_store(b, true);
  tars_trace_reaction(b);
  tars_switch_first(b);
  tars_core.running = b;
  uint32_t number = ++tars_core.reaction;
  tars_load_begin();
  tars_os_unlock();
  tars_os_reaction_begin(number, TARS_BOARD_REACTION_US);
  int result = tars_engine_call(b->instance, b->event.source, b->event.argument);
  uint32_t used_us = tars_os_reaction_end();
  tars_os_lock();
  tars_core.running = NULL;
  tars_load_charge(b, used_us);
  reaction_account(b, result, used_us);
}

/* A reaction was abandoned: what it left on the execution stack is never used again. Lock held. */
static void reaction_abandoned(void) {
  tars_behaviour *b = tars_core.running;
  tars_core.running = NULL;
  tars_core.abandoned++;
  b->stats.reactions++;
  if (b->stats.longest_us < TARS_BOARD_REACTION_US) b->stats.longest_us = TARS_BOARD_REACTION_US;
  tars_switch_spent(TARS_BOARD_REACTION_US);
  tars_load_charge(b, TARS_BOARD_REACTION_US);
  tars_engine_discard();
  tars_fault(b, TARS_E_BUDGET);
}

bool tars_worker_pending(int64_t now_us) {
  if (tars_core.running != NULL || tars_core.switch_wanted != SWITCH_NONE || tars_due_next() <= now_us) return true;
  for (uint8_t i = 0; i < tars_core.app.count; i++) {
    tars_behaviour *b = tars_core.app.behaviours[i];
    if (b->stop_wanted || b->life == LIFE_BEGINNING || runnable(b)) return true;
  }
  return false;
}

/* Sleeps until notified or until the given time. Lock held. */
static void rest(int64_t until_us) {
  tars_core.worker_waits = true;
  tars_os_worker_wait(until_us);
  tars_core.worker_waits = false;
}

/* Enters what is due, in portions between which the lock is free. */
static void due_enter(int64_t now_us) {
  while (tars_due_some(now_us, DUE_PORTION)) {
    tars_os_unlock();
    tars_os_lock();
  }
}

/* One turn of the loop. Restarts and checkpoints that are due at an instant come before the events of that instant,
 * whichever of the two tasks wakes first; on virtual time both wake at once. Lock held. */
static void turn(void) {
  int64_t now = tars_os_now_us();
  if (chores()) return;
  tars_load_turn(now);
  if (tars_supervisor_late(now)) {
    tars_os_supervisor_notify();
    rest(NEVER);
    return;
  }
  due_enter(now);
  tars_behaviour *b = tars_engine_ready() ? choose(now) : NULL;
  if (b != NULL) {
    reaction_run(b);
    return;
  }
  /* Without an execution stack the worker must wait until the supervisor notifies it: a wait with a time that has
   * come might not release the lock to the supervisor. */
  rest(tars_engine_ready() ? tars_due_next() : NEVER);
}

void tars_worker_run(void) {
  tars_engine_stack(tars_os_worker_stack());
  tars_os_lock();
  tars_core.worker_waits = false;
  if (tars_core.running != NULL) reaction_abandoned();
  for (;;) turn();
}
