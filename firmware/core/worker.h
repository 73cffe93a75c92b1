/* The worker: the task that runs the reactions of all behaviours, one after the other. */
#ifndef WORKER_H
#define WORKER_H

#include <stdbool.h>
#include <stdint.h>

/* True if the worker has something to do now. Lock held. */
bool tars_worker_pending(int64_t now_us);

#endif
