/* Parts of WAMR that aren't linked, where the runtime names them: its own heap (ems), which serves a pool and heaps inside
 * linear memories, and traps of the wasm-c-api. This engine has neither; nothing here is reached, and each fails if it were. */
#include "mem_alloc.h"
#include "wasm_c_api.h"

/* Of the wasm-c-api. */
void wasm_trap_delete(wasm_trap_t *trap) {
  (void)trap;
}

/* No heap. */
mem_allocator_t mem_allocator_create(void *memory, uint32_t size) {
  (void)memory, (void)size;
  return NULL;
}

/* No heap. */
mem_allocator_t mem_allocator_create_with_struct_and_pool(void *heap, uint32_t heap_size, void *pool, uint32_t pool_size) {
  (void)heap, (void)heap_size, (void)pool, (void)pool_size;
  return NULL;
}

/* Nothing to destroy. */
int mem_allocator_destroy(mem_allocator_t heap) {
  (void)heap;
  return 0;
}

/* No heap, no size. */
uint32_t mem_allocator_get_heap_struct_size(void) {
  return 0;
}

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

/* Nothing was given. */
void mem_allocator_free(mem_allocator_t heap, void *piece) {
  (void)heap, (void)piece;
}

/* Nothing to move. */
int mem_allocator_migrate(mem_allocator_t heap, char *memory, uint32_t size) {
  (void)heap, (void)memory, (void)size;
  return -1;
}

/* There is none to be corrupted. */
bool mem_allocator_is_heap_corrupted(mem_allocator_t heap) {
  (void)heap;
  return false;
}

/* Nothing to tell. */
bool mem_allocator_get_alloc_info(mem_allocator_t heap, void *info) {
  (void)heap, (void)info;
  return false;
}
