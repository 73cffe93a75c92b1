/* An arena is a row of blocks without gaps: a header of 8 bytes (own size, size of the block before), then the piece.
 * Free neighbours are always joined, so the free bytes are the same whenever the same pieces are in use. */
#include "tars_arena.h"

#include <stddef.h> /* NULL */
#include <string.h> /* memcpy */

#include "arena_guard.h"
#include "tars_os.h" /* panic: a broken header is a broken invariant */

typedef struct {
  uint32_t size;   /* with this header, a multiple of 8; bit 0: used */
  uint32_t before; /* size of the block before, 0 for the first */
} block;

#define USED   1u
#define HEADER ((uint32_t)sizeof(block))

_Static_assert(sizeof(block) == TARS_ARENA_ALIGN, "a header keeps the alignment");

/* Size of a block with its header. */
ARENA_PRIVILEGED static uint32_t block_size(const block *at) { return at->size & ~USED; }

/* The block that follows another in memory; NULL at the end of the arena. */
ARENA_PRIVILEGED static block *block_next(const tars_arena *arena, block *at) {
  uint8_t *next = (uint8_t *)at + block_size(at);
  return next < arena->bytes + arena->size ? (block *)(void *)next : NULL;
}

/* Stops the board if a header or the next one was overwritten. */
ARENA_PRIVILEGED static void block_check(const tars_arena *arena, block *at) {
  uint32_t offset = (uint32_t)((uint8_t *)at - arena->bytes), size = block_size(at);
  if (size < HEADER || size > arena->size - offset || size % TARS_ARENA_ALIGN != 0)
    tars_os_panic(1, "an arena's header is damaged");
  block *next = block_next(arena, at);
  if (next != NULL && next->before != size) tars_os_panic(1, "an arena's header is damaged");
}

/* Sets the size of a block, and the field `before` of the block that follows it. */
ARENA_PRIVILEGED static void block_set(const tars_arena *arena, block *at, uint32_t size, uint32_t used) {
  at->size = size | used;
  block *next = block_next(arena, at);
  if (next != NULL) next->before = size;
}

/* Joins a free block with the block that follows it, if that is free too. */
ARENA_PRIVILEGED static void block_join(tars_arena *arena, block *at) {
  block *next = block_next(arena, at);
  if (next == NULL || (next->size & USED) || (at->size & USED)) return;
  block_set(arena, at, block_size(at) + block_size(next), 0);
  arena->free += HEADER;
}

void tars_arena_init(tars_arena *arena, void *bytes, uint32_t size) {
  arena->bytes = bytes;
  arena->size = size / TARS_ARENA_ALIGN * TARS_ARENA_ALIGN;
  tars_arena_reset(arena);
}

ARENA_PRIVILEGED void tars_arena_reset(tars_arena *arena) {
  block *whole = (block *)(void *)arena->bytes;
  whole->size = arena->size;
  whole->before = 0;
  arena->free = arena->size - HEADER;
  arena->wanted = 0;
  ARENA_FORBID(arena->bytes, arena->size);
}

/* Marks the front of a free block as used. The rest becomes a free block of its own if a header fits there. */
ARENA_PRIVILEGED static void *block_use(tars_arena *arena, block *at, uint32_t need) {
  uint32_t size = block_size(at);
  if (size - need >= HEADER) {
    block *rest = (block *)(void *)((uint8_t *)at + need);
    rest->before = need;
    block_set(arena, rest, size - need, 0);
    arena->free -= HEADER;
    size = need;
  }
  block_set(arena, at, size, USED);
  arena->free -= size - HEADER;
  return at + 1;
}

/* First fit: takes the first free block that is large enough. */
ARENA_PRIVILEGED void *tars_arena_alloc(tars_arena *arena, uint32_t size) {
  if (size < arena->size) {
    uint32_t need = (size + TARS_ARENA_ALIGN - 1) / TARS_ARENA_ALIGN * TARS_ARENA_ALIGN + HEADER;
    for (block *at = (block *)(void *)arena->bytes; at != NULL; at = block_next(arena, at)) {
      block_check(arena, at);
      if ((at->size & USED) || at->size < need) continue;
      ARENA_ALLOW(at + 1, size);
      return block_use(arena, at, need);
    }
  }
  arena->wanted = size;
  return NULL;
}

ARENA_PRIVILEGED void tars_arena_free(tars_arena *arena, void *piece) {
  if (piece == NULL) return;
  block *at = (block *)piece - 1;
  block_check(arena, at);
  if (!(at->size & USED)) tars_os_panic(2, "a piece of an arena was freed twice");
  arena->free += block_size(at) - HEADER;
  at->size &= ~USED;
  ARENA_FORBID(piece, block_size(at) - HEADER);
  block_join(arena, at);
  if (at->before != 0) block_join(arena, (block *)(void *)((uint8_t *)at - at->before));
}

/* Keeps the piece where it is if its block is large enough; otherwise copies it into a new one. */
ARENA_PRIVILEGED void *tars_arena_resize(tars_arena *arena, void *piece, uint32_t size) {
  if (piece == NULL) return tars_arena_alloc(arena, size);
  uint32_t held = block_size((block *)piece - 1) - HEADER;
  if (size <= held) {
    ARENA_FORBID(piece, held);
    ARENA_ALLOW(piece, size);
    return piece;
  }
  void *moved = tars_arena_alloc(arena, size);
  if (moved == NULL) return NULL;
  ARENA_ALLOW(piece, held);
  memcpy(moved, piece, held);
  tars_arena_free(arena, piece);
  return moved;
}
