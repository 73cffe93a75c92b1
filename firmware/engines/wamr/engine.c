/* WAMR's fast interpreter behind tars_engine.h: start, load, instantiate and their opposites. */
#include "tars_engine.h"

#include <stdio.h>  /* snprintf */
#include <string.h> /* strcmp, strlen */

#include "board.h" /* TARS_BOARD_STACK */
#include "call.h"
#include "memory.h"
#include "tars_errors.h"
#include "wasm_interp.h" /* size of a frame */
#include "wasm_native.h"

const char tars_engine_name[] = "wamr";
const bool tars_engine_borrows = false; /* the fast interpreter's loader rewrites the code */

/* WAMR reports every failure as a text. memory.c knows whether the reason was missing memory. */
static int refusal(const char *words, char *reason, uint32_t reason_size) {
  if (reason != NULL && reason_size > 0) snprintf(reason, reason_size, "%s", words);
  return wamr_memory_exhausted() ? -TARS_E_NOMEM : -TARS_E_MODULE;
}

/* The raw native function behind every import; the attachment is the call's row. A fault becomes an exception, which
 * ends the guest, and the result of the call that entered the guest. */
static void host_call(wasm_exec_env_t env, uint64_t *args) {
  const tars_call_row *row = wasm_runtime_get_function_attachment(env);
  int *result = wasm_runtime_get_user_data(env);
  int fault = tars_engine_host_call(row, args);
  if (fault == 0) return;
  *result = fault;
  wasm_runtime_set_exception(wasm_runtime_get_module_inst(env), "fault in a host call");
}

/* WAMR asks this for every import, in the place of its own wasm_native.c, which keeps its tables in RAM: the contract's
 * is in flash. No signature: the module check has compared it with the row's already. */
void *wasm_native_resolve_symbol(const char *module, const char *field, const WASMFuncType *type,
                                 const char **signature, void **attachment, bool *raw) {
  const tars_call_row *row =
      strcmp(module, TARS_SECTION) == 0 ? tars_call_import(field, (uint32_t)strlen(field)) : NULL;
  (void)type;
  if (row == NULL) return NULL;
  *signature = NULL;
  *attachment = (void *)(uintptr_t)row;
  *raw = true;
  return (void *)(uintptr_t)host_call;
}

bool wasm_native_init(void) { return true; }
void wasm_native_destroy(void) {}

int tars_engine_init(tars_arena *pool, uint32_t stack) {
  RuntimeInitArgs args = { .mem_alloc_type = Alloc_With_Allocator };
  args.mem_alloc_option.allocator.malloc_func = (void *)(uintptr_t)wamr_memory_alloc;
  args.mem_alloc_option.allocator.realloc_func = (void *)(uintptr_t)wamr_memory_resize;
  args.mem_alloc_option.allocator.free_func = (void *)(uintptr_t)wamr_memory_free;
  wamr_memory_open(pool);
  bool started = wasm_runtime_full_init(&args);
  wamr_memory_close();
  return started ? wamr_call_init(pool, stack) : -TARS_E_NOMEM;
}

/* Makes the memory one page of the manifest's bytes, which can't grow. WAMR allocates and checks accesses by the size
 * of a page and their number; its pages are rounded up to os_getpagesize(), of which the bytes are a multiple. */
static void memory_fit(WASMModule *module, uint32_t bytes) {
  if (module->memory_count == 0) return;
  WASMMemory *memory = &module->memories[0];
  memory->num_bytes_per_page = bytes;
  memory->init_page_count = memory->max_page_count = bytes > 0;
}
_Static_assert(TARS_MEMORY_UNIT % os_getpagesize() == 0, "checked size of a memory is larger than what is allocated");

/* Bytes of the execution stack that a function needs before it calls anything: where a frame is laid, twice its size
 * must be free (wasm_exec_env_alloc_wasm_frame), and the frame of the entry's caller is below it. */
static uint32_t stack_need(const WASMFunction *f) {
  uint32_t cells = (uint32_t)f->const_cell_num + f->param_cell_num + f->local_cell_num + f->max_stack_cell_num;
  return wasm_interp_interp_frame_size(2) + 2 * wasm_interp_interp_frame_size(cells);
}

/* Refuses a module with a function that would always trap, because no stack is left for it. How deep functions call
 * each other the manifest says. */
static int stack_check(const WASMModule *module, char *reason, uint32_t reason_size) {
  for (uint32_t i = 0; i < module->function_count; i++) {
    uint32_t need = stack_need(module->functions[i]);
    if (need <= TARS_BOARD_STACK) continue;
    if (reason != NULL) snprintf(reason, reason_size, "%u bytes, the board has %d", (unsigned)need, TARS_BOARD_STACK);
    return -TARS_E_STACK;
  }
  return 0;
}

/* WAMR's loader validates the code, which the module check has not looked at. */
int tars_engine_load(tars_arena *arena, uint8_t *image, uint32_t size, const tars_manifest *manifest,
                     tars_engine_module **module, char *reason, uint32_t reason_size) {
  char words[128] = "";
  LoadArgs args = { .name = (char *)(uintptr_t) "", .no_resolve = false };
  wamr_memory_open(arena);
  *module = (tars_engine_module *)wasm_runtime_load_ex(image, size, &args, words, sizeof words);
  wamr_memory_close();
  if (*module == NULL) return refusal(words, reason, reason_size);
  memory_fit((WASMModule *)*module, tars_manifest_memory(manifest));
  return stack_check((WASMModule *)*module, reason, reason_size);
}

void tars_engine_unload(tars_arena *arena, tars_engine_module *module) {
  wamr_memory_open(arena);
  wasm_runtime_unload((wasm_module_t)module);
  wamr_memory_close();
}

int tars_engine_instantiate(tars_arena *arena, tars_engine_module *module, tars_engine_instance **instance,
                            char *reason, uint32_t reason_size) {
  char words[128] = "";
  wamr_memory_open(arena);
  /* No stack: there is one for all. No heap inside the linear memory: the guest has what it declares. */
  *instance = (tars_engine_instance *)wasm_runtime_instantiate((wasm_module_t)module, 0, 0, words, sizeof words);
  wamr_memory_close();
  return *instance != NULL ? 0 : refusal(words, reason, reason_size);
}

void tars_engine_destroy(tars_arena *arena, tars_engine_instance *instance) {
  wamr_memory_open(arena);
  wasm_runtime_deinstantiate((wasm_module_inst_t)instance);
  wamr_memory_close();
}
