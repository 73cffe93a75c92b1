/* Trace lines of reactions and faults; those of host calls are the dispatch's. */
#ifndef TRACE_H
#define TRACE_H

#include "behaviour.h"

/* `R <time> <behaviour> <source> <argument>` of the event that begins. */
void tars_trace_reaction(const tars_behaviour *b);
/* `F <time> <behaviour> <code>` of the event that faulted. */
void tars_trace_fault(const tars_behaviour *b, uint8_t code);

#endif
