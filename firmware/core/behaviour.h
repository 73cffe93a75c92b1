/* A behaviour on the board: its slot in the memory plan, its module, and its state between two reactions. It is read
 * and written under the core's lock. Only the supervisor allocates and frees memory of its arena. */
#ifndef BEHAVIOUR_H
#define BEHAVIOUR_H

#include "life.h"
#include "queue.h"
#include "tars.h"
#include "tars_arena.h"
#include "tars_engine.h"
#include "tars_manifest.h"
#include "tars_place.h"

/* Rows of the contract's `statuses`. */
enum {
  STATUS_STOPPED,
  STATUS_RUNNING,
  STATUS_RESTARTING,
  STATUS_PARKED,
  STATUS_SWAPPING,
  STATUS_THROTTLED,
  STATUS_LATE
};

#define NEVER INT64_MAX

/* The time `span_us` >= 0 after `time_us`, NEVER if it doesn't fit 64 bits. */
TARS_ONCE int64_t tars_time_after(int64_t time_us, int64_t span_us);

/* What the board keeps for one handle; the manifest's row says which member counts. */
typedef struct {
  uint16_t resource; /* index into the board's table; 0xffff for timers, topics and parameters */
  uint16_t select;   /* SPI: the chip-select pin's index */
  union {
    struct {
      bool level;
    } out; /* gpio.out: logical level written last */
    struct {
      int32_t pulse_us;
      float duty_pct;
    } pwm; /* written last */
    struct {
      bool raw, reported; /* electrical levels: now, and at the last event */
      bool found, noted;  /* while it begins: the level read by the worker; `raw` has changed since */
      bool ended;         /* pulse.in: the end of a pulse of this width waits for room in the queue */
      uint32_t width_us;
    } in; /* inputs that are pins */
    struct {
      bool ready; /* configured */
      bool taken; /* the reaction that runs has taken bytes */
      bool full;  /* bytes were lost, and none has been taken since */
    } uart;
    struct {
      uint32_t hash;
      uint16_t floats;
      uint8_t count;
      bool sent;
      int64_t last_us;
      uint32_t messages;
    } topic;
    struct {
      uint64_t bits;    /* live value */
      uint64_t initial; /* value of the declaration */
      bool changed;     /* not yet in the guest */
      bool own;         /* somebody has set it: an operator, or the store or the version before gave it */
    } param;
  };
} tars_handle;

/* What is due, by item (due.h). */
typedef struct {
  int64_t *time_us; /* of each item, or NEVER */
  uint8_t *heap;    /* items: each comes before those at twice its index plus 1 and plus 2 */
  uint8_t *node;    /* index in `heap` of each item */
} tars_due;

/* Last checkpoint of one retained variable. `kept`: there is one. A parameter that nobody has set has none. */
typedef struct {
  uint32_t hash;
  bool kept;
  uint64_t bits;
} tars_retained;

/* A checkpoint to take once the reaction that runs has ended: none; because it is due; because the guest asks for it.
 */
typedef enum { CHECKPOINT_NONE, CHECKPOINT_DUE, CHECKPOINT_ASKED } tars_checkpoint_wish;

/* Whether the store has the last checkpoint: it has; it waits for the supervisor, who hands it over; the store could
 * not take it, and the next checkpoint tries again. */
typedef enum { CHECKPOINT_STORED, CHECKPOINT_WAITS, CHECKPOINT_FAILED } tars_checkpoint_store;

typedef struct tars_behaviour {
  /* The members are ordered for size: a Thumb instruction of two bytes reaches only members near the beginning, so
   * single bytes come first and arrays last. */

  /* ---- what it does ---- */
  uint8_t life;             /* tars_life: changed by tars_life_go() alone */
  uint8_t side;             /* tars_side: changed by tars_side_go() alone */
  uint8_t checkpoint_wish;  /* tars_checkpoint_wish */
  uint8_t checkpoint_store; /* tars_checkpoint_store */
  uint8_t fault;            /* code of the last one, 0 none */
  uint8_t begin_lifecycle;  /* BEGINNING, LISTENING: the argument of its lifecycle event */

  /* ---- chores: they may wait in any state of `life`, so they are not part of it ---- */
  bool stop_wanted;   /* worker: an operator's stop, until the reaction that runs has ended */
  bool instance_dead; /* supervisor: closed, and the instance is yet to be replaced; waits while it is frozen */

  /* ---- its share of the processor (load.h) ---- */
  bool throttled;  /* it has used up its load in this window */
  bool late_said;  /* it was late in this window, and that was reported */
  uint8_t outside; /* bit n: n windows ago it reacted to what neither a period nor a timer of its own caused */

  /* ---- made for the manifest, in the arena ---- */
  uint8_t retained_count;
  tars_manifest manifest;
  tars_handle *handles;
  tars_due due;
  uint16_t *generations; /* by timer: a queued expiry of an older one is dropped */
  tars_retained *retained;

  /* ---- the module ---- */
  tars_engine_instance *instance; /* NULL after a fault until the supervisor has made another */
  tars_engine_module *module;
  uint8_t *image;
  uint32_t size;
  tars_arena arena;
  uint32_t free; /* bytes of the arena that are free: as of the last load, restart or unload, for whoever asks */
  uint8_t digest[32];

  /* ---- times ---- */
  int64_t begin_us;
  int64_t restart_us; /* NEVER, or when it begins again after a fault */
  int64_t checkpoint_us;
  int64_t stores_us; /* budget of its stores: tars_retain_spend() */

  uint32_t used_us;     /* processor time that it was charged for in this window */
  uint32_t waits_us;    /* `busy_us` of the core when its next event began to wait */
  uint32_t deadline_us; /* UINT32_MAX: none */

  uint32_t faults, consecutive;
  tars_behaviour_stats stats; /* arena is filled in when asked for */

  /* ---- the reaction that runs ---- */
  uint8_t put_count;
  uint16_t put_floats; /* bit i: field i was put as f32 */
  tars_event event;
  uint32_t put[TARS_LIMIT_FIELDS];

  tars_queue queue;
} tars_behaviour;

/* The board's data for the handle that a row of the manifest's `uses` declares. */
static inline tars_handle *tars_handle_of(tars_behaviour *b, const tars_use *use) {
  return &b->handles[use - b->manifest.uses];
}

/* Beginning has two steps, both from the worker. The first talks to the port, without the lock: outputs are set up, or
 * taken over from `old` if that is not NULL, and inputs are configured and read. Before it, under the lock, its life
 * goes to LISTENING: edges that come meanwhile are noted. The second, under the lock, opens the behaviour at
 * `b->begin_us`: inputs as found, periods from now, what `old` had waiting, and the lifecycle event. */
void tars_behaviour_setup(tars_behaviour *b, tars_behaviour *old);
/* The first step without outputs: configures serial ports and inputs of a behaviour that begins again, or that comes
 * back after the version `before`. */
void tars_behaviour_ports(tars_behaviour *b, const tars_behaviour *before);
TARS_PLACE void tars_behaviour_open(tars_behaviour *b, tars_behaviour *old);
/* Closes a behaviour: its queue is emptied, its timers are disarmed, and no event enters any more. Its life goes to
 * `next`. */
void tars_behaviour_close(tars_behaviour *b, tars_life next);

#endif
