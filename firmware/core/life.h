/* What a behaviour does, as one state, and on which side of a trial it stands, as another: a behaviour of the app
 * before the trial is frozen in whatever state it is in, and goes on from there when the trial is reverted.
 *
 *   life        next         by          when
 *   FREE        LOADING      supervisor  the slot is taken for a module
 *   LOADING     STAGED       supervisor  the module is loaded whole
 *   STAGED      LISTENING    worker      the swap to its app begins
 *   LISTENING   OPEN         worker      it begins; events enter
 *   LISTENING   SWAPPING     worker      it takes over from the version before; events enter
 *   SWAPPING    OPEN         worker      its first reaction begins
 *   SWAPPING    FINISHING    worker      it is stopped and has a reaction to `stop` (`finish` of the manifest)
 *   SWAPPING    STOPPED      worker      it is stopped, or its trial is reverted
 *   OPEN        FINISHING    worker      it is stopped and has a reaction to `stop`
 *   OPEN        STOPPED      worker      it is stopped, or faults while it is to stop, or its trial is reverted
 *   OPEN        RESTARTING   worker      a fault
 *   OPEN        PARKED       worker      a fault, one too many
 *   FINISHING   STOPPED      worker      its reaction to `stop` has ended or faulted, or its trial is reverted
 *   RESTARTING  BEGINNING    supervisor  the delay is over
 *   RESTARTING  STOPPED      worker      it is stopped, or its trial is reverted
 *   PARKED      STARTING     operator    a command starts it
 *   PARKED      STOPPED      worker      it is stopped, or its trial is reverted
 *   STOPPED     STARTING     operator    a command starts it
 *   STARTING    BEGINNING    supervisor  its instance is fresh
 *   STARTING    STOPPED      worker      it is stopped, or its trial is reverted
 *   BEGINNING   LISTENING    worker      its ports are set up; edges of its inputs are noted meanwhile
 *   BEGINNING   STOPPED      worker      it is stopped, or its trial is reverted
 *   any but LISTENING
 *               FREE         supervisor  its module is refused, or nobody needs it any more
 *
 *   side        next         when
 *   NONE        NEW          a swap brings it
 *   NEW         NONE         the trial is committed
 *   NONE        OLD          a swap takes it out of the app: it is frozen
 *   OLD         BACK         the trial is being reverted; edges of its inputs are noted
 *   BACK        NONE         it goes on
 *
 * Any other step is a broken invariant of the core and ends in a panic. */
#ifndef LIFE_H
#define LIFE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  LIFE_FREE,
  LIFE_LOADING,
  LIFE_STAGED,
  LIFE_LISTENING,
  LIFE_SWAPPING,
  LIFE_OPEN,
  LIFE_FINISHING,
  LIFE_RESTARTING,
  LIFE_PARKED,
  LIFE_STOPPED,
  LIFE_STARTING,
  LIFE_BEGINNING,
  LIFE_COUNT
} tars_life;

typedef enum { SIDE_NONE, SIDE_NEW, SIDE_OLD, SIDE_BACK, SIDE_COUNT } tars_side;

/* Takes a step; panic 5 if it isn't in the table of lives, 6 if it isn't in that of sides. */
void tars_life_go(uint8_t *life, tars_life next);
void tars_side_go(uint8_t *side, tars_side next);

/* True if events enter. */
static inline bool tars_life_is_open(uint8_t life) {
  return life == LIFE_SWAPPING || life == LIFE_OPEN || life == LIFE_FINISHING;
}

#endif
