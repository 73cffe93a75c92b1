/* The worker's part of a change from one app to another, between two reactions, and the gap that a swap makes:
 * processor time from the last reaction of an old version to the first of the new one. */
#ifndef SWITCH_H
#define SWITCH_H

#include "behaviour.h"

/* Does what `tars_core.switch_wanted` asks. From the worker, lock held; releases it while it talks to the port. */
TARS_PLACE void tars_switch_run(void);
/* Adds processor time that the worker has spent since a swap to the gap of the versions that still wait for their
 * first reaction. */
void tars_switch_spent(uint32_t used_us);
/* Ends the gap of a behaviour, whose first reaction begins. */
void tars_switch_first(tars_behaviour *b);

#endif
