/* Stands in for the core in tests of updates: remembers which app runs, is staged or frozen, and reads every byte of a
 * module as the real one does. */
#ifndef FAKE_CORE_H
#define FAKE_CORE_H

#include "tars_store.h"

#include <setjmp.h>
#include <stdbool.h>

typedef struct {
  bool runs, staged_any, trial;
  tars_app_record running, staged, frozen;
  int stage_error; /* what the next tars_app_stage() returns; 0: what it should */
  int swaps, commits, reverts;
  uint8_t status; /* of every behaviour that runs */
  uint32_t faults;
  tars_behaviour_stats stats;
  uint8_t blamed, blamed_committed; /* what tars_app_blame() and tars_app_blame_committed() were told last */
} fake_core_state;

extern fake_core_state fake_core;

/* What the port has kept over the reset: taken by the boot. */
extern uint8_t fake_evidence;
/* The board fails while it loads the module with this digest: it leaves evidence and jumps to `fake_failed`. NULL: no
 * module does that. */
extern const uint8_t *fake_fatal;
extern jmp_buf fake_failed;
/* The board fails in a reaction of the app in trial: the evidence that it leaves. */
void fake_trial_fails(void);
/* The same in a reaction of the committed app. */
void fake_app_fails(void);

/* As after power-on: nothing runs. */
void fake_core_reset(void);

#endif
