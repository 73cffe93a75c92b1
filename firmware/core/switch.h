/* From one app to another between two reactions: the worker's part, and what the supervisor waits for. */
#ifndef SWITCH_H
#define SWITCH_H

#include "behaviour.h"

/* Does what `tars_core.switch_wanted` asks. From the worker, lock held; releases it while it talks to the port. */
void tars_switch_run(void);
/* Processor time that the worker has spent on something else since a swap. */
void tars_switch_spent(uint32_t used_us);
/* A reaction begins: the gap of its behaviour ends. */
void tars_switch_first(tars_behaviour *b);

#endif
