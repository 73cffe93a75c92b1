/* A slot's arena holds, in this order: the image (unless it is borrowed), the manifest's rows, the tables made for
 * them, the engine's module, the instance. All of it goes at once when the arena is made empty. */
#include "slot.h"

#include <string.h> /* memset, memcpy */

#include "bind.h"
#include "board.h" /* TARS_BOARD_SLOTS, _ARENA, _STACK */
#include "core.h"
#include "due.h"
#include "load.h"
#include "param.h"
#include "retain.h"
#include "state.h"
#include "tars_errors.h"
#include "tars_kinds.h"
#include "tars_layout.h" /* what the host computes with */
#include "tars_module.h" /* where the manifest lies */
#include "tars_os.h"

tars_behaviour tars_slots[TARS_BOARD_SLOTS];
const uint8_t tars_slot_count = TARS_BOARD_SLOTS;

static _Alignas(TARS_ARENA_ALIGN) uint8_t memory[TARS_BOARD_SLOTS][TARS_BOARD_ARENA];

/* Makes a slot free: it keeps only its arena, which is empty. */
static void slot_clear(tars_behaviour *b, tars_arena arena) {
  *b = (tars_behaviour){ .arena = arena, .free = arena.free, .restart_us = NEVER, .checkpoint_us = NEVER };
}

void tars_slot_init(void) {
  for (uint8_t i = 0; i < tars_slot_count; i++) {
    tars_arena arena;
    tars_arena_init(&arena, memory[i], sizeof memory[i]);
    slot_clear(&tars_slots[i], arena);
  }
}

tars_behaviour *tars_slot_free(void) {
  for (uint8_t i = 0; i < tars_slot_count; i++)
    if (tars_slots[i].life == LIFE_FREE) return &tars_slots[i];
  return NULL;
}

/* Refuses a module that doesn't fit, and says how large the arena is. */
static int too_big(const tars_behaviour *b, tars_detail detail) {
  uint32_t wanted = b->arena.wanted, free = b->arena.free;
  return tars_detail_say(detail, -TARS_E_NOMEM, "arena of %u bytes, %u missing", (unsigned)b->arena.size,
                         (unsigned)(wanted > free ? wanted - free : wanted));
}

/* Cleared memory for `count` items of a table; at least one, so that it is never NULL on success. */
static void *table(tars_behaviour *b, uint32_t count, uint32_t item) {
  uint32_t size = (count > 0 ? count : 1) * item;
  void *bytes = tars_arena_alloc(&b->arena, size);
  if (bytes != NULL) memset(bytes, 0, size);
  return bytes;
}

/* Reads the module's bytes into the arena, unless the engine takes them where they lie. */
static int image_read(tars_behaviour *b, const tars_module_source *source, tars_detail detail) {
  if (source->size > TARS_LIMIT_MODULE)
    return tars_detail_say(detail, -TARS_E_TOO_LONG, "%u bytes, at most %d", (unsigned)source->size, TARS_LIMIT_MODULE);
  bool borrow = tars_engine_borrows && source->bytes != NULL;
  b->image = borrow ? (uint8_t *)(uintptr_t)source->bytes : tars_arena_alloc(&b->arena, source->size);
  if (b->image == NULL) return too_big(b, detail);
  b->size = source->size;
  memcpy(b->digest, source->digest, sizeof b->digest);
  if (borrow) return 0;
  return source->read(source->context, 0, b->image, source->size);
}

/* Decodes the manifest into the arena, once it is known how much of it its rows take. */
static int manifest_read(tars_behaviour *b, tars_detail detail) {
  tars_bytes found;
  int err = tars_module_section(b->image, b->size, &found, detail);
  if (err) return err;
  err = tars_manifest_decode(found.bytes, found.size, NULL, 0, &b->manifest);
  if (err == -TARS_E_ABI) return tars_detail_say(detail, err, "this board has ABI %d", TARS_LIMIT_ABI);
  uint32_t size = b->manifest.rows_size;
  void *rows = err ? NULL : table(b, 1, size);
  if (!err && rows == NULL) return too_big(b, detail);
  if (!err) err = tars_manifest_decode(found.bytes, found.size, rows, size, &b->manifest);
  return err ? tars_detail_say(detail, err, "the manifest can't be read") : 0;
}

/* The board has every call that the manifest asks for. */
static int calls_check(const tars_behaviour *b, tars_detail detail) {
  for (uint8_t i = 0; i < b->manifest.calls_count; i++)
    if (tars_call_find(b->manifest.calls[i]) == NULL)
      return tars_detail_say(detail, -TARS_E_MISSING_CALL, "call %u", (unsigned)b->manifest.calls[i]);
  return 0;
}

#define AT_MOST(type, most) _Static_assert(sizeof(type) <= (most), "hal/contract/layout.ts says less: " #most)
AT_MOST(tars_use, TARS_LAYOUT_USE);
AT_MOST(tars_source, TARS_LAYOUT_SOURCE);
AT_MOST(tars_state_entry, TARS_LAYOUT_STATE);
AT_MOST(tars_text, TARS_LAYOUT_TEXT);
AT_MOST(tars_handle, TARS_LAYOUT_HANDLE);
AT_MOST(tars_retained, TARS_LAYOUT_RETAINED);
/* Of an item that may be due: its time, and its places in the heap. */
enum { DUE = sizeof(int64_t) + 2 * sizeof(uint8_t) };
AT_MOST(uint8_t[DUE], TARS_LAYOUT_DUE);
AT_MOST(uint16_t, TARS_LAYOUT_GENERATION);

/* The board can be as fast, and restart as often, as the manifest asks for. */
static int floors_check(const tars_behaviour *b, tars_detail detail) {
  const tars_manifest *m = &b->manifest;
  uint32_t shortest = m->deadline != 0 ? m->deadline : UINT32_MAX;
  for (uint8_t i = 0; i < m->uses_count; i++) {
    uint32_t time_us = tars_use_shortest(&m->uses[i]);
    if (time_us < shortest) shortest = time_us;
  }
  for (uint8_t i = 0; i < m->sources_count; i++) {
    uint32_t time_us = tars_source_shortest(&m->sources[i]);
    if (time_us < shortest) shortest = time_us;
  }
  if (shortest < TARS_BOARD_PERIOD_US)
    return tars_detail_say(detail, -TARS_E_FLOOR, "%u us, at least %d", (unsigned)shortest, TARS_BOARD_PERIOD_US);
  if (m->restart[0] < TARS_BOARD_RESTART_MS)
    return tars_detail_say(detail, -TARS_E_FLOOR, "restart after %u ms, at least %d", (unsigned)m->restart[0],
                           TARS_BOARD_RESTART_MS);
  return 0;
}

/* Makes the tables for the manifest's rows. */
static int tables_make(tars_behaviour *b, tars_detail detail) {
  b->retained_count = tars_retain_count(&b->manifest);
  b->handles = table(b, b->manifest.uses_count, sizeof *b->handles);
  uint8_t items = tars_due_count(&b->manifest);
  b->due.time_us = table(b, items, DUE);
  b->generations = table(b, b->manifest.timers, sizeof *b->generations);
  b->retained = table(b, b->retained_count, sizeof *b->retained);
  bool all = b->handles != NULL && b->due.time_us != NULL && b->generations != NULL && b->retained != NULL;
  if (!all) return too_big(b, detail);
  tars_retain_begin(b);
  b->due.heap = (uint8_t *)(b->due.time_us + items);
  b->due.node = b->due.heap + items;
  tars_due_clear(b);
  return 0;
}

/* Asks the engine for a module and an instance. */
static int engine_load(tars_behaviour *b, tars_detail detail) {
  uint32_t stack = b->manifest.bounds[0];
  if (stack > TARS_BOARD_STACK)
    return tars_detail_say(detail, -TARS_E_STACK, "%u bytes, the board has %d", (unsigned)stack, TARS_BOARD_STACK);
  int err = tars_engine_load(&b->arena, b->image, b->size, &b->manifest, &b->module, detail.text, detail.size);
  if (!err) err = tars_engine_instantiate(&b->arena, b->module, &b->instance, detail.text, detail.size);
  return err == -TARS_E_NOMEM ? too_big(b, detail) : err;
}

/* Checks that every entry of the state table names a variable of the guest. */
static int state_check(const tars_behaviour *b, tars_detail detail) {
  for (uint32_t i = 0; i < tars_state_count(&b->manifest); i++)
    if (!tars_state_exists(b, i))
      return tars_detail_say(detail, -TARS_E_MANIFEST, "state %u is no variable", (unsigned)i);
  return tars_param_types_fit(b)
             ? 0
             : tars_detail_say(detail, -TARS_E_MANIFEST, "a parameter has another type than its variable");
}

/* Sets the values that the first instance starts with: its own initial values, and those of the checkpoint in
 * the store. */
static void values_begin(tars_behaviour *b) {
  uint8_t record[TARS_RETAIN_RECORD_MAX];
  tars_param_load(b);
  if (b->retained_count > 0 && tars_core.hooks.retain_load != NULL) {
    int size = tars_core.hooks.retain_load(b->manifest.name, record, sizeof record);
    if (size > 0) tars_retain_decode(b, record, (uint32_t)size);
    tars_retain_apply(b); /* a value outside its parameter's range is not taken */
  }
  tars_param_load(b);
}

static int load(tars_behaviour *b, const tars_module_source *source, tars_detail detail) {
  int err = image_read(b, source, detail);
  if (!err) err = manifest_read(b, detail);
  if (!err) err = calls_check(b, detail);
  if (!err) err = floors_check(b, detail);
  if (!err) err = tars_engine_check(&b->arena, b->image, b->size, &b->manifest, detail);
  if (err == -TARS_E_NOMEM) return too_big(b, detail);
  if (!err) err = tables_make(b, detail);
  if (!err) err = tars_bind(b, detail);
  if (!err) err = engine_load(b, detail);
  if (!err) err = state_check(b, detail);
  return err;
}

int tars_slot_load(tars_behaviour *b, const tars_module_source *source, tars_detail detail) {
  tars_os_lock();
  tars_life_go(&b->life, LIFE_LOADING);
  tars_os_unlock();
  int err = load(b, source, detail);
  if (err) {
    tars_slot_unload(b);
    return err;
  }
  values_begin(b);
  tars_load_init(b);
  tars_os_lock();
  b->free = b->arena.free;
  tars_life_go(&b->life, LIFE_STAGED);
  tars_os_unlock();
  return 0;
}

/* Gives the instance back to the engine. */
static void instance_destroy(tars_behaviour *b) {
  if (b->instance != NULL) tars_engine_destroy(&b->arena, b->instance);
  b->instance = NULL;
}

void tars_slot_unload(tars_behaviour *b) {
  instance_destroy(b);
  if (b->module != NULL) tars_engine_unload(&b->arena, b->module);
  tars_arena_reset(&b->arena);
  tars_os_lock();
  tars_life_go(&b->life, LIFE_FREE);
  slot_clear(b, b->arena);
  tars_os_unlock();
}

int tars_slot_renew(tars_behaviour *b) {
  instance_destroy(b);
  int err = tars_engine_instantiate(&b->arena, b->module, &b->instance, NULL, 0);
  if (!err) tars_retain_apply(b);
  return err;
}

/* Counts pieces with their headers. */
uint32_t tars_slot_used(const tars_behaviour *b) { return b->arena.size - b->free; }
