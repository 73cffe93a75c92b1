/* The supervisor's loop. It takes one chore after the other and looks at everything again after each, because the lock
 * was released meanwhile. */
#include "supervisor.h"

#include "core.h"
#include "param.h"
#include "retain.h"
#include "slot.h"
#include "tars_os.h"

/* True for a behaviour of the running app. One of the app before a trial is frozen. */
static bool lives(const tars_behaviour *b) {
  return b->life != LIFE_FREE && b->side != SIDE_OLD && b->side != SIDE_BACK;
}

/* True if an operator's start waits for the supervisor. */
static bool starts(const tars_behaviour *b) { return b->life == LIFE_STARTING && !b->stop_wanted; }

/* True if a checkpoint waits for the store. Those of a trial wait until it is committed. */
static bool waits(const tars_behaviour *b) { return b->checkpoint_store == CHECKPOINT_WAITS && b->side != SIDE_NEW; }

/* True if the store may take it now. */
static bool saves(const tars_behaviour *b, int64_t now_us) { return waits(b) && tars_retain_due(b) <= now_us; }

/* Makes a fresh instance in place of a dead one, or of one that an operator's start must not go on with. */
static void renew(tars_behaviour *b) {
  b->instance_dead = false;
  tars_core.loading = tars_evidence_of(b);
  tars_os_unlock();
  int err = tars_slot_renew(b);
  tars_os_lock();
  b->free = b->arena.free;
  /* The arena held this instance before: it can only fail if the engine is broken. */
  if (err) tars_os_panic(3, "an instance could not be made again");
  tars_core.loading = 0;
  tars_param_store(b, false); /* with the lock: one may be set at any time */
}

/* Lets the worker begin a behaviour. */
static void begin(tars_behaviour *b, uint8_t lifecycle, int64_t at_us) {
  tars_life_go(&b->life, LIFE_BEGINNING);
  b->restart_us = NEVER;
  b->begin_lifecycle = lifecycle;
  b->begin_us = at_us;
  tars_os_worker_notify();
}

/* Takes a checkpoint that is due, or lets the worker take it at the end of the reaction that runs. */
static void checkpoint(tars_behaviour *b) {
  b->checkpoint_us = NEVER;
  if (tars_core.running == b)
    b->checkpoint_wish = b->checkpoint_wish == CHECKPOINT_NONE ? CHECKPOINT_DUE : b->checkpoint_wish;
  else
    tars_retain_checkpoint(b);
}

/* Does one chore of one behaviour; false if it has none. */
static bool chore(tars_behaviour *b, int64_t now_us) {
  if (!lives(b)) return false;
  if (b->instance_dead) {
    renew(b);
  } else if (starts(b)) {
    begin(b, TARS_LIFECYCLE_START, now_us);
  } else if (b->restart_us <= now_us) {
    b->stats.restarts++;
    begin(b, TARS_LIFECYCLE_RESTART, b->restart_us);
  } else if (b->checkpoint_us <= now_us) {
    checkpoint(b);
  } else if (saves(b, now_us)) {
    tars_retain_store(b);
  } else {
    return false;
  }
  return true;
}

bool tars_supervisor_chores(void) {
  bool any = false;
  if (!tars_engine_ready()) {
    /* The memory of the stack is reserved in the pool, so making it again can't fail unless the engine is broken. */
    if (tars_engine_prepare() != 0) tars_os_panic(4, "the execution stack could not be made again");
    tars_os_worker_notify();
    any = true;
  }
  for (uint8_t i = 0; i < tars_slot_count; i++)
    while (chore(&tars_slots[i], tars_os_now_us())) any = true;
  return any;
}

/* Stores what waits, also that of a version that is frozen during a trial, and beyond the budget, which counts it: an
 * operator waits for the answer. */
int tars_param_keep(void) {
  int err = 0;
  tars_os_lock();
  for (uint8_t i = 0; i < tars_slot_count; i++) {
    tars_behaviour *b = &tars_slots[i];
    if (b->checkpoint_store == CHECKPOINT_STORED || b->side == SIDE_NEW) continue;
    int failed = tars_retain_store(b);
    if (failed) err = failed;
  }
  tars_os_unlock();
  return err;
}

bool tars_supervisor_pending(int64_t now_us) {
  if (!tars_engine_ready() || tars_supervisor_next() <= now_us) return true;
  for (uint8_t i = 0; i < tars_slot_count; i++) {
    const tars_behaviour *b = &tars_slots[i];
    if (lives(b) && (b->instance_dead || starts(b) || saves(b, now_us))) return true;
  }
  return false;
}

/* Time of the earliest restart, checkpoint, or store that had to wait. */
static int64_t next_chore(void) {
  int64_t next = NEVER;
  for (uint8_t i = 0; i < tars_slot_count; i++) {
    const tars_behaviour *b = &tars_slots[i];
    if (!lives(b)) continue;
    if (b->restart_us < next) next = b->restart_us;
    if (b->checkpoint_us < next) next = b->checkpoint_us;
    int64_t due_us = waits(b) ? tars_retain_due(b) : 0;
    if (due_us > tars_os_now_us() && due_us < next) next = due_us;
  }
  return next;
}

int64_t tars_supervisor_next(void) {
  int64_t next = next_chore();
  return next < tars_core.poll_us ? next : tars_core.poll_us;
}

/* While the supervisor waits for the worker to switch apps it is not asleep, so it can't be late. */
bool tars_supervisor_late(int64_t now_us) { return tars_core.supervisor_waits && next_chore() <= now_us; }

/* Calls the hook `poll` of the layers above the core (install and agent). What they do there takes long: digests and
 * signatures, flash, loading of modules. Behaviours go on meanwhile. */
static void poll(void) {
  tars_core.poll_us = NEVER;
  if (tars_core.hooks.poll == NULL) return;
  tars_os_unlock();
  tars_os_supervisor_share(true);
  int64_t next = tars_core.hooks.poll(tars_os_now_us());
  tars_os_supervisor_share(false);
  tars_os_lock();
  if (next < tars_core.poll_us) tars_core.poll_us = next;
}

void tars_supervisor_run(void) {
  tars_os_lock();
  for (;;) {
    tars_core.supervisor_waits = false;
    while (tars_supervisor_chores()) {
    }
    tars_os_worker_notify(); /* the worker may have waited for the chores */
    poll();
    if (tars_supervisor_pending(tars_os_now_us())) continue;
    tars_core.supervisor_waits = true;
    tars_os_supervisor_wait(tars_supervisor_next());
  }
}
