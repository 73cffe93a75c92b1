/* A trap on the C heap of the virtual board: what asks for memory, or gives some back, after the board has started is
 * written down with the calls that led there, and ends the board. Exceptions, by name: creating a thread, with its
 * question where its stack ends, and resolving a name; the C library offers no other way. Everything else of this
 * program is the board's own. TARS_HEAP_LOG names the file that is written; SIGUSR1 asks for memory, to show that the
 * trap is set. */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRAMES = 32 };

/* glibc's own, and what the linker calls what it has wrapped. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *piece, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *piece);
_Noreturn void __real_tars_link_server_run(void);
_Noreturn void __wrap_tars_link_server_run(void);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *own);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *own);
int __real_pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);
int __wrap_pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes);
int __real_pthread_attr_destroy(pthread_attr_t *attributes);
int __wrap_pthread_attr_destroy(pthread_attr_t *attributes);
int __real_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **list);
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **list);
void __real_freeaddrinfo(struct addrinfo *list);
void __wrap_freeaddrinfo(struct addrinfo *list);

static atomic_bool armed;
static int out = STDERR_FILENO;
static _Thread_local const char *allowed; /* which exception runs */

/* Appends a line. */
static void say(const char *text) {
  if (write(out, text, strlen(text)) < 0 || write(out, "\n", 1) < 0) _exit(70);
}

/* Called for each use of the heap. */
static void used(const char *call) {
  void *frames[FRAMES];
  if (!atomic_load(&armed)) return;
  if (allowed) {
    say(allowed);
    return;
  }
  atomic_store(&armed, false); /* the first use ends the board */
  say("trap");
  say(call);
  backtrace_symbols_fd(frames, backtrace(frames, FRAMES), out);
  abort();
}

void *malloc(size_t size) { return used("malloc"), __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return used("calloc"), __libc_calloc(count, size); }
void *realloc(void *piece, size_t size) { return used("realloc"), __libc_realloc(piece, size); }
void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size) { return used("memalign"), __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return used("aligned_alloc"), __libc_memalign(alignment, size); }

int posix_memalign(void **piece, size_t alignment, size_t size) {
  used("posix_memalign");
  *piece = __libc_memalign(alignment, size);
  return *piece ? 0 : ENOMEM;
}

/* free(NULL) does not use the heap. */
void free(void *piece) {
  if (piece) used("free");
  __libc_free(piece);
}

/* SIGUSR1 asks for memory, to show that the trap is set. */
static void on_signal(int number) {
  (void)number;
  static void *volatile piece;
  piece = malloc(1);
  (void)piece;
}

/* The board has started: from here on the trap is set. */
void __wrap_tars_link_server_run(void) {
  void *frames[1];
  const char *path = getenv("TARS_HEAP_LOG");
  if (path) out = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  backtrace(frames, 1); /* loads what it needs */
  signal(SIGUSR1, on_signal);
  say("armed");
  atomic_store(&armed, true);
  __real_tars_link_server_run();
}

/* Exception: a thread's own memory. */
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *own) {
  allowed = "thread creation";
  int err = __real_pthread_create(thread, attributes, body, own);
  allowed = NULL;
  return err;
}

/* The same exception: the worker asks where its stack ends, once, when it starts. */
int __wrap_pthread_getattr_np(pthread_t thread, pthread_attr_t *attributes) {
  allowed = "thread creation";
  int err = __real_pthread_getattr_np(thread, attributes);
  allowed = NULL;
  return err;
}

/* Exception: what that question has allocated is freed. */
int __wrap_pthread_attr_destroy(pthread_attr_t *attributes) {
  allowed = "thread creation";
  int err = __real_pthread_attr_destroy(attributes);
  allowed = NULL;
  return err;
}

/* Exception: looking a name up. */
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **list) {
  allowed = "name resolution";
  int err = __real_getaddrinfo(host, service, hints, list);
  allowed = NULL;
  return err;
}

/* Exception: what looking a name up has allocated is freed. */
void __wrap_freeaddrinfo(struct addrinfo *list) {
  allowed = "name resolution";
  __real_freeaddrinfo(list);
  allowed = NULL;
}
