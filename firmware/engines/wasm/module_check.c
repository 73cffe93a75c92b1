/* The rules of the module ABI that are seen in the sections of a WebAssembly module, before its engine reads it. Types,
 * imports and functions are looked up by scanning their section again: modules are small, and nothing is allocated for
 * bytes that nobody has trusted yet. */
#include "tars_calls.h"
#include "tars_engine.h" /* the function implemented here */
#include "tars_errors.h"
#include "wasm.h"

/* Value types of the binary format, and what begins a function type. */
enum { WASM_I32 = 0x7f, WASM_I64 = 0x7e, WASM_F32 = 0x7d, WASM_FUNC_TYPE = 0x60 };

/* A module on its way through the check. */
typedef struct {
  const uint8_t *image;
  uint32_t size;
  const tars_manifest *manifest;
  tars_detail detail;
  uint32_t pages; /* of its memory, once that section was checked */
} module;

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

/* Checks one import: it must name a call of the contract that the manifest declares, with the signature of the
 * contract. */
static int import_check(const module *m, wasm_reader *in) {
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
  if (!type_fits(m, type, row)) return tars_detail_say(m->detail, -TARS_E_MODULE, "call %u has another type", row->id);
  return 0;
}

static int imports_check(const module *m, wasm_reader in) {
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
  wasm_reader imports = wasm_find(m->image, m->size, WASM_IMPORT);
  uint32_t imported = wasm_u32(&imports); /* only functions, see import_check */
  if (imports.bad) imported = 0;
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
  }
  return 0;
}

static int section_check(module *m, const wasm_section *section, bool *exports) {
  switch (section->id) {
  case WASM_IMPORT: return imports_check(m, section->body);
  case WASM_TABLE: return fixed_check(m, section->body, true);
  case WASM_MEMORY: return fixed_check(m, section->body, false);
  case WASM_EXPORT: *exports = true; return exports_check(m, section->body);
  case WASM_START: return tars_detail_say(m->detail, -TARS_E_MODULE, "start section");
  default:
    return section->id <= WASM_DATA_COUNT ? 0 : tars_detail_say(m->detail, -TARS_E_MODULE, "section %d", section->id);
  }
}

/* The manifest's bytes of memory must be whole units that lie inside the image's pages, and none exactly if the image
 * has no pages. */
static int memory_check(const module *m) {
  uint32_t bytes = tars_manifest_memory(m->manifest), pages = m->pages;
  bool fits = bytes == 0 ? pages == 0 : bytes % TARS_MEMORY_UNIT == 0 && (bytes - 1) / TARS_MEMORY_PAGE < pages;
  return fits ? 0 : tars_detail_say(m->detail, -TARS_E_MANIFEST, "memory of %u bytes", (unsigned)bytes);
}

int tars_engine_check(const uint8_t *image, uint32_t size, const tars_manifest *manifest, tars_detail detail) {
  module m = { image, size, manifest, detail, 0 };
  wasm_reader in = wasm_open(image, size);
  wasm_section section;
  bool exports = false;
  int err = 0;
  while (!err && wasm_next(&in, &section)) err = section_check(&m, &section, &exports);
  if (!err && in.bad) err = tars_detail_say(detail, -TARS_E_MODULE, "cut short");
  if (!err && !exports) err = tars_detail_say(detail, -TARS_E_MODULE, "no entry");
  if (!err) err = memory_check(&m);
  return err;
}
