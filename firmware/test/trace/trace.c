/* The core with its trace on a port without files: the lines go to the emulator by semihosting. An image is given this
 * file in the place of the core's dispatch.c and trace.c, whose board leaves the trace out. */
#include "board.h"

#undef TARS_BOARD_TRACE
#define TARS_BOARD_TRACE 1
#include "../../core/dispatch.c"
#include "../../core/trace.c"

#include "semihosting.h"
#include "tars_bench_port.h" /* tars_trace_flush */
#include "tars_sim.h"        /* the lock: the worker writes, the bench's task flushes */

#include <string.h>

static char buffer[4096];
static uint32_t used;

/* Writes the buffer to the emulator; lock held. */
static void buffer_write(void) {
  buffer[used] = 0;
  if (used > 0) semihosting_ask(SEMIHOSTING_WRITE0, buffer);
  used = 0;
}

/* Keeps a line until the buffer is full or the bench's `advance` ends. */
static void trace_line(const char *line) {
  uint32_t size = (uint32_t)strlen(line);
  tars_sim_lock();
  if (used + size + 2 > sizeof buffer) buffer_write();
  memcpy(buffer + used, line, size);
  used += size;
  buffer[used++] = '\n';
  tars_sim_unlock();
}

void (*tars_trace)(const char *line) = trace_line;

void tars_trace_flush(void) {
  tars_sim_lock();
  buffer_write();
  tars_sim_unlock();
}
