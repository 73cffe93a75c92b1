/* An engine without WebAssembly. Module 0 is hostile: each reaction makes the host calls that the input names, with any
 * arguments. Module 1 is its neighbour: it toggles handle 0 in every reaction to source 1. Calls are 10 bytes of input:
 * index of the call, handle (signed), two numbers of 32 bits. */
#include "guest.h"

#include "fuzz.h"
#include "tars_engine.h"
#include "tars_errors.h"

enum { GLOBALS = 4, CALLS_MOST = 6, TRAP_FROM = 250, MODULES = 2 };

struct tars_engine_module {
  uint32_t index;
};

struct tars_engine_instance {
  uint32_t index;
  uint64_t globals[GLOBALS];
};

const char tars_engine_name[] = "fuzz";
const bool tars_engine_borrows = true;

static const uint8_t *input;
static uint32_t input_size, input_at, loaded, reactions[MODULES];
static const uint8_t *images[MODULES];
static bool ready;

void guest_begin(const uint8_t *bytes, uint32_t size) {
  input = bytes;
  input_size = size;
  input_at = loaded = 0;
  memset(reactions, 0, sizeof reactions);
}

uint8_t guest_byte(void) { return input_at < input_size ? input[input_at++] : 0; }

bool guest_done(void) { return input_at == input_size; }

uint32_t guest_reactions(uint32_t index) { return reactions[index]; }

const uint8_t *guest_image(uint32_t index) { return images[index]; }

static uint32_t guest_word(void) {
  uint32_t word = guest_byte();
  word |= (uint32_t)guest_byte() << 8;
  word |= (uint32_t)guest_byte() << 16;
  return word | (uint32_t)guest_byte() << 24;
}

/* One host call as the input says. */
static int call_any(void) {
  const tars_call_row *row = &tars_calls[guest_byte() % tars_call_count];
  int8_t first = (int8_t)guest_byte();
  uint32_t one = guest_word(), other = guest_word();
  bool handle = row->kinds || row->timer;
  uint64_t args[TARS_CALL_CELLS + 1] = { handle ? (uint32_t)(int32_t)first : one, handle ? one : other, other };
  if (row->count && row->params[0] == TARS_SCALAR_I64) args[handle] = one | (uint64_t)other << 32;
  return tars_engine_host_call(row, args);
}

/* One reaction of the hostile module: calls until one faults, or a trap of its own. */
static int react_any(void) {
  uint8_t count = guest_byte();
  if (count >= TRAP_FROM) return -TARS_E_TRAP;
  for (count %= CALLS_MOST + 1; count; count--) {
    int fault = call_any();
    if (fault) return fault;
  }
  return 0;
}

int tars_engine_call(tars_engine_instance *instance, int32_t source, int32_t argument) {
  uint64_t args[TARS_CALL_CELLS] = { 0 };
  (void)argument;
  FUZZ_ASSERT(ready);
  reactions[instance->index]++;
  if (instance->index == 0) return react_any();
  return source == 1 ? tars_engine_host_call(tars_call_find(TARS_CALL_GPIO_TOGGLE), args) : 0;
}

/* This engine has no execution stack to reserve. */
int tars_engine_init(tars_arena *pool, uint32_t stack) {
  (void)pool, (void)stack;
  ready = true;
  return 0;
}

/* Allocates from the arena for the module, as a real engine would. */
int tars_engine_load(tars_arena *arena, uint8_t *image, uint32_t size, const tars_manifest *manifest,
                     tars_engine_module **module, char *reason, uint32_t reason_size) {
  (void)size, (void)manifest, (void)reason, (void)reason_size;
  *module = tars_arena_alloc(arena, sizeof **module);
  if (!*module) return -TARS_E_NOMEM;
  images[loaded % MODULES] = image;
  (*module)->index = loaded++;
  return 0;
}

void tars_engine_unload(tars_arena *arena, tars_engine_module *module) { tars_arena_free(arena, module); }

/* Allocates from the arena for the instance; all globals are 0. */
int tars_engine_instantiate(tars_arena *arena, tars_engine_module *module, tars_engine_instance **instance,
                            char *reason, uint32_t reason_size) {
  (void)reason, (void)reason_size;
  *instance = tars_arena_alloc(arena, sizeof **instance);
  if (!*instance) return -TARS_E_NOMEM;
  **instance = (tars_engine_instance){ .index = module->index };
  return 0;
}

void tars_engine_destroy(tars_arena *arena, tars_engine_instance *instance) { tars_arena_free(arena, instance); }

int tars_engine_prepare(void) {
  ready = true;
  return 0;
}

bool tars_engine_ready(void) { return ready; }

void tars_engine_discard(void) { ready = false; }

/* There is no native stack. */
void tars_engine_stack(uint8_t *lowest) { (void)lowest; }

/* What the engine says about a trap. */
const char *tars_engine_reason(const tars_engine_instance *instance) {
  (void)instance;
  return "the input says so";
}

/* Every global is an i32. */
tars_global_type tars_engine_global_type(const tars_engine_instance *instance, uint32_t index) {
  (void)instance;
  return index < GLOBALS ? TARS_GLOBAL_I32 : TARS_GLOBAL_OTHER;
}

uint64_t tars_engine_global_get(const tars_engine_instance *instance, uint32_t index) {
  FUZZ_ASSERT(index < GLOBALS);
  return instance->globals[index];
}

void tars_engine_global_set(tars_engine_instance *instance, uint32_t index, uint64_t bits) {
  FUZZ_ASSERT(index < GLOBALS);
  instance->globals[index] = bits;
}

/* There is no linear memory. */
uint8_t *tars_engine_memory(tars_engine_instance *instance, uint32_t offset, uint32_t size) {
  (void)instance, (void)offset, (void)size;
  return NULL;
}

/* This engine allocates in load and instantiate only. */
uint32_t tars_engine_stray_allocations(void) { return 0; }
