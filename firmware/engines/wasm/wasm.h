/* Reading the binary format of WebAssembly: just enough for module_check.c, code_check.c and section.c. Every reader
 * stops at the end of its bytes and notes that in `bad`; after that it yields zeros. */
#ifndef WASM_H
#define WASM_H

#include <stdbool.h>
#include <stdint.h>

enum {
  WASM_CUSTOM,
  WASM_TYPE,
  WASM_IMPORT,
  WASM_FUNCTION,
  WASM_TABLE,
  WASM_MEMORY,
  WASM_GLOBAL,
  WASM_EXPORT,
  WASM_START,
  WASM_ELEMENT,
  WASM_CODE,
  WASM_DATA,
  WASM_DATA_COUNT
};
/* Value types, and what begins a function type. */
enum { WASM_I32 = 0x7f, WASM_I64 = 0x7e, WASM_F32 = 0x7d, WASM_F64 = 0x7c, WASM_FUNC_TYPE = 0x60 };
enum { WASM_FUNC = 0, WASM_EXTERN_TABLE = 1, WASM_EXTERN_MEMORY = 2, WASM_EXTERN_GLOBAL = 3 };

typedef struct {
  const uint8_t *at, *end;
  bool bad;
} wasm_reader;

/* A name inside the module's bytes. */
typedef struct {
  const char *text;
  uint32_t size;
} wasm_name;

/* One section: its id and its contents. */
typedef struct {
  uint8_t id;
  wasm_reader body;
} wasm_section;

uint8_t wasm_byte(wasm_reader *in);
/* LEB128 of at most 32 bits. */
uint32_t wasm_u32(wasm_reader *in);
/* Passes LEB128 of any length that has a meaning. */
void wasm_number(wasm_reader *in);
wasm_name wasm_text(wasm_reader *in);
bool wasm_name_is(wasm_name name, const char *text);
/* Passes `size` bytes. */
void wasm_skip(wasm_reader *in, uint32_t size);

/* Reader behind magic and version; `bad` if they are others. */
wasm_reader wasm_open(const uint8_t *image, uint32_t size);
/* Next section; false at the end or if it is broken (then `in->bad`). */
bool wasm_next(wasm_reader *in, wasm_section *section);
/* First section with this id (no custom one); an empty body that yields zeros if there is none. */
wasm_reader wasm_find(const uint8_t *image, uint32_t size, uint8_t id);

#endif
