/* WAMR asks for memory by global functions. The supervisor opens the arena of the behaviour that it loads; while none
 * is open, which is always when a guest runs, every request is refused and counted. */
#include "memory.h"

#include "tars_engine.h" /* stray allocations */

static tars_arena *open_arena;
static uint32_t strays;
static bool exhausted;

void wamr_memory_open(tars_arena *arena) {
  open_arena = arena;
  exhausted = false;
}

void wamr_memory_close(void) { open_arena = NULL; }

/* True if a request didn't fit since the arena was opened. */
bool wamr_memory_exhausted(void) { return exhausted; }

/* Notes that the arena is exhausted if it had no piece. */
static void *served(void *piece) {
  if (piece == NULL) exhausted = true;
  return piece;
}

/* Allocates from the open arena. */
void *wamr_memory_alloc(unsigned int size) {
  if (open_arena != NULL) return served(tars_arena_alloc(open_arena, size));
  strays++;
  return NULL;
}

/* Resizes a piece of the open arena. */
void *wamr_memory_resize(void *piece, unsigned int size) {
  if (open_arena != NULL) return served(tars_arena_resize(open_arena, piece, size));
  strays++;
  return NULL;
}

/* Frees a piece of the open arena. */
void wamr_memory_free(void *piece) {
  if (piece == NULL) return;
  if (open_arena != NULL)
    tars_arena_free(open_arena, piece);
  else
    strays++;
}

/* Requests that came while no arena was open. Any but 0 is a bug. */
uint32_t tars_engine_stray_allocations(void) { return strays; }
