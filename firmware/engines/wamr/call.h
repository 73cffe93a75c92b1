/* The one execution stack. Private to the engine. */
#ifndef TARS_WAMR_CALL_H
#define TARS_WAMR_CALL_H

#include "tars_arena.h"

/* Takes the memory of the execution stack from the pool: 0 or -nomem. */
int wamr_call_init(tars_arena *pool, uint32_t stack);

#endif
