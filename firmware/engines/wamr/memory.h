/* Where WAMR's memory comes from: the one arena that is open. Private to the engine. */
#ifndef TARS_WAMR_MEMORY_H
#define TARS_WAMR_MEMORY_H

#include <stdbool.h>

#include "tars_arena.h"

/* Requests go to this arena until close; there is never more than one open. */
void wamr_memory_open(tars_arena *arena);
void wamr_memory_close(void);
/* True if a request since open didn't fit; stays so after close. */
bool wamr_memory_exhausted(void);

/* The three functions that WAMR is given. */
void *wamr_memory_alloc(unsigned int size);
void *wamr_memory_resize(void *piece, unsigned int size);
void wamr_memory_free(void *piece);

#endif
