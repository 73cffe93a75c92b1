/* The rules of the module ABI that are seen in a WebAssembly module, before its engine reads it, and the limits that
 * keep the cost of loading in proportion to the size: an engine's loader compares each type with all others, and looks
 * through its stacks of blocks and operands at every block and variable. Types and the entry are looked up by scanning
 * their section again, because there are few of them. */
#include "code_check.h"
#include "tars_calls.h"
#include "tars_engine.h" /* the function implemented here */
#include "tars_errors.h"
#include "wasm.h"

_Static_assert(TARS_LIMIT_TYPE_RESULTS < 1 << WASM_KIND_BITS && TARS_LIMIT_TYPE_PARAMS < 1 << (8 - WASM_KIND_BITS),
               "a wasm_kind has room for both");

/* A module on its way through the check. */
typedef struct {
  const uint8_t *image;
  uint32_t size;
  const tars_manifest *manifest;
  tars_detail detail;
  uint32_t pages;                     /* of its memory, once that section was checked */
  uint8_t imported[TARS_CALL_IDS];    /* 1: the call with this id was imported */
  uint32_t types, imports, functions; /* items of these sections */
  uint32_t customs;
  uint8_t rank; /* of the last section that was not a custom one */
  bool exports; /* there was such a section */
} module;

/* Sections that are lists of so many items at most; of tables and memories an engine takes one. */
static const struct {
  uint16_t most;
  const char *what;
} lists[] = {
  [WASM_TYPE] = { TARS_LIMIT_TYPES, "types" },
  [WASM_IMPORT] = { TARS_LIMIT_CALLS, "imports" },
  [WASM_FUNCTION] = { TARS_LIMIT_FUNCTIONS, "functions" },
  [WASM_GLOBAL] = { TARS_LIMIT_GLOBALS, "globals" },
  [WASM_EXPORT] = { TARS_LIMIT_EXPORTS, "exports" },
  [WASM_ELEMENT] = { TARS_LIMIT_ELEMENTS, "elements" },
  [WASM_DATA] = { TARS_LIMIT_DATA, "data segments" },
};

/* Reads a list of value types; true if they are those of so many scalars, behind a handle or timer if there is one. */
static bool types_are(wasm_reader *in, bool first, const uint8_t *scalars, uint8_t count) {
  bool same = wasm_u32(in) == (uint32_t)first + count;
  if (first) same &= wasm_byte(in) == WASM_I32;
  for (uint8_t i = 0; i < count; i++) {
    uint8_t wanted = scalars[i] == TARS_SCALAR_I64 ? WASM_I64 : scalars[i] == TARS_SCALAR_F32 ? WASM_F32 : WASM_I32;
    same &= wasm_byte(in) == wanted;
  }
  return same;
}

/* Reads the beginning of function type `index`; bad if there is none. */
static wasm_reader type_find(const module *m, uint32_t index) {
  wasm_reader in = wasm_find(m->image, m->size, WASM_TYPE);
  if (index >= wasm_u32(&in)) in.bad = true;
  for (;; index--) {
    if (wasm_byte(&in) != WASM_FUNC_TYPE) in.bad = true;
    if (index == 0 || in.bad) return in;
    wasm_skip(&in, wasm_u32(&in));
    wasm_skip(&in, wasm_u32(&in));
  }
}

/* True if type `index` takes and yields what a call does. */
static bool type_fits(const module *m, uint32_t index, const tars_call_row *row) {
  wasm_reader in = type_find(m, index);
  bool takes = types_are(&in, row->kinds || row->timer, row->params, row->count);
  return types_are(&in, false, &row->result, row->result != TARS_SCALAR_NONE) && takes && !in.bad;
}

/* Reads all types, into `kinds` unless that is NULL. */
static int types_check(const module *m, wasm_reader in, wasm_kind *kinds) {
  for (uint32_t count = wasm_u32(&in); count > 0; count--) {
    if (wasm_byte(&in) != WASM_FUNC_TYPE) in.bad = true;
    uint32_t takes = wasm_u32(&in);
    if (takes > TARS_LIMIT_TYPE_PARAMS) return wasm_excess(m->detail, "parameters", takes, TARS_LIMIT_TYPE_PARAMS);
    wasm_skip(&in, takes);
    uint32_t leaves = wasm_u32(&in);
    if (leaves > TARS_LIMIT_TYPE_RESULTS) return wasm_excess(m->detail, "results", leaves, TARS_LIMIT_TYPE_RESULTS);
    wasm_skip(&in, leaves);
    if (in.bad) return tars_detail_say(m->detail, -TARS_E_MODULE, "section %d", WASM_TYPE);
    if (kinds != NULL) *kinds++ = wasm_kind_of(takes, leaves);
  }
  return 0;
}

/* Checks one import: it must name a call of the contract that the manifest declares, with the signature of the
 * contract. */
static int import_check(module *m, wasm_reader *in) {
  wasm_name from = wasm_text(in), field = wasm_text(in);
  uint8_t kind = wasm_byte(in);
  uint32_t type = wasm_u32(in);
  if (in->bad || kind != WASM_FUNC) return tars_detail_say(m->detail, -TARS_E_MODULE, "only functions can be imported");
  if (!wasm_name_is(from, TARS_SECTION))
    return tars_detail_say(m->detail, -TARS_E_MODULE, "import from \"%.*s\"", from.size < 32 ? (int)from.size : 32,
                           from.text);
  const tars_call_row *row = tars_call_import(field.text, field.size);
  if (row == NULL)
    return tars_detail_say(m->detail, -TARS_E_MISSING_CALL, "call \"%.*s\"", field.size < 32 ? (int)field.size : 32,
                           field.text);
  if (!tars_manifest_calls(m->manifest, row->id))
    return tars_detail_say(m->detail, -TARS_E_DENIED, "call %u is not in the manifest", row->id);
  if (m->imported[row->id]++) return tars_detail_say(m->detail, -TARS_E_MODULE, "call %u twice", row->id);
  if (!type_fits(m, type, row)) return tars_detail_say(m->detail, -TARS_E_MODULE, "call %u has another type", row->id);
  return 0;
}

static int imports_check(module *m, wasm_reader in) {
  uint32_t count = wasm_u32(&in);
  for (uint32_t i = 0; i < count; i++) {
    int err = import_check(m, &in);
    if (err) return err;
  }
  return 0;
}

/* True if the function with this index, counted behind the imports, has the reaction's type. */
static bool is_reaction(const module *m, uint32_t index) {
  static const tars_call_row reaction = { .count = 2,
                                          .params = { TARS_SCALAR_I32, TARS_SCALAR_I32 },
                                          .result = TARS_SCALAR_NONE };
  uint32_t imported = m->imports; /* only functions, see import_check */
  wasm_reader functions = wasm_find(m->image, m->size, WASM_FUNCTION);
  uint32_t count = wasm_u32(&functions), type = 0;
  if (index < imported || index - imported >= count) return false;
  for (uint32_t i = imported; i <= index; i++) type = wasm_u32(&functions);
  return !functions.bad && type_fits(m, type, &reaction);
}

/* Checks one export: it must be the entry, or one of the names that a linker writes for a guest in C. */
static int export_check(const module *m, wasm_reader *in, int *entries) {
  wasm_name name = wasm_text(in);
  uint8_t kind = wasm_byte(in);
  uint32_t index = wasm_u32(in);
  bool ok = !in->bad;
  if (wasm_name_is(name, "r")) {
    ok = ok && kind == WASM_FUNC && is_reaction(m, index);
    (*entries)++;
  } else if (wasm_name_is(name, "memory")) {
    ok = ok && kind == WASM_EXTERN_MEMORY;
  } else {
    ok = ok && kind == WASM_EXTERN_GLOBAL && (wasm_name_is(name, "__heap_base") || wasm_name_is(name, "__data_end"));
  }
  return ok ? 0
            : tars_detail_say(m->detail, -TARS_E_MODULE, "export \"%.*s\"", name.size < 32 ? (int)name.size : 32,
                              name.text);
}

/* Checks all exports: there must be exactly one entry. */
static int exports_check(const module *m, wasm_reader in) {
  uint32_t count = wasm_u32(&in);
  int entries = 0;
  for (uint32_t i = 0; i < count; i++) {
    int err = export_check(m, &in, &entries);
    if (err) return err;
  }
  return entries == 1 ? 0 : tars_detail_say(m->detail, -TARS_E_MODULE, "%d entries instead of one", entries);
}

/* Memories and tables must have a fixed size (maximum = minimum): one that grows would need memory that belongs to
 * nobody, or fail at run time. */
static int fixed_check(module *m, wasm_reader in, bool table) {
  uint32_t count = wasm_u32(&in);
  for (uint32_t i = 0; i < count; i++) {
    if (table) wasm_byte(&in); /* type of its elements */
    uint8_t flags = wasm_byte(&in);
    uint32_t minimum = wasm_u32(&in);
    bool fixed = flags == 1 && wasm_u32(&in) == minimum;
    if (in.bad || !fixed)
      return tars_detail_say(m->detail, -TARS_E_MODULE, "a %s that can grow", table ? "table" : "memory");
    if (!table) m->pages = minimum;
    if (table && minimum > TARS_LIMIT_TABLE) return wasm_excess(m->detail, "places", minimum, TARS_LIMIT_TABLE);
  }
  return 0;
}

/* Place of a section among the others: that of the number of data segments is before the code. */
static uint8_t rank_of(uint8_t id) {
  return id == WASM_DATA_COUNT ? WASM_CODE : id < WASM_CODE ? id : (uint8_t)(id + 1);
}

/* Each section is there once, in order, and isn't too long a list; custom sections are anywhere. */
static int place_check(module *m, const wasm_section *section) {
  if (section->id == WASM_CUSTOM)
    return ++m->customs > TARS_LIMIT_CUSTOMS ? wasm_excess(m->detail, "custom sections", m->customs, TARS_LIMIT_CUSTOMS)
                                             : 0;
  if (section->id > WASM_DATA_COUNT || rank_of(section->id) <= m->rank)
    return tars_detail_say(m->detail, -TARS_E_MODULE, "section %d", section->id);
  m->rank = rank_of(section->id);
  if (section->id >= sizeof lists / sizeof *lists || lists[section->id].most == 0) return 0;
  wasm_reader in = section->body;
  uint32_t count = wasm_u32(&in);
  if (count > lists[section->id].most)
    return wasm_excess(m->detail, lists[section->id].what, count, lists[section->id].most);
  if (section->id == WASM_TYPE) m->types = count;
  if (section->id == WASM_IMPORT) m->imports = count;
  if (section->id == WASM_FUNCTION) m->functions = count;
  return 0;
}

static int section_check(module *m, const wasm_section *section) {
  int err = place_check(m, section);
  if (err) return err;
  switch (section->id) {
  case WASM_TYPE: return types_check(m, section->body, NULL);
  case WASM_IMPORT: return imports_check(m, section->body);
  case WASM_TABLE: return fixed_check(m, section->body, true);
  case WASM_MEMORY: return fixed_check(m, section->body, false);
  case WASM_EXPORT: m->exports = true; return exports_check(m, section->body);
  case WASM_START: return tars_detail_say(m->detail, -TARS_E_MODULE, "start section");
  default: return 0;
  }
}

/* The manifest's bytes of memory must be whole units that lie inside the image's pages, and none exactly if the image
 * has no pages. */
static int memory_check(const module *m) {
  uint32_t bytes = tars_manifest_memory(m->manifest), pages = m->pages;
  bool fits = bytes == 0 ? pages == 0 : bytes % TARS_MEMORY_UNIT == 0 && (bytes - 1) / TARS_MEMORY_PAGE < pages;
  return fits ? 0 : tars_detail_say(m->detail, -TARS_E_MANIFEST, "memory of %u bytes", (unsigned)bytes);
}

/* Notes what every function takes and leaves. The types of imports were compared with the contract's. */
static int functions_read(const module *m, wasm_kinds *kinds) {
  wasm_reader types = wasm_find(m->image, m->size, WASM_TYPE);
  wasm_reader imports = wasm_find(m->image, m->size, WASM_IMPORT);
  wasm_reader functions = wasm_find(m->image, m->size, WASM_FUNCTION);
  types_check(m, types, kinds->kinds);
  wasm_u32(&imports), wasm_u32(&functions);
  for (uint32_t i = 0; i < kinds->functions; i++) {
    bool own = i >= m->imports;
    if (!own) wasm_text(&imports), wasm_text(&imports), wasm_byte(&imports);
    uint32_t type = wasm_u32(own ? &functions : &imports);
    if (functions.bad || type >= m->types)
      return tars_detail_say(m->detail, -TARS_E_MODULE, "function %u", (unsigned)i);
    kinds->kinds[m->types + i] = kinds->kinds[type];
  }
  return 0;
}

/* Walks over the code; what that needs of memory is free again afterwards. */
static int code_check(const module *m, tars_arena *arena) {
  wasm_kinds kinds = { .types = m->types, .functions = m->imports + m->functions, .own = m->functions };
  wasm_reader code = wasm_find(m->image, m->size, WASM_CODE);
  uint32_t blocks = (uint32_t)(code.end - code.at) / WASM_BLOCK_BYTES;
  if (blocks > TARS_LIMIT_NESTING) blocks = TARS_LIMIT_NESTING;
  uint32_t levels = (blocks + 1) * sizeof(wasm_level);
  wasm_level *level = tars_arena_alloc(arena, levels + kinds.types + kinds.functions);
  if (level == NULL) return -TARS_E_NOMEM;
  kinds.kinds = (wasm_kind *)level + levels;
  int err = functions_read(m, &kinds);
  if (!err) err = wasm_code_check(code, &kinds, level, m->detail);
  tars_arena_free(arena, level);
  return err;
}

int tars_engine_check(tars_arena *arena, const uint8_t *image, uint32_t size, const tars_manifest *manifest,
                      tars_detail detail) {
  module m = { .image = image, .size = size, .manifest = manifest, .detail = detail };
  wasm_reader in = wasm_open(image, size);
  wasm_section section;
  int err = 0;
  while (!err && wasm_next(&in, &section)) err = section_check(&m, &section);
  if (!err && in.bad) err = tars_detail_say(detail, -TARS_E_MODULE, "cut short");
  if (!err && !m.exports) err = tars_detail_say(detail, -TARS_E_MODULE, "no entry");
  if (!err) err = memory_check(&m);
  if (!err) err = code_check(&m, arena);
  return err;
}
