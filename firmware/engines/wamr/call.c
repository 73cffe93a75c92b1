/* Running the entry: one execution environment (WAMR's operand stack) in an arena of its own, shared by all instances.
 * An abandoned reaction leaves it in any state, so it is never used again: its arena is made empty and it is built
 * anew. */
#include "call.h"

#include <string.h> /* strncmp */

#include "memory.h"
#include "platform/stack.h"
#include "tars_engine.h"
#include "tars_errors.h"
#include "wasm_exec_env.h"
#include "wasm_runtime.h"

/* WAMR's own part of an execution environment; 120 bytes on 64-bit hosts, and the headers of the arena. */
#define ENVIRONMENT_OVERHEAD 256

static tars_arena stack_arena;
static uint32_t stack_size;
static WASMExecEnv *environment;
static uint8_t *native_boundary;

/* Reserves the arena of the execution environment and builds the first one. */
int wamr_call_init(tars_arena *pool, uint32_t stack) {
  void *bytes = tars_arena_alloc(pool, stack + ENVIRONMENT_OVERHEAD);
  if (bytes == NULL) return -TARS_E_NOMEM;
  tars_arena_init(&stack_arena, bytes, stack + ENVIRONMENT_OVERHEAD);
  stack_size = stack;
  environment = NULL;
  return tars_engine_prepare();
}

/* Builds the environment in an empty arena. */
int tars_engine_prepare(void) {
  if (environment != NULL) return 0;
  tars_arena_reset(&stack_arena);
  wamr_memory_open(&stack_arena);
  environment = wasm_exec_env_create_internal(NULL, stack_size);
  wamr_memory_close();
  return environment != NULL ? 0 : -TARS_E_NOMEM;
}

/* False between discard and prepare. */
bool tars_engine_ready(void) { return environment != NULL; }

/* Forgets the environment; its memory stays untouched until prepare. */
void tars_engine_discard(void) { environment = NULL; }

/* WAMR adds WASM_STACK_GUARD_SIZE to the lowest address. */
void tars_engine_stack(uint8_t *lowest) { native_boundary = lowest; }

/* WAMR compares the native stack pointer with this address. */
uint8_t *wamr_stack_boundary(void) { return native_boundary; }

/* Gives the execution stack to a guest, with the bounds of that guest's own stack in its linear memory if it has
 * one. */
static void lend(wasm_module_inst_t guest) {
  const WASMModule *module = ((WASMModuleInstance *)guest)->module;
  wasm_runtime_set_module_inst(environment, guest);
  environment->aux_stack_bottom = (uintptr_t)module->aux_stack_bottom;
  environment->aux_stack_boundary = (uintptr_t)(module->aux_stack_bottom - module->aux_stack_size);
}

/* Lends the stack to the guest and calls its entry. */
int tars_engine_call(tars_engine_instance *instance, int32_t source, int32_t argument) {
  wasm_module_inst_t guest = (wasm_module_inst_t)instance;
  uint32_t cells[2] = { (uint32_t)source, (uint32_t)argument };
  wasm_function_inst_t entry = wasm_runtime_lookup_function(guest, "r");
  int result = -TARS_E_TRAP; /* unless a host call faults */
  lend(guest);
  wasm_runtime_set_user_data(environment, &result);
  return entry != NULL && wasm_runtime_call_wasm(environment, entry, 2, cells) ? 0 : result;
}

/* WAMR keeps the exception in the instance, behind a prefix that is the same for all. */
const char *tars_engine_reason(const tars_engine_instance *instance) {
  static const char prefix[] = "Exception: ";
  const char *words = wasm_runtime_get_exception((wasm_module_inst_t)(uintptr_t)instance);
  if (words == NULL) return "";
  return strncmp(words, prefix, sizeof prefix - 1) == 0 ? words + sizeof prefix - 1 : words;
}
