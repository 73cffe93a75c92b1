/* Memory of one behaviour, or of the engine's pool: a fixed piece of RAM, first fit, neighbours joined when freed. It
 * is written only while the supervisor loads and unloads, and made empty as a whole afterwards: nothing fragments for
 * long. */
#ifndef TARS_ARENA_H
#define TARS_ARENA_H

#include <stdint.h>

/* Every piece is aligned to this and costs one header of this size. */
#define TARS_ARENA_ALIGN 8

typedef struct {
  uint8_t *bytes; /* aligned to TARS_ARENA_ALIGN */
  uint32_t size;
  uint32_t free;   /* bytes not in pieces or headers */
  uint32_t wanted; /* size of the last request that did not fit */
  uint32_t holes;  /* offset of the first free block */
} tars_arena;

/* Gives the arena its memory and makes it empty. */
void tars_arena_init(tars_arena *arena, void *bytes, uint32_t size);
/* Makes it empty again; every piece is gone. */
void tars_arena_reset(tars_arena *arena);
/* Allocates a piece, which isn't cleared; NULL if it doesn't fit. */
void *tars_arena_alloc(tars_arena *arena, uint32_t size);
/* Moves a piece into one of another size; NULL, and the old one stays, if it doesn't fit. */
void *tars_arena_resize(tars_arena *arena, void *piece, uint32_t size);
/* Frees a piece; NULL is allowed. */
void tars_arena_free(tars_arena *arena, void *piece);

#endif
