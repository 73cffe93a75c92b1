/* What checking and loading modules costs on a Cortex-M7: engine, core and C library are those of the board's image.
 * The emulator puts the modules into memory that no board has (their number; of each its bytes, then these, filled up
 * to a whole word), and its counter notes where loader_mark() is passed: before a module, then behind each step. */
#include "chip.h"
#include "port.h"
#include "semihosting.h"
#include "tars_engine.h"
#include "tars_errors.h"
#include "tars_module.h"

#include <string.h>

static tars_task task;
static _Alignas(8) uint8_t stack[16384];
/* Far more than an arena has, so that only time is bounded here; and what the engine itself takes. */
static _Alignas(TARS_ARENA_ALIGN) uint8_t memory[3 << 20], pool[16384], rows[8192];
static const uint32_t *const modules = (const uint32_t *)0x60000000;

void loader_mark(void);
/* A place that the counter knows. */
__attribute__((noinline, noclone, used)) void loader_mark(void) { __asm volatile(""); }

static void fail(const char *why) {
  chip_print(why);
  semihosting_exit(1);
}

/* Goes the way of core/slot.c, but for the tables and pins of a board. */
static void load(const uint8_t *bytes, uint32_t size) {
  static char text[128];
  tars_detail detail = { text, sizeof text };
  tars_arena arena;
  tars_bytes found;
  tars_manifest manifest;
  tars_engine_module *module = NULL;
  tars_engine_instance *instance = NULL;
  tars_arena_init(&arena, memory, sizeof memory);
  uint8_t *image = tars_arena_alloc(&arena, size);
  memcpy(image, bytes, size);
  loader_mark();
  int err = tars_module_section(image, size, &found, detail);
  if (!err) err = tars_manifest_decode(found.bytes, found.size, rows, sizeof rows, &manifest);
  loader_mark();
  if (!err) err = tars_engine_check(&arena, image, size, &manifest, detail);
  loader_mark();
  if (!err) err = tars_engine_load(&arena, image, size, &manifest, &module, text, sizeof text);
  loader_mark();
  if (!err) err = tars_engine_instantiate(&arena, module, &instance, text, sizeof text);
  loader_mark();
  if (err && err != -TARS_E_STACK) fail(text); /* which is seen once all has been loaded */
}

static void run(void *unused) {
  (void)unused;
  tars_arena arena;
  tars_arena_init(&arena, pool, sizeof pool);
  if (tars_engine_init(&arena, 4096) != 0) fail("no engine");
  chip_interrupts_off();
  const uint32_t *at = modules;
  for (uint32_t count = *at++; count > 0; count--) {
    uint32_t size = *at++;
    load((const uint8_t *)at, size);
    at += (size + 3) / 4;
  }
  semihosting_exit(0);
}

int main(void) {
  tars_clock_init(false);
  tars_wait_init();
  tars_task_start(&task, run, "loader", TARS_TASK_SUPERVISOR, stack, sizeof stack);
  vTaskStartScheduler();
  semihosting_exit(1);
}
