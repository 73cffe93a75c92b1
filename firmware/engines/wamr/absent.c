/* Parts of WAMR that aren't linked, where the runtime names them: its own heap (ems), which serves a pool and heaps
 * inside linear memories, traps and imports of the wasm-c-api, and host functions that are registered or aren't raw.
 * This engine has none of them; nothing here is reached, and each fails if it were. */
#include <stdio.h> /* snprintf */

#include "mem_alloc.h"
#include "wasm_c_api.h"
#include "wasm_native.h"
#include "wasm_runtime.h"

/* CMakeLists.txt puts these in the place of functions of WAMR. */
bool wamr_absent_native(WASMExecEnv *env, void *function, const WASMFuncType *type, const char *signature,
                        void *attachment, uint32 *argv, uint32 argc, uint32 *argv_ret);
bool wamr_absent_c_api(WASMModuleInstanceCommon *guest, void *function, WASMFuncType *type, uint32 argc, uint32 *argv,
                       bool with_env, void *env);
bool wamr_absent_growth(WASMModuleInstance *guest, uint32 pages);
void wamr_refused(char *words, uint32 size);

/* Would call a host function that isn't raw; there is none. */
bool wamr_absent_native(WASMExecEnv *env, void *function, const WASMFuncType *type, const char *signature,
                        void *attachment, uint32 *argv, uint32 argc, uint32 *argv_ret) {
  (void)function, (void)type, (void)signature, (void)attachment, (void)argv, (void)argc, (void)argv_ret;
  wasm_runtime_set_exception(env->module_inst, "no raw host function");
  return false;
}

/* Belongs to the wasm-c-api, which isn't linked. */
bool wamr_absent_c_api(WASMModuleInstanceCommon *guest, void *function, WASMFuncType *type, uint32 argc, uint32 *argv,
                       bool with_env, void *env) {
  (void)function, (void)type, (void)argc, (void)argv, (void)with_env, (void)env;
  wasm_runtime_set_exception(guest, "no raw host function");
  return false;
}

/* A memory stays as it is (engine.c): growing by no page is all that a guest can do. */
bool wamr_absent_growth(WASMModuleInstance *guest, uint32 pages) {
  (void)guest;
  return pages == 0;
}

/* The one sentence that a board says instead of each of WAMR's about a module that it refuses. */
void wamr_refused(char *words, uint32 size) {
  if (words != NULL) snprintf(words, size, "not valid WebAssembly, or not for this board");
}

/* Nobody registers host functions: engine.c finds them in the contract's table. */
bool wasm_native_register_natives(const char *module, NativeSymbol *symbols, uint32 count) {
  (void)module, (void)symbols, (void)count;
  return false;
}

/* Belongs to the wasm-c-api, which isn't linked. */
void wasm_trap_delete(wasm_trap_t *trap) { (void)trap; }

/* No heap. */
mem_allocator_t mem_allocator_create(void *memory, uint32_t size) {
  (void)memory, (void)size;
  return NULL;
}

/* No heap. */
mem_allocator_t mem_allocator_create_with_struct_and_pool(void *heap, uint32_t heap_size, void *pool,
                                                          uint32_t pool_size) {
  (void)heap, (void)heap_size, (void)pool, (void)pool_size;
  return NULL;
}

/* Nothing to destroy. */
int mem_allocator_destroy(mem_allocator_t heap) {
  (void)heap;
  return 0;
}

/* No heap, no size. */
uint32_t mem_allocator_get_heap_struct_size(void) { return 0; }

/* No heap, no memory. */
void *mem_allocator_malloc(mem_allocator_t heap, uint32_t size) {
  (void)heap, (void)size;
  return NULL;
}

/* No heap, no memory. */
void *mem_allocator_realloc(mem_allocator_t heap, void *piece, uint32_t size) {
  (void)heap, (void)piece, (void)size;
  return NULL;
}

/* There is no heap, so nothing can be freed. */
void mem_allocator_free(mem_allocator_t heap, void *piece) { (void)heap, (void)piece; }

/* There is no heap to move. */
int mem_allocator_migrate(mem_allocator_t heap, char *memory, uint32_t size) {
  (void)heap, (void)memory, (void)size;
  return -1;
}

/* There is no heap that could be corrupted. */
bool mem_allocator_is_heap_corrupted(mem_allocator_t heap) {
  (void)heap;
  return false;
}

/* There is no heap to tell of. */
bool mem_allocator_get_alloc_info(mem_allocator_t heap, void *info) {
  (void)heap, (void)info;
  return false;
}
