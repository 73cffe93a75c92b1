/* What a board refuses when it stages an app: the error, and words of the detail. */
#include "rig.h"

#include <string.h>

static make a, b;

/* A module that is right, for a test to spoil. */
static void good(void) { rig_toggler(&a, "blink", "LED", 1000); }

/* Appends bytes to a section of the module. */
static void add(make_bytes *to, const uint8_t *bytes, uint32_t size) {
  memcpy(to->bytes + to->size, bytes, size);
  to->size += size;
}
#define ADD_BYTES(to, ...) add(to, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* The module is refused with `code` and these words, and the arenas are as before. */
static void refused(int code, const char *words) {
  fake_boot();
  uint32_t free = tars_pool_free();
  CHECK_EQUAL(rig_install_one(&a), code);
  CHECK(strstr(rig_detail, words) != NULL);
  if (strstr(rig_detail, words) == NULL) printf("  said: %s\n", rig_detail);
  CHECK_EQUAL(tars_pool_free(), free);
  CHECK_EQUAL(rig_status("blink"), UINT8_MAX);
}

static void good_modules_pass(void) {
  good();
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  CHECK_EQUAL(rig_status("blink"), 1);
}

static void rules_of_sections(void) {
  good();
  ADD_BYTES(&a.start, 1);
  refused(-TARS_E_MODULE, "start section");
  good();
  a.no_entry = true;
  make_export_global(&a, "r2", make_global(&a, 0, 0, false));
  refused(-TARS_E_MODULE, "export \"r2\"");
  good();
  make_export_global(&a, "r", make_global(&a, 0, 0, false));
  refused(-TARS_E_MODULE, "export \"r\"");
  good();
  a.no_entry = true;
  make_memory(&a, 1, 1);
  refused(-TARS_E_MODULE, "0 entries");
  good();
  a.no_entry = true;
  refused(-TARS_E_MODULE, "no entry");
  good();
  make_memory(&a, 1, 2);
  refused(-TARS_E_MODULE, "a memory that can grow");
  good();
  make_memory(&a, 1, -1);
  refused(-TARS_E_MODULE, "a memory that can grow");
  good();
  ADD_BYTES(&a.tables, 1, 0x70, 0, 1);
  refused(-TARS_E_MODULE, "a table that can grow");
  good();
  ADD_BYTES(&a.extra, 13, 1, 0);
  refused(-TARS_E_MODULE, "section 13");
}

/* One module with so many pages and bytes of memory. */
static void memory(uint8_t pages, uint32_t bytes) {
  good();
  if (pages > 0) make_memory(&a, pages, pages);
  a.memory = bytes;
}

static void rules_of_memory(void) {
  static const struct {
    uint8_t pages;
    uint32_t bytes;
    const char *words; /* NULL: the module is taken */
  } rows[] = {
    { 1, 8, NULL },
    { 1, 104, NULL },
    { 0, 8, "memory of 8 bytes" },
    { 1, 0, "memory of 0 bytes" },
    { 1, 100, "memory of 100 bytes" },
    { 1, 65544, "memory of 65544 bytes" },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    memory(rows[i].pages, rows[i].bytes);
    if (rows[i].words != NULL) {
      refused(-TARS_E_MANIFEST, rows[i].words);
    } else {
      fake_boot();
      CHECK_EQUAL(rig_install_one(&a), 0);
    }
  }
  memory(1, 8);
  make_export_global(&a, "__heap_base", make_global(&a, 8, 0, false));
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  memory(1, 8);
  ADD_BYTES(&a.data, 1, 0, 0x41, 6, END, 2, 1, 2); /* ends with the memory */
  fake_boot();
  CHECK_EQUAL(rig_install_one(&a), 0);
  memory(1, 8);
  ADD_BYTES(&a.data, 1, 0, 0x41, 7, END, 2, 1, 2);
  refused(-TARS_E_MODULE, "data segment does not fit");
}

static void rules_of_imports(void) {
  good();
  make_import(&a, "env", "1", "(i)", false, 0);
  refused(-TARS_E_MODULE, "import from \"env\"");
  good();
  make_import(&a, "t", "zz", "(i)", false, 0);
  refused(-TARS_E_MISSING_CALL, "call \"zz\"");
  good();
  make_import(&a, "t", "01", "(i)", false, 0);
  refused(-TARS_E_MISSING_CALL, "call \"01\"");
  good();
  a.calls[a.call_count++] = 999 % 400;
  refused(-TARS_E_MISSING_CALL, "call 199");
  good();
  make_import(&a, "t", "7", "(ii)", false, 0);
  refused(-TARS_E_DENIED, "call 7 is not in the manifest");
  good();
  make_import(&a, "t", "7", "(if)", true, 7);
  refused(-TARS_E_MODULE, "call 7 has another type");
  good();
  make_import(&a, "t", "6", "(ii)", true, 6);
  refused(-TARS_E_MODULE, "call 6 has another type");
  good();
  ADD_BYTES(&a.imports, 1, 't', 1, 'g', 3, 0x7f, 0);
  a.import_count++;
  refused(-TARS_E_MODULE, "only functions");
}

/* More of something than a loader should walk over is refused before an engine sees it, and so is a call that is
 * imported twice. */
static void rules_of_numbers(void) {
  static uint8_t body[2 * (TARS_LIMIT_OPERANDS + 1)];
  good();
  make_import(&a, "t", tars_call_find(TARS_CALL_GPIO_TOGGLE)->field, "(i)", false, 0);
  refused(-TARS_E_MODULE, "twice");
  good();
  for (int i = 0; i <= TARS_LIMIT_CUSTOMS; i++) ADD_BYTES(&a.extra, 0, 2, 1, 'x');
  refused(-TARS_E_EXCESS, "custom sections");
  good();
  for (int i = 0; i <= TARS_LIMIT_GLOBALS; i++) make_global(&a, 0, 0, false);
  refused(-TARS_E_EXCESS, "globals");
  good();
  ADD_BYTES(&a.types, 0x60, TARS_LIMIT_TYPE_PARAMS + 1);
  for (int i = 0; i <= TARS_LIMIT_TYPE_PARAMS; i++) ADD_BYTES(&a.types, 0x7f);
  ADD_BYTES(&a.types, 0);
  a.type_count++;
  refused(-TARS_E_EXCESS, "parameters");
  make_begin(&a, "blink");
  for (int i = 0; i <= TARS_LIMIT_OPERANDS; i++) body[2 * i] = 0x41, body[2 * i + 1] = 0;
  make_body(&a, 0, body, 2 * (TARS_LIMIT_OPERANDS + 1));
  refused(-TARS_E_EXCESS, "operands");
  good(); /* a second function of TARS_LIMIT_LOCALS + 1 variables, in two groups */
  ADD_BYTES(&a.functions, a.functions.bytes[0]);
  ADD_BYTES(&a.code, 7, 2, 1, 0x7e, 0x80 | TARS_LIMIT_LOCALS % 128, TARS_LIMIT_LOCALS / 128, 0x7f, END);
  a.function_count++;
  refused(-TARS_E_EXCESS, "variables");
}

static void rules_of_the_entry(void) {
  static const char *const types[] = { "(i)", "(iii)", "(ii)i", "(iI)", "()" };
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    make_begin(&a, "blink");
    a.entry_type = types[i];
    MAKE_BODY(&a, 0x01);
    refused(-TARS_E_MODULE, "export \"r\"");
  }
}

static void rules_of_manifests(void) {
  good();
  a.no_manifest = true;
  refused(-TARS_E_MANIFEST, "0 manifests");
  good();
  ADD_BYTES(&a.extra, 0, 3, 1, 't', 0xa0);
  refused(-TARS_E_MANIFEST, "2 manifests");
  good();
  a.abi = TARS_LIMIT_ABI - 1;
  refused(-TARS_E_ABI, "ABI 2");
  good();
  a.no_manifest = true;
  ADD_BYTES(&a.extra, 0, 3, 1, 't', 0xa0);
  refused(-TARS_E_MANIFEST, "can't be read");
  good();
  a.stack = 1000000;
  refused(-TARS_E_STACK, "1000000 bytes");
  good();
  a.state[0] = (tars_state_entry){ 77, 5, 0, 4 };
  a.state_count = 1;
  refused(-TARS_E_MANIFEST, "state 0 is no variable");
}

static void rules_of_the_board(void) {
  good();
  make_gpio_out(&a, "PZ9", 0, 0);
  refused(-TARS_E_UNKNOWN, "PZ9");
  good();
  make_gpio_out(&a, "SERVO1", 0, 0);
  refused(-TARS_E_UNKNOWN, "SERVO1");
  good();
  make_i2c(&a, "I2C2", 0x48, 1000);
  refused(-TARS_E_RANGE, "I2C2 at 1000 kHz, at most 400");
  good();
  make_gpio_out(&a, "LED", 0, 0);
  refused(-TARS_E_CONFLICT, "LED in blink and blink");
  good();
  make_publish(&a, "x", 0, "n:i31");
  refused(-TARS_E_MANIFEST, "");
}

/* Code that the engine's validator refuses, and bytes that are no module. */
static void broken_bytes(void) {
  good();
  a.code.size = a.function_count = a.functions.size = 0;
  MAKE_BODY(&a, ADD);
  refused(-TARS_E_MODULE, "");
  good();
  tars_module_source source = make_end(&a);
  for (uint32_t size = 0; size < source.size; size++) {
    tars_module_source cut = source;
    cut.size = size;
    fake_boot();
    uint32_t free = tars_pool_free();
    CHECK(rig_install(&cut, 1) < 0);
    CHECK_EQUAL(tars_pool_free(), free);
  }
}

/* A good module with any byte set to every tenth value neither crashes the board nor leaks memory of an arena. */
static void damaged_bytes(void) {
  good();
  tars_module_source source = make_end(&a);
  fake_boot();
  uint32_t free = tars_pool_free();
  for (uint32_t at = 0; at < source.size; at++) {
    uint8_t right = a.image.bytes[at];
    for (int value = at % 5; value < 256; value += 5) {
      a.image.bytes[at] = (uint8_t)value;
      if (rig_stage(&source, 1) == 0) tars_app_unstage();
      CHECK_EQUAL(tars_pool_free(), free);
    }
    a.image.bytes[at] = right;
  }
}

/* Two behaviours of an app against each other. */
static void rules_of_apps(void) {
  static const struct {
    int code;
    const char *words;
  } expected[] = { { -TARS_E_CONFLICT, "LED in one and two" },
                   { -TARS_E_CONFLICT, "two behaviours named one" },
                   { -TARS_E_CONFLICT, "I2C1 in one and two" },
                   { -TARS_E_CONFLICT, "fields of x" },
                   { 0, "" },
                   { -TARS_E_CONFLICT, "LED in one and two" } };
  for (int i = 0; i < 6; i++) {
    rig_toggler(&a, "one", "LED", 1000);
    rig_toggler(&b, i == 1 ? "one" : "two", i == 0 ? "LED" : "LED2", 1000);
    make_i2c(&a, "I2C1", 0x48, 100);
    make_i2c(&b, "I2C1", i == 2 ? 0x48 : 0x49, 100);
    make_publish(&a, "x", 0, "n:i32");
    make_subscribe(&b, "x", i == 3 ? "n:f32" : "n:i32", 0);
    make_gpio_in(&a, "PC13", 0, 0, 0);
    make_gpio_in(&b, i == 5 ? "LED" : "PC13", 0, 0, 0);
    tars_module_source app[] = { make_end(&a), make_end(&b) };
    fake_boot();
    uint32_t free = tars_pool_free();
    CHECK_EQUAL(rig_stage(app, 2), expected[i].code);
    CHECK(strstr(rig_detail, expected[i].words) != NULL);
    if (expected[i].code != 0) CHECK_EQUAL(tars_pool_free(), free);
  }
}

int main(void) {
  good_modules_pass();
  rules_of_sections();
  rules_of_memory();
  rules_of_imports();
  rules_of_numbers();
  rules_of_the_entry();
  rules_of_manifests();
  rules_of_the_board();
  broken_bytes();
  damaged_bytes();
  rules_of_apps();
  return check_report("module");
}
