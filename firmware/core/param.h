/* Parameters. Their live value is kept beside the guest, so that it can be read and set at any time and outlives a
 * restart; the guest's own variable gets it between two reactions. */
#ifndef PARAM_H
#define PARAM_H

#include "behaviour.h"

/* True if the variables of all parameters have the types that the parameters declare. */
bool tars_param_types_fit(const tars_behaviour *b);
/* Takes the live values from a new guest's variables; those that nobody has set are the initial ones. */
void tars_param_load(tars_behaviour *b);
/* Writes the live values that somebody has set, ever or since the last time, into the guest's variables. */
void tars_param_store(tars_behaviour *b, bool only_changed);
/* Tells the behaviour that the parameter of a handle has changed, or leaves that until its queue has room. */
void tars_param_changed(tars_behaviour *b, uint8_t handle, int64_t time_us);

#endif
