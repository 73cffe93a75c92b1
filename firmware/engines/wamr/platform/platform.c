/* What WAMR's runtime asks of a platform, on nothing but the arena. One task at a time uses the engine (tars_engine.h),
 * so its locks have nothing to do. */
#include "platform_api_vmcore.h"
#include "platform_internal.h"

#include "../memory.h"
#include "stack.h"

int bh_platform_init(void) { return 0; }

void bh_platform_destroy(void) {}

/* WAMR has our allocator (engine.c): these are never used, and say so. */
void *os_malloc(unsigned size) {
  (void)size;
  return NULL;
}

/* See os_malloc. */
void *os_realloc(void *piece, unsigned size) {
  (void)piece, (void)size;
  return NULL;
}

/* See os_malloc. */
void os_free(void *piece) { (void)piece; }

/* WAMR prints nothing: reasons reach the core as texts. */
int os_printf(const char *format, ...) {
  (void)format;
  return 0;
}

/* See os_printf. */
int os_vprintf(const char *format, va_list arguments) {
  (void)format, (void)arguments;
  return 0;
}

/* Used by profiling only, which is off. */
uint64 os_time_get_boot_us(void) { return 0; }

/* See os_time_get_boot_us. */
uint64 os_time_thread_cputime_us(void) { return 0; }

/* Only one task uses the engine. */
korp_tid os_self_thread(void) { return 1; }

/* Lowest address of the worker's native stack that a guest may reach. */
uint8 *os_thread_get_stack_boundary(void) { return wamr_stack_boundary(); }

/* No machine code is written. */
void os_thread_jit_write_protect_np(bool enabled) { (void)enabled; }

/* One task: nothing to lock. */
int os_mutex_init(korp_mutex *mutex) {
  *mutex = 0;
  return BHT_OK;
}

/* One task: nothing to lock. */
int os_mutex_destroy(korp_mutex *mutex) {
  (void)mutex;
  return BHT_OK;
}

/* One task: nothing to lock. */
int os_mutex_lock(korp_mutex *mutex) {
  (void)mutex;
  return BHT_OK;
}

/* One task: nothing to lock. */
int os_mutex_unlock(korp_mutex *mutex) {
  (void)mutex;
  return BHT_OK;
}

/* A linear memory: exactly the bytes asked for (the page is 8), from the behaviour's arena, cleared. */
void *os_mmap(void *hint, size_t size, int prot, int flags, os_file_handle file) {
  (void)hint, (void)prot, (void)flags, (void)file;
  if (size > UINT32_MAX) return NULL;
  void *bytes = wamr_memory_alloc((unsigned)size);
  if (bytes != NULL) memset(bytes, 0, size);
  return bytes;
}

/* Gives a linear memory back. */
void os_munmap(void *address, size_t size) {
  (void)size;
  wamr_memory_free(address);
}

/* Memory has no protection of its own: bounds are checked at each access. */
int os_mprotect(void *address, size_t size, int prot) {
  (void)address, (void)size, (void)prot;
  return 0;
}

/* Linear memories never grow: the module check refuses a minimum that isn't the maximum. */
void *os_mremap(void *address, size_t old_size, size_t new_size) {
  (void)address, (void)old_size, (void)new_size;
  return NULL;
}

/* No machine code is written. */
void os_dcache_flush(void) {}

/* No machine code is written. */
void os_icache_flush(void *start, size_t size) { (void)start, (void)size; }
