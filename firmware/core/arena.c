/* An arena is a row of blocks without gaps: a header of 8 bytes (own size, size of the block before), then the piece.
 * Free neighbours are always joined, so the free bytes are the same whenever the same pieces are in use. Free blocks
 * are linked in the order of their addresses, so that to find the first one that is large enough costs as many steps as
 * there are free blocks before it, however many pieces are in use. */
#include "tars_arena.h"

#include <stdbool.h>
#include <stddef.h> /* NULL */
#include <string.h> /* memcpy */

#include "arena_guard.h"
#include "tars_os.h" /* panic: a broken header is a broken invariant */

typedef struct {
  uint32_t size;   /* with this header, a multiple of 8; bit 0: used */
  uint32_t before; /* size of the block before, 0 for the first */
} block;

/* A free block: offsets of the free ones before and after it. One that is a header alone isn't linked. */
typedef struct {
  block head;
  uint32_t last, next;
} hole;

#define USED    1u
#define HEADER  ((uint32_t)sizeof(block))
#define NOWHERE UINT32_MAX

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

static hole *hole_at(const tars_arena *arena, uint32_t offset) { return (hole *)(void *)(arena->bytes + offset); }

static uint32_t offset_of(const tars_arena *arena, const void *at) {
  return (uint32_t)((const uint8_t *)at - arena->bytes);
}

/* True if a free block is linked. */
ARENA_PRIVILEGED static bool linked(const block *at) { return at->size > HEADER && !(at->size & USED); }

/* Puts `offset` between two neighbours; NOWHERE instead of it takes out what was there. Not inlined: smaller. */
__attribute__((noinline)) ARENA_PRIVILEGED static void hole_link(tars_arena *arena, uint32_t last, uint32_t offset,
                                                                 uint32_t next) {
  if (offset != NOWHERE) {
    hole_at(arena, offset)->last = last;
    hole_at(arena, offset)->next = next;
  }
  if (last == NOWHERE)
    arena->holes = offset != NOWHERE ? offset : next;
  else
    hole_at(arena, last)->next = offset != NOWHERE ? offset : next;
  if (next != NOWHERE) hole_at(arena, next)->last = offset != NOWHERE ? offset : last;
}

/* Links a block that became free. */
ARENA_PRIVILEGED static void hole_insert(tars_arena *arena, uint32_t offset) {
  uint32_t last = NOWHERE, next = arena->holes;
  while (next < offset) last = next, next = hole_at(arena, next)->next;
  hole_link(arena, last, offset, next);
}

/* Joins two free neighbours. */
ARENA_PRIVILEGED static void block_join(tars_arena *arena, block *at, const block *next) {
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
  hole_link(arena, NOWHERE, 0, NOWHERE);
  ARENA_FORBID(arena->bytes, arena->size);
}

/* Marks the front of a free block as used. The rest becomes a free block of its own if a header fits there. */
ARENA_PRIVILEGED static void *block_use(tars_arena *arena, hole *at, uint32_t need) {
  uint32_t size = block_size(&at->head), last = at->last, next = at->next, kept = NOWHERE;
  if (size - need >= HEADER) {
    block *rest = (block *)(void *)((uint8_t *)at + need);
    rest->before = need;
    block_set(arena, rest, size - need, 0);
    if (linked(rest)) kept = offset_of(arena, rest);
    arena->free -= HEADER;
    size = need;
  }
  hole_link(arena, last, kept, next);
  block_set(arena, &at->head, size, USED);
  arena->free -= size - HEADER;
  return &at->head + 1;
}

/* First fit: takes the first free block that is large enough. */
ARENA_PRIVILEGED void *tars_arena_alloc(tars_arena *arena, uint32_t size) {
  if (size < arena->size) {
    uint32_t need = (size + TARS_ARENA_ALIGN - 1) / TARS_ARENA_ALIGN * TARS_ARENA_ALIGN + HEADER;
    for (uint32_t offset = arena->holes; offset != NOWHERE; offset = hole_at(arena, offset)->next) {
      if (offset > arena->size - sizeof(hole)) tars_os_panic(1, "an arena's header is damaged");
      hole *at = hole_at(arena, offset);
      block_check(arena, &at->head);
      if (at->head.size < need) continue;
      ARENA_ALLOW(&at->head + 1, size);
      return block_use(arena, at, need);
    }
  }
  arena->wanted = size;
  return NULL;
}

/* Joins a block that became free with its neighbours and sees to it that the whole is linked: at the place of a linked
 * neighbour, or where its address belongs. */
ARENA_PRIVILEGED static void block_release(tars_arena *arena, block *at) {
  block *before = (block *)(void *)((uint8_t *)at - at->before), *next = block_next(arena, at);
  uint32_t last = NOWHERE, after = NOWHERE;
  bool placed = false;
  if (next != NULL && !(next->size & USED)) {
    placed = linked(next);
    if (placed) {
      last = ((hole *)(void *)next)->last, after = ((hole *)(void *)next)->next;
      hole_link(arena, last, NOWHERE, after);
    }
    block_join(arena, at, next);
  }
  if (at->before != 0 && !(before->size & USED)) {
    bool known = linked(before);
    block_join(arena, before, at);
    if (known) return;
    at = before;
  }
  if (placed)
    hole_link(arena, last, offset_of(arena, at), after);
  else if (linked(at))
    hole_insert(arena, offset_of(arena, at));
}

ARENA_PRIVILEGED void tars_arena_free(tars_arena *arena, void *piece) {
  if (piece == NULL) return;
  block *at = (block *)piece - 1;
  block_check(arena, at);
  if (!(at->size & USED)) tars_os_panic(2, "a piece of an arena was freed twice");
  arena->free += block_size(at) - HEADER;
  at->size &= ~USED;
  ARENA_FORBID(piece, block_size(at) - HEADER);
  block_release(arena, at);
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
