/* What a function takes and leaves, in numbers of values, and the walk over the code of all functions. Private to this
 * folder. */
#ifndef CODE_CHECK_H
#define CODE_CHECK_H

#include "tars_detail.h"
#include "wasm.h"

/* Numbers of parameters and results of a function or block. */
typedef uint8_t wasm_kind;
enum { WASM_KIND_BITS = 3 };
static inline wasm_kind wasm_kind_of(uint32_t takes, uint32_t leaves) {
  return (wasm_kind)(takes << WASM_KIND_BITS | leaves);
}
static inline uint32_t wasm_takes(wasm_kind kind) { return kind >> WASM_KIND_BITS; }
static inline uint32_t wasm_leaves(wasm_kind kind) { return kind & ((1u << WASM_KIND_BITS) - 1); }

/* Kinds of all types, then of all functions: those that are imported, then the `own` ones of the module. */
typedef struct {
  wasm_kind *kinds;
  uint32_t types, functions, own;
} wasm_kinds;

/* Least bytes of code that open a block. */
enum { WASM_BLOCK_BYTES = 2 };

/* A block that is open: what it is, and how many operands lie below it. */
typedef struct {
  uint16_t base;
  wasm_kind kind;
  uint8_t opcode : 7;
  bool dead : 1; /* the code that follows is never reached */
} wasm_level;

/* Refuses more than `most` of something: -excess. */
int wasm_excess(tars_detail detail, const char *what, uint32_t count, uint32_t most);

/* Checks the section of code. `levels` has room for the function itself, and for TARS_LIMIT_NESTING blocks
 * or as many as the section can open. 0, -excess, or
 * -module if the code isn't made of instructions and blocks. */
int wasm_code_check(wasm_reader code, const wasm_kinds *kinds, wasm_level *levels, tars_detail detail);

#endif
