/* Trace lines into a file, for tests. Buffered; written at the end of `advance`, when the buffer is full and at
 * exit. */
#include "port.h"
#include "tars.h" /* tars_trace */

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static int file = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char buffer[65536];
static uint32_t used;

/* Writes what is buffered; lock held. */
static void buffer_write(void) {
  for (uint32_t at = 0; at < used;) {
    ssize_t wrote = write(file, buffer + at, used - at);
    if (wrote <= 0) break; /* a full disk costs trace lines, not the board */
    at += (uint32_t)wrote;
  }
  used = 0;
}

/* The core's trace. */
static void trace_line(const char *line) {
  size_t size = strlen(line);
  if (size + 1 > sizeof buffer) return;
  tars_hold();
  pthread_mutex_lock(&mutex);
  if (used + size + 1 > sizeof buffer) buffer_write();
  memcpy(buffer + used, line, size);
  buffer[used + size] = '\n';
  used += (uint32_t)size + 1;
  pthread_mutex_unlock(&mutex);
  tars_release();
}

/* Starts the trace; after a power cycle it goes on in the same file. */
void tars_trace_open(const char *path, bool append) {
  file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (append ? 0 : O_TRUNC), 0644);
  if (file < 0) tars_fail("cannot write the trace file %s: %m", path);
  tars_trace = trace_line;
}

/* Writes what is buffered. */
void tars_trace_flush(void) {
  if (file < 0) return;
  tars_hold();
  pthread_mutex_lock(&mutex);
  buffer_write();
  pthread_mutex_unlock(&mutex);
  tars_release();
}
