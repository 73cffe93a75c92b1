/* Trace lines of reactions and faults. The dispatch writes those of host calls. */
#ifndef TRACE_H
#define TRACE_H

#include "behaviour.h"

/* Writes `R <time> <behaviour> <source> <argument>` when the reaction to an event begins. */
void tars_trace_reaction(const tars_behaviour *b);
/* Writes `F <time> <behaviour> <code>` when the reaction to an event has faulted. */
void tars_trace_fault(const tars_behaviour *b, uint8_t code);

#endif
