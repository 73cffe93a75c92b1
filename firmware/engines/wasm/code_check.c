/* Walks over the code of a module, once, and counts what an engine's loader keeps on stacks of its own: variables,
 * blocks inside of each other, operands. Types are not looked at, that is the loader's; so heights are exact for valid
 * code, and the loader stops in invalid code no later than this. */
#include "code_check.h"

#include "tars_errors.h"
#include "tars_limits.h"

_Static_assert(sizeof(wasm_level) == 4, "hal/contract/layout.ts says so");

/* Opcodes that are looked at one by one. */
enum {
  OP_UNREACHABLE = 0x00,
  OP_NOP = 0x01,
  OP_BLOCK = 0x02,
  OP_LOOP = 0x03,
  OP_IF = 0x04,
  OP_ELSE = 0x05,
  OP_END = 0x0b,
  OP_BR = 0x0c,
  OP_BR_IF = 0x0d,
  OP_BR_TABLE = 0x0e,
  OP_RETURN = 0x0f,
  OP_CALL = 0x10,
  OP_CALL_INDIRECT = 0x11,
  OP_WIDE = 0xfc, /* a second number follows */
  NO_RESULT = 0x40
};

/* All other opcodes up to `last` and above the row before: numbers and bytes that follow, operands taken and left. */
typedef struct {
  uint8_t last, numbers, bytes, takes, leaves;
} form;

enum { NONE = 0xff };
static const form forms[] = {
  { 0x19, NONE, 0, 0, 0 }, { 0x1a, 0, 0, 1, 0 }, { 0x1b, 0, 0, 3, 1 }, { 0x1f, NONE, 0, 0, 0 }, { 0x20, 1, 0, 0, 1 },
  { 0x21, 1, 0, 1, 0 },    { 0x22, 1, 0, 1, 1 }, { 0x23, 1, 0, 0, 1 }, { 0x24, 1, 0, 1, 0 },    { 0x27, NONE, 0, 0, 0 },
  { 0x35, 2, 0, 1, 1 },    { 0x3e, 2, 0, 2, 0 }, { 0x3f, 1, 0, 0, 1 }, { 0x40, 1, 0, 1, 1 },    { 0x42, 1, 0, 0, 1 },
  { 0x43, 0, 4, 0, 1 },    { 0x44, 0, 8, 0, 1 }, { 0x45, 0, 0, 1, 1 }, { 0x4f, 0, 0, 2, 1 },    { 0x50, 0, 0, 1, 1 },
  { 0x66, 0, 0, 2, 1 },    { 0x69, 0, 0, 1, 1 }, { 0x78, 0, 0, 2, 1 }, { 0x7b, 0, 0, 1, 1 },    { 0x8a, 0, 0, 2, 1 },
  { 0x91, 0, 0, 1, 1 },    { 0x98, 0, 0, 2, 1 }, { 0x9f, 0, 0, 1, 1 }, { 0xa6, 0, 0, 2, 1 },    { 0xc4, 0, 0, 1, 1 },
  { 0xff, NONE, 0, 0, 0 },
};

/* The same by the second number of a wide opcode. */
static const form wide_forms[] = {
  { 7, 0, 0, 1, 1 },  { 8, 2, 0, 3, 0 },  { 9, 1, 0, 0, 0 },
  { 10, 2, 0, 3, 0 }, { 11, 1, 0, 3, 0 }, { 0xff, NONE, 0, 0, 0 },
};

/* A walk over one function. */
typedef struct {
  wasm_reader in;
  const wasm_kinds *kinds;
  wasm_level *level; /* the innermost block */
  uint32_t depth, height;
  tars_detail detail;
  int err;
} walk;

static void invalid(walk *w) { w->in.bad = true; }

int wasm_excess(tars_detail detail, const char *what, uint32_t count, uint32_t most) {
  return tars_detail_say(detail, -TARS_E_EXCESS, "%u %s, at most %u", (unsigned)count, what, (unsigned)most);
}

/* Takes operands. In code that is never reached a block has as many as are asked for. */
static void take(walk *w, uint32_t count) {
  bool there = w->height - w->level->base >= count;
  if (!there && !w->level->dead) invalid(w);
  w->height = there ? w->height - count : w->level->base;
}

static void leave(walk *w, uint32_t count) {
  w->height += count;
  if (w->height > TARS_LIMIT_OPERANDS) w->err = wasm_excess(w->detail, "operands", w->height, TARS_LIMIT_OPERANDS);
}

/* What follows in this block is never reached. */
static void die(walk *w) {
  w->height = w->level->base;
  w->level->dead = true;
}

static void numbers(walk *w, uint32_t count) {
  for (; count > 0 && !w->in.bad; count--) wasm_number(&w->in);
}

/* Begins a block whose operands and results are those of `kind`. */
static void open(walk *w, uint8_t opcode, wasm_kind kind) {
  take(w, wasm_takes(kind));
  if (w->depth++ > TARS_LIMIT_NESTING) {
    w->err = wasm_excess(w->detail, "nested blocks", w->depth - 1, TARS_LIMIT_NESTING);
    return;
  }
  *++w->level = (wasm_level){ .base = (uint16_t)w->height, .kind = kind, .opcode = opcode };
  leave(w, wasm_takes(kind));
}

/* The type of a block: nothing, one value type, or one of the module's types. */
static wasm_kind block_kind(walk *w) {
  uint8_t byte = wasm_byte(&w->in);
  if (byte == NO_RESULT) return 0;
  if (byte >= WASM_F64 && byte <= WASM_I32) return wasm_kind_of(0, 1);
  w->in.at--;
  uint32_t index = wasm_u32(&w->in);
  if (index >= w->kinds->types) invalid(w);
  return w->in.bad ? 0 : w->kinds->kinds[index];
}

static void otherwise(walk *w) {
  if (w->level->opcode != OP_IF) invalid(w);
  *w->level = (wasm_level){ .base = w->level->base, .kind = w->level->kind, .opcode = OP_ELSE };
  w->height = w->level->base;
  leave(w, wasm_takes(w->level->kind));
}

static void end(walk *w) {
  wasm_kind kind = w->level->kind;
  w->height = w->level->base;
  w->depth--;
  w->level--;
  if (w->depth > 0) leave(w, wasm_leaves(kind));
}

/* A branch that may not be taken: in dead code it says which operands there are. */
static void branch_if(walk *w) {
  take(w, 1);
  uint32_t label = wasm_u32(&w->in);
  if (label >= w->depth) invalid(w);
  if (w->in.bad) return;
  const wasm_level *target = w->level - label;
  uint32_t count = target->opcode == OP_LOOP ? wasm_takes(target->kind) : wasm_leaves(target->kind);
  take(w, count);
  leave(w, count);
}

static void branch_table(walk *w) {
  uint32_t count = wasm_u32(&w->in);
  if (count > TARS_LIMIT_BRANCHES) {
    w->err = wasm_excess(w->detail, "labels", count, TARS_LIMIT_BRANCHES);
    return;
  }
  numbers(w, count + 1);
  take(w, 1);
  die(w);
}

/* Calls something of this kind. */
static void call(walk *w, uint32_t index, uint32_t count, const wasm_kind *kinds) {
  if (index >= count) invalid(w);
  if (w->in.bad) return;
  take(w, wasm_takes(kinds[index]));
  leave(w, wasm_leaves(kinds[index]));
}

static void call_indirect(walk *w) {
  uint32_t index = wasm_u32(&w->in);
  wasm_byte(&w->in); /* the table */
  take(w, 1);
  call(w, index, w->kinds->types, w->kinds->kinds);
}

/* An instruction without control flow. */
static void plain(walk *w, uint8_t opcode) {
  const form *row = forms;
  uint32_t code = opcode;
  if (opcode == OP_WIDE) {
    row = wide_forms;
    code = wasm_u32(&w->in);
    if (code > UINT8_MAX) invalid(w);
  }
  while (code > row->last) row++;
  if (row->numbers == NONE) invalid(w);
  if (w->in.bad) return;
  numbers(w, row->numbers);
  wasm_skip(&w->in, row->bytes);
  take(w, row->takes);
  leave(w, row->leaves);
}

static void instruction(walk *w) {
  uint8_t opcode = wasm_byte(&w->in);
  switch (opcode) {
  case OP_UNREACHABLE:
  case OP_RETURN: die(w); break;
  case OP_NOP: break;
  case OP_IF:
    take(w, 1);
    open(w, opcode, block_kind(w));
    break;
  case OP_BLOCK:
  case OP_LOOP: open(w, opcode, block_kind(w)); break;
  case OP_ELSE: otherwise(w); break;
  case OP_END: end(w); break;
  case OP_BR:
    wasm_u32(&w->in);
    die(w);
    break;
  case OP_BR_IF: branch_if(w); break;
  case OP_BR_TABLE: branch_table(w); break;
  case OP_CALL: call(w, wasm_u32(&w->in), w->kinds->functions, w->kinds->kinds + w->kinds->types); break;
  case OP_CALL_INDIRECT: call_indirect(w); break;
  default: plain(w, opcode);
  }
}

/* Passes the declarations of a function's variables and adds their number to that of the module. */
static void locals(walk *w, uint32_t *count) {
  for (uint32_t groups = wasm_u32(&w->in); groups > 0 && !w->in.bad; groups--) {
    uint32_t more = wasm_u32(&w->in);
    wasm_byte(&w->in);
    *count = more > TARS_LIMIT_LOCALS ? more : *count + more;
    if (*count > TARS_LIMIT_LOCALS) {
      w->err = wasm_excess(w->detail, "variables", *count, TARS_LIMIT_LOCALS);
      return;
    }
  }
}

int wasm_code_check(wasm_reader code, const wasm_kinds *kinds, wasm_level *levels, tars_detail detail) {
  uint32_t count = wasm_u32(&code), imported = kinds->functions - kinds->own, variables = 0;
  if (count != kinds->own) code.bad = true;
  for (uint32_t i = 0; i < count && !code.bad; i++) {
    uint32_t size = wasm_u32(&code);
    walk w = { .in = { .at = code.at }, .kinds = kinds, .level = levels, .depth = 1, .detail = detail };
    wasm_skip(&code, size);
    w.in.end = code.at;
    *levels = (wasm_level){ .kind = kinds->kinds[kinds->types + imported + i] };
    locals(&w, &variables);
    while (w.depth > 0 && !w.err && !w.in.bad) instruction(&w);
    if (w.err) return w.err;
    if (w.in.bad || w.in.at != w.in.end)
      return tars_detail_say(detail, -TARS_E_MODULE, "function %u", (unsigned)(imported + i));
  }
  return code.bad ? tars_detail_say(detail, -TARS_E_MODULE, "section %d", WASM_CODE) : 0;
}
