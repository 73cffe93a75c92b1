/* The core's shared data: the apps, and what worker and supervisor tell each other. All of it is under the core's
 * lock. */
#ifndef CORE_H
#define CORE_H

#include "behaviour.h"

/* An app: its behaviours in the order of its modules. */
typedef struct {
  uint8_t count;
  tars_behaviour *behaviours[TARS_LIMIT_MODULES];
} tars_app;

/* What the supervisor asks of the worker. */
typedef enum { SWITCH_NONE, SWITCH_SWAP, SWITCH_REVERT } tars_switch;

typedef struct {
  tars_app app;    /* the running one */
  tars_app staged; /* waits for a swap */
  tars_app old;    /* during a trial: the app that a revert brings back */
  bool is_staged, in_trial;

  /* ---- evidence (evidence.c); volatile: it is read when the board has failed ---- */
  volatile uint8_t loading;          /* the same while the supervisor loads a module or makes an instance; else 0 */
  volatile uint8_t blamed;           /* what a failure of the new app is evidence of */
  volatile uint8_t blamed_committed; /* what one of the app that is in no trial is evidence of */

  /* ---- worker ---- */
  tars_behaviour *running; /* behaviour whose reaction runs; NULL between reactions */
  uint32_t reaction;       /* number of the last reaction */
  bool worker_waits, supervisor_waits;
  uint32_t abandoned;

  /* ---- shares of the processor (load.h) ---- */
  int64_t window_us;       /* end of the window */
  int64_t reaction_us;     /* when the last reaction began */
  uint32_t busy_us;        /* time charged for all reactions; wraps */
  uint32_t busy_before_us; /* the same before the last reaction */

  /* ---- switching to another app ---- */
  tars_switch switch_wanted; /* set by the supervisor, cleared by the worker when it is done */
  uint32_t gap_us;           /* worker's processor time since the last old reaction of a swap */
  uint32_t gap_max_us;       /* longest of them until a new version's first reaction */

  int64_t poll_us;   /* when the hook `poll` wants to be called */
  int64_t stores_us; /* budget of all stores of checkpoints */

  uint32_t order;  /* number that the next event of the board gets: within a priority the lower one runs first */
  tars_arena pool; /* the engine's */
  tars_hooks hooks;
} tars_core_data;

extern tars_core_data tars_core;

/* evidence.c: what a failure of this behaviour is evidence of. */
uint8_t tars_evidence_of(const tars_behaviour *b);
/* Behaviour of an app by name; NULL if there is none. */
tars_behaviour *tars_app_named(const tars_app *app, tars_text name);
/* True if the behaviour in this slot belongs to the app. */
bool tars_app_holds(const tars_app *app, const tars_behaviour *b);
bool tars_text_equal(tars_text a, tars_text b);
/* Copies the bytes of a text to `*words`, makes the text point to the copy, and advances `*words` past it. */
void tars_text_keep(tars_text *text, char **words);

/* All slots of the memory plan. */
extern tars_behaviour tars_slots[];
extern const uint8_t tars_slot_count;

#endif
