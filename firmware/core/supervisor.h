/* The supervisor: whatever needs memory, flash or patience. */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

/* Destroys and renews instances, restarts, checkpoints, and builds the execution stack anew; true if there was something to
 * do. Lock held, released meanwhile. */
bool tars_supervisor_chores(void);
/* True if there is something to do now. Lock held. */
bool tars_supervisor_pending(int64_t now_us);
/* Next time at which there will be. Lock held. */
int64_t tars_supervisor_next(void);

#endif
