/* The arena against a plain model: pieces don't overlap, free bytes depend only on what is in use, all comes back. */
#include "arena_guard.h"
#include "check.h"
#include "tars_arena.h"
#include "tars_os.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#define SIZE   8192
#define PIECES 64

static _Alignas(8) uint8_t memory[SIZE];

static int panics;
static jmp_buf panicked;

/* The panic of this program: an arena's checks have found what was planted. */
void tars_os_panic(int number, const char *reason) {
  (void)reason;
  panics = number;
  longjmp(panicked, 1);
}

/* A piece that is in use. */
typedef struct {
  uint8_t *at;
  uint32_t size, held; /* held: what its block was made for; one that shrinks stays as it is */
} holder;

/* Bytes of a piece with its header. */
static uint32_t block(uint32_t size) { return (size + 7) / 8 * 8 + 8; }

/* The lowest place where a piece of this size fits among those in use: at the beginning or behind one of them. NULL:
 * nowhere. */
static const uint8_t *lowest(const holder pieces[PIECES], uint32_t size) {
  const uint8_t *best = NULL;
  for (int i = -1; i < PIECES; i++) {
    if (i >= 0 && pieces[i].at == NULL) continue;
    const uint8_t *from = i < 0 ? memory : pieces[i].at - 8 + block(pieces[i].held), *end = memory + SIZE;
    for (int k = 0; k < PIECES; k++)
      if (pieces[k].at != NULL && pieces[k].at - 8 >= from && pieces[k].at - 8 < end) end = pieces[k].at - 8;
    if ((uint32_t)(end - from) >= block(size) && (best == NULL || from < best)) best = from;
  }
  return best == NULL ? NULL : best + 8;
}

/* Random allocations, resizes and frees; a piece lies at the lowest place where it fits; every piece is filled with its
 * own number and read back. */
static void random_use(unsigned seed) {
  tars_arena arena;
  holder pieces[PIECES] = { 0 };
  tars_arena_init(&arena, memory, SIZE);
  uint32_t whole = arena.free;
  srand(seed);
  for (int step = 0; step < 20000; step++) {
    int i = rand() % PIECES;
    uint32_t size = 1 + (uint32_t)(rand() % 300);
    bool fresh = pieces[i].at == NULL && step % 16 == 0; /* to look for the place takes long */
    const uint8_t *wanted = fresh ? lowest(pieces, size) : NULL;
    for (uint32_t k = 0; pieces[i].at != NULL && k < pieces[i].size; k++)
      if (pieces[i].at[k] != (uint8_t)i) CHECK(!"a piece was overwritten");
    uint8_t *at = rand() % 4 && pieces[i].at == NULL   ? tars_arena_alloc(&arena, size)
                  : pieces[i].at != NULL && rand() % 2 ? tars_arena_resize(&arena, pieces[i].at, size)
                                                       : NULL;
    if (at == NULL) {
      tars_arena_free(&arena, pieces[i].at);
      pieces[i].at = NULL;
      continue;
    }
    if (fresh) CHECK(at == wanted);
    CHECK(((uintptr_t)at & 7) == 0 && at >= memory && at + size <= memory + SIZE);
    memset(at, i, size);
    if (at != pieces[i].at) pieces[i].held = size;
    pieces[i].at = at;
    pieces[i].size = size;
  }
  for (int i = 0; i < PIECES; i++) tars_arena_free(&arena, pieces[i].at);
  CHECK_EQUAL(arena.free, whole);
  CHECK(tars_arena_alloc(&arena, whole) != NULL);
  CHECK_EQUAL(arena.free, 0);
  CHECK(tars_arena_alloc(&arena, 0) == NULL);
}

/* What doesn't fit says how much it wanted. */
static void too_much(void) {
  tars_arena arena;
  tars_arena_init(&arena, memory, SIZE);
  CHECK(tars_arena_alloc(&arena, SIZE) == NULL);
  CHECK_EQUAL(arena.wanted, SIZE);
  CHECK(tars_arena_alloc(&arena, UINT32_MAX) == NULL);
  CHECK(tars_arena_alloc(&arena, UINT32_MAX - 8) == NULL);
  CHECK_EQUAL(arena.free, SIZE - 8);
}

/* Writes past a piece, unseen by the sanitizer, which would see it first. */
ARENA_PRIVILEGED static void overwrite(volatile uint8_t *piece, int size) {
  for (int i = 0; i < size; i++) piece[i] = 0x11;
}

/* A write past a piece and a second free are found. */
static void damage_is_found(void) {
  for (int kind = 1; kind <= 2; kind++) {
    tars_arena arena;
    tars_arena_init(&arena, memory, SIZE);
    uint8_t *one = tars_arena_alloc(&arena, 24);
    tars_arena_alloc(&arena, 24);
    panics = 0;
    if (setjmp(panicked) == 0) {
      if (kind == 1) overwrite(one, 32);
      tars_arena_free(&arena, one);
      tars_arena_free(&arena, one);
    }
    CHECK_EQUAL(panics, kind);
  }
}

int main(void) {
  for (unsigned seed = 1; seed <= 5; seed++) random_use(seed);
  too_much();
  damage_is_found();
  return check_report("arena");
}
