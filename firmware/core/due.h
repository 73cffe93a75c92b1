/* What becomes due as time passes: what inputs wait for, periods, one-shot timers. All functions need the
 * lock. */
#ifndef DUE_H
#define DUE_H

#include "behaviour.h"

/* One thing that is due; what class and number say is in enter.c. */
typedef struct {
  int64_t time_us;
  uint8_t class, number;
} tars_due_item;

/* What is due first; its time is NEVER if there is nothing. */
tars_due_item tars_due_first(const tars_behaviour *b);
/* Earliest due time of all behaviours, NEVER if none. */
int64_t tars_due_next(void);
/* Computes the behaviour's earliest due time anew, after anything that it depends on has changed. */
void tars_due_refresh(tars_behaviour *b);
/* Arms a timer, or disarms it with NEVER. An expiry of it that waits in the queue becomes stale. */
void tars_due_timer(tars_behaviour *b, uint8_t timer, int64_t due_us);

#endif
