/* The supervisor: the task that does whatever allocates memory, writes flash or takes long. */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

/* Destroys and renews instances, restarts, checkpoints, and builds the execution stack anew; true if there was
 * something to do. Lock held, released meanwhile. */
bool tars_supervisor_chores(void);
/* True if there is something to do now. Lock held. */
bool tars_supervisor_pending(int64_t now_us);
/* The next time at which there will be something to do. Lock held. */
int64_t tars_supervisor_next(void);
/* True if a restart or checkpoint is due and the supervisor still sleeps: what the worker does now would come before
 * it, though the supervisor's task is the higher one. Lock held. */
bool tars_supervisor_late(int64_t now_us);

#endif
