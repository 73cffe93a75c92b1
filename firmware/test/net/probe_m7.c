/* Connections to a broker through tars_stream.h on the FreeRTOS port, for qemu_test.mjs. The emulator passes the words
 * on, and the file of the CA: HOST PORT CA.DER|- [COUNT]; `-`: without TLS. Prints `open INSTRUCTIONS` or `error CODE
 * REASON` for each connection, then the deepest stack and what the pool held; INSTRUCTIONS are thousands spent inside
 * the calls of the stream until it was open, true under -icount shift=0. */
#include <stdlib.h>
#include <string.h>

#include "chip.h"
#include "conversation.h"
#include "port.h"
#include "semihosting.h"
#include "tars_errors.h"
#include "tars_net.h"

#ifdef TARS_TLS
#include "mbedtls/memory_buffer_alloc.h"
#endif

enum { WORDS = 4, STACK = 8192 };

static tars_task task;
static _Alignas(8) uint8_t stack[STACK];
static uint8_t ca[4096];
static int64_t asleep_us; /* time that the probe has slept */

static void print_number(int32_t value) {
  char text[14] = { 0 }, *at = text + sizeof text - 1;
  uint32_t left = value < 0 ? (uint32_t)-value : (uint32_t)value;
  do *--at = (char)('0' + left % 10);
  while (left /= 10);
  if (value < 0) *--at = '-';
  *--at = ' ';
  semihosting_ask(SEMIHOSTING_WRITE0, at);
}

/* The file of a certificate. */
static uint32_t read_file(const char *name) {
  uint32_t open[] = { (uint32_t)name, 1 /* rb */, strlen(name) };
  int32_t handle = semihosting_ask(SEMIHOSTING_OPEN, open);
  uint32_t length[] = { (uint32_t)handle };
  int32_t size = handle < 0 ? -1 : semihosting_ask(SEMIHOSTING_FLEN, length);
  uint32_t read[] = { (uint32_t)handle, (uint32_t)ca, (uint32_t)size };
  return size > 0 && size <= (int32_t)sizeof ca && semihosting_ask(SEMIHOSTING_READ, read) == 0 ? (uint32_t)size : 0;
}

/* Sleeps as the agent does. */
void conversation_rest(void) {
  int64_t before_us = tars_os_now_us();
  tars_net_wait(INT64_MAX);
  asleep_us += tars_os_now_us() - before_us;
}

/* One connection. */
static void attempt(const tars_stream_config *config) {
  asleep_us = 0;
  int64_t start_us = tars_os_now_us();
  int err = conversation_connect(config);
  int64_t busy_us = tars_os_now_us() - start_us - asleep_us;
  if (!err) err = conversation_echo();
  tars_stream_close();
  semihosting_ask(SEMIHOSTING_WRITE0, err ? "error" : "open");
  print_number(err ? err : (int32_t)busy_us);
  semihosting_ask(SEMIHOSTING_WRITE0, " ");
  semihosting_ask(SEMIHOSTING_WRITE0, tars_stream_reason());
  semihosting_ask(SEMIHOSTING_WRITE0, "\n");
}

/* Words of the emulator's command line after the first one, which is the image. The C library's own splitting needs its
 * heap. */
static int split(char *line, char *words[WORDS]) {
  int count = -1;
  while (*line && count < WORDS) {
    if (count >= 0) words[count] = line;
    count++;
    line += strcspn(line, " ");
    if (*line) *line++ = 0;
  }
  return count;
}

/* What is left of the task's stack, and the most that the pool held. */
static void report(void) {
  size_t peak = 0;
#ifdef TARS_TLS
  size_t blocks;
  mbedtls_memory_buffer_alloc_max_get(&peak, &blocks);
#endif
  semihosting_ask(SEMIHOSTING_WRITE0, "stack");
  print_number((int32_t)(STACK - uxTaskGetStackHighWaterMark(NULL) * sizeof(StackType_t)));
  semihosting_ask(SEMIHOSTING_WRITE0, "\npool");
  print_number((int32_t)peak);
  semihosting_ask(SEMIHOSTING_WRITE0, "\n");
}

static void run(void *unused) {
  static char line[512];
  char *words[WORDS];
  uint32_t block[] = { (uint32_t)line, sizeof line };
  (void)unused;
  if (semihosting_ask(SEMIHOSTING_GET_CMDLINE, block) || split(line, words) != WORDS) semihosting_exit(2);
  bool tls = strcmp(words[2], "-");
  tars_stream_config config = {
    .host = words[0], .port = (uint16_t)atoi(words[1]), .tls = tls, .ca = ca, .ca_size = tls ? read_file(words[2]) : 0
  };
  for (int left = atoi(words[3]); left > 0; left--) attempt(&config);
  report();
  semihosting_exit(0);
}

/* Starts the kernel with the probe as its one task, beside what the port's clock and lock need. */
int main(void) {
  tars_clock_init(false);
  tars_wait_init();
  chip_random_start();
  tars_task_start(&task, run, "probe", TARS_TASK_NET, stack, sizeof stack);
  vTaskStartScheduler();
  semihosting_exit(3);
}
