/* Memory: arenas are as before after any number of loads, a guest stays in its own bytes, recursion ends in a trap, and
 * no reaction asks for memory. */
#include "rig.h"

#include <string.h>

#include "tars_engine.h"

static make a, b, c;

/* A thousand apps are loaded and unloaded one after the other; the arenas are as before. */
static void loads_leave_nothing(void) {
  fake_boot();
  uint32_t free = tars_pool_free();
  tars_module_source none[1] = { 0 };
  for (int i = 0; i < 500; i++) {
    rig_toggler(&a, i % 2 ? "blink" : "other", "LED", 1000 + i);
    rig_counter(&b, "counter", "n", 500 + i);
    tars_module_source app[] = { make_end(&a), make_end(&b) };
    CHECK_EQUAL(rig_install(app, 2), 0);
    fake.trace[0] = '\0';
    fake_advance(2000);
    CHECK(fake_traced("R ") > 0);
  }
  CHECK(tars_pool_free() < free);
  CHECK_EQUAL(rig_install(none, 0), 0);
  CHECK_EQUAL(tars_pool_free(), free);
  CHECK_EQUAL(tars_engine_stray_allocations(), 0);
}

/* An image that lies in memory stays as it is, although this engine rewrites what it loads: it gets a copy. */
static void image_is_copied(void) {
  static uint8_t before[MAKE_SIZE];
  rig_toggler(&a, "blink", "LED", 1000);
  tars_module_source source = make_end(&a);
  memcpy(before, a.image.bytes, a.image.size);
  source.bytes = a.image.bytes;
  fake_boot();
  CHECK_EQUAL(rig_install(&source, 1), 0);
  CHECK(!tars_engine_borrows && memcmp(before, a.image.bytes, a.image.size) == 0);
}

/* A guest that stores `value` into a memory of 100 bytes and a bit, one byte further at each tick; it logs the address
 * first, which starts 8 bytes before the end. */
static void memory_module(make *m, const char *name, uint8_t value) {
  make_begin(m, name);
  make_call(m, TARS_CALL_MSG_PUT_I32);
  make_call(m, TARS_CALL_LOG_EMIT);
  make_log(m, "{}");
  make_every(m, 1000, 0);
  make_memory(m, 1, 1);
  m->memory = 104;
  make_global(m, 0, 0, false);
  MAKE_BODY(m, LOCAL_GET(0), EQZ, IF, 0x41, 0xe0, 0x00, GLOBAL_SET(0), RETURN, END, GLOBAL_GET(0), CALL(0), I32(0),
            CALL(1), GLOBAL_GET(0), 0x41, (uint8_t)(value & 0x3f), 0x3a, 0, 0, GLOBAL_GET(0), I32(1), ADD,
            GLOBAL_SET(0));
}

/* Linear memories are honest to the byte: the first store past the bytes of the manifest traps, and what lies behind it
 * in the arena is as it was. No export of the module says where its memory ends. */
static void memory_ends_at_its_end(void) {
  fake_boot();
  memory_module(&a, "writer", 0x2a);
  a.restart_most = 1;
  CHECK_EQUAL(rig_install_one(&a), 0);
  fake_advance(1000000);
  CHECK_EQUAL(rig_status("writer"), 3);
  tars_log_line line;
  int last = 0;
  while (rig_log_at(last + 1, &line) == 0) last++;
  CHECK_EQUAL(rig_log_at(last, &line), 0);
  CHECK(strcmp(line.text, "out of bounds memory access") == 0);
  CHECK_EQUAL(rig_log_at(last - 1, &line), 0);
  CHECK_EQUAL(line.fields[0].i, 104); /* the first byte past the end */
  CHECK_EQUAL(rig_log_at(0, &line), 0);
  CHECK_EQUAL(line.fields[0].i, 96);
}

/* A module costs the bytes of its memory, not its pages: 64 more cost 64 more, and 104 bytes little more than none. */
static void memory_costs_its_bytes(void) {
  uint32_t used[3];
  static const uint32_t bytes[] = { 0, 104, 168 };
  for (int i = 0; i < 3; i++) {
    fake_boot();
    make_begin(&a, "bytes");
    if (bytes[i] > 0) make_memory(&a, 1, 1);
    a.memory = bytes[i];
    MAKE_BODY(&a, 0x01);
    CHECK_EQUAL(rig_install_one(&a), 0);
    used[i] = rig_stats("bytes").arena;
  }
  printf("arena: %u bytes without memory, %u with 104 bytes of it\n", (unsigned)used[0], (unsigned)used[1]);
  CHECK(used[1] - used[0] < 1024);
  CHECK_EQUAL(used[2] - used[1], 64);
}

/* A guest can neither see nor grow more than its bytes: it counts one page and gets no other. */
static void memory_stays_as_it_is(void) {
  fake_boot();
  make_begin(&a, "grower");
  make_memory(&a, 2, 2);
  a.memory = 8;
  a.restart_most = 1;
  /* traps if it grew by a page, or if a word behind its bytes could be read: the former would show as `unreachable` */
  MAKE_BODY(&a, I32(1), 0x40, 0, I32(-1), EQ, EQZ, IF, UNREACHABLE, END, I32(8), 0x28, 2, 0, DROP);
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(rig_status("grower"), 3);
  tars_log_line line;
  CHECK_EQUAL(rig_log_at(0, &line), 0);
  CHECK(strcmp(line.text, "out of bounds memory access") == 0);
}

/* A memory of a whole page ends at 65,536 bytes. */
static void whole_pages_end_too(void) {
  static const uint8_t stores[][4] = { { 0xff, 0xff, 0x03, 0 }, { 0x80, 0x80, 0x04, 1 } };
  for (int i = 0; i < 2; i++) {
    fake_boot();
    make_begin(&a, "page");
    make_memory(&a, 1, 1);
    a.restart_most = 1;
    MAKE_BODY(&a, 0x41, stores[i][0], stores[i][1], stores[i][2], I32(1), 0x3a, 0, 0);
    CHECK_EQUAL(rig_install_one(&a), 0);
    CHECK_EQUAL(rig_status("page"), stores[i][3] ? 3 : 1);
  }
}

/* Endless recursion ends at the bounds of the execution stack, not of the board. */
static void recursion_traps(void) {
  fake_boot();
  make_begin(&a, "deep");
  a.restart_most = 1;
  MAKE_BODY(&a, LOCAL_GET(0), LOCAL_GET(1), CALL(0));
  rig_toggler(&b, "good", "LED", 1000);
  tars_module_source app[] = { make_end(&a), make_end(&b) };
  CHECK_EQUAL(rig_install(app, 2), 0);
  fake_advance(10000);
  CHECK_EQUAL(rig_status("deep"), 3);
  CHECK_EQUAL(fake_traced("F 0 deep 96"), 1);
  CHECK_EQUAL(fake_pin_of("LED")->edges, 10);
}

/* A module that doesn't fit is refused with the bytes that are missing, at whatever step; nothing of it stays. */
static void too_big_is_refused(void) {
  fake_boot();
  uint32_t free = tars_pool_free();
  for (uint8_t pages = 2; pages < 4; pages++) {
    make_begin(&a, "big");
    make_memory(&a, pages, pages);
    MAKE_BODY(&a, 0x01);
    CHECK_EQUAL(rig_install_one(&a), -TARS_E_NOMEM);
    CHECK(strstr(rig_detail, "missing") != NULL);
    CHECK_EQUAL(tars_pool_free(), free);
  }
  tars_module_source endless = make_end(&b);
  endless.size = 65537;
  CHECK_EQUAL(rig_install(&endless, 1), -TARS_E_TOO_LONG);
}

/* An app of more behaviours than slots is refused. */
static void slots_are_bounded(void) {
  static make many[9];
  static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i" };
  static const char *const pins[] = { "PA0", "PA1", "PA2", "PA3", "PA4", "PA5", "PA6", "PA7", "LED" };
  tars_module_source app[9];
  fake_boot();
  uint32_t free = tars_pool_free();
  for (int i = 0; i < 9; i++) {
    rig_toggler(&many[i], names[i], pins[i], 1000);
    app[i] = make_end(&many[i]);
  }
  CHECK_EQUAL(rig_stage(app, 9), -TARS_E_NOMEM);
  CHECK_EQUAL(rig_install(app, 6), 0);
  CHECK_EQUAL(rig_stage(app + 3, 6), -TARS_E_NOMEM);
  CHECK(strstr(rig_detail, "none is free") != NULL);
  CHECK_EQUAL(rig_install(app + 2, 6), 0);
  CHECK_EQUAL(rig_install(app, 0), 0);
  CHECK_EQUAL(tars_pool_free(), free);
}

/* Staging touches nothing that runs; an app that is staged over another replaces it. */
static void staging_changes_nothing(void) {
  fake_boot();
  rig_toggler(&a, "blink", "LED", 1000);
  CHECK_EQUAL(rig_install_one(&a), 0);
  uint32_t free = tars_pool_free();
  rig_toggler(&b, "blink", "LED", 500);
  rig_toggler(&c, "blink", "LED", 250);
  tars_module_source one = make_end(&b), two = make_end(&c);
  CHECK_EQUAL(rig_stage(&one, 1), 0);
  CHECK_EQUAL(rig_stage(&two, 1), 0);
  fake_advance(10000);
  CHECK_EQUAL(fake_pin_of("LED")->edges, 10);
  tars_app_unstage();
  tars_app_unstage();
  CHECK_EQUAL(tars_pool_free(), free);
  CHECK_EQUAL(tars_app_swap(NULL), -TARS_E_STATE);
}

int main(void) {
  loads_leave_nothing();
  image_is_copied();
  memory_ends_at_its_end();
  memory_costs_its_bytes();
  memory_stays_as_it_is();
  whole_pages_end_too();
  recursion_traps();
  too_big_is_refused();
  slots_are_bounded();
  staging_changes_nothing();
  return check_report("load");
}
