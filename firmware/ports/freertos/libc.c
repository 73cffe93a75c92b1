/* What newlib asks for. There is no C heap: whoever wants some is a bug. */
#include "port.h"

#include <stddef.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *piece, size_t size);
void free(void *piece);
void *_malloc_r(void *reent, size_t size);
void *_calloc_r(void *reent, size_t count, size_t size);
void *_realloc_r(void *reent, void *piece, size_t size);
void _free_r(void *reent, void *piece);
void *_sbrk(ptrdiff_t size);

/* A broken invariant of a library (WAMR). */
_Noreturn void abort(void);
_Noreturn void __assert_func(const char *file, int line, const char *function, const char *expression);
_Noreturn void tars_library_broken(void);
_Noreturn void abort(void) {
  tars_os_panic(28, "a library gave up");
  for (;;) {
  }
}
_Noreturn void __assert_func(const char *file, int line, const char *function, const char *expression) {
  (void)file, (void)line, (void)function;
  tars_os_panic(29, expression);
  for (;;) {
  }
}
/* Takes the place of abort() where CMakeLists.txt leaves the texts of assertions out. */
_Noreturn void tars_library_broken(void) { abort(); }

/* There is no heap: a request is a bug and ends in a panic. */
static void *refuse(void) {
  tars_os_panic(25, "memory was asked of the C heap, which does not exist");
  return NULL;
}

/* Overrides the C library's allocator for its own functions too. */
void *malloc(size_t size) { return (void)size, refuse(); }
void *calloc(size_t count, size_t size) { return (void)count, (void)size, refuse(); }
void *realloc(void *piece, size_t size) { return (void)piece, (void)size, refuse(); }
void free(void *piece) { (void)piece; }
void *_malloc_r(void *reent, size_t size) { return (void)reent, (void)size, refuse(); }
void *_calloc_r(void *reent, size_t count, size_t size) { return (void)reent, (void)count, (void)size, refuse(); }
void *_realloc_r(void *reent, void *piece, size_t size) { return (void)reent, (void)piece, (void)size, refuse(); }
void _free_r(void *reent, void *piece) { (void)reent, (void)piece; }
void *_sbrk(ptrdiff_t size) { return (void)size, refuse(); }
