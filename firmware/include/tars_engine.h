/* A WebAssembly engine as the core sees it: loads and instantiates in an arena, runs the entry `r`, reads and writes
 * globals by index. One implementation is linked (firmware/engines/<engine>). Load, instantiate, destroy, unload and
 * prepare are the supervisor's; call, reason, discard and stack the worker's; accessors belong to whoever keeps the
 * guest from running. */
#ifndef TARS_ENGINE_H
#define TARS_ENGINE_H

#include "tars_arena.h"
#include "tars_calls.h" /* tars_call_row */
#include "tars_detail.h"
#include "tars_manifest.h"
#include "tars_place.h"

typedef struct tars_engine_module tars_engine_module;
typedef struct tars_engine_instance tars_engine_instance;

/* Types of globals that the state table can name. */
typedef enum { TARS_GLOBAL_I32, TARS_GLOBAL_I64, TARS_GLOBAL_F32, TARS_GLOBAL_OTHER } tars_global_type;

/* Name of the engine, as in `firmware/engines/<engine>`. */
extern const char tars_engine_name[];

/* Once, before anything else: takes `stack` bytes of `pool` for the one execution stack, and what the engine itself
 * needs. 0 or -nomem. */
int tars_engine_init(tars_arena *pool, uint32_t stack);

/* True if the engine runs an image where it lies and never writes to it: one that lies in memory
 * (tars_module_source.bytes) is then not copied into the arena. False if it rewrites the image, which is then always a
 * copy of its own. */
extern const bool tars_engine_borrows;

/* Checks what of the ABI is seen in the image itself: that its imports are calls of the contract with their types,
 * which the manifest declares; its one entry; that memories and tables can't grow, and that nothing starts by itself;
 * that the image has room for the bytes of memory in the manifest; that of nothing which costs a loader time there is
 * more than the limits of the contract. The arena lends some memory meanwhile. 0, -module, -missing_call, -denied,
 * -manifest, -excess or -nomem. Loading still has to validate the code. Engines that take WebAssembly have it from
 * firmware/engines/wasm. */
int tars_engine_check(tars_arena *arena, const uint8_t *image, uint32_t size, const tars_manifest *manifest,
                      tars_detail detail);

/* Loads and validates an image that tars_engine_check() has passed with this manifest. Instances get exactly the bytes
 * of memory that the manifest says, whatever the image declares. The engine keeps pointers into the image. `reason`
 * gets the engine's words. 0, -module, or -nomem if the arena is too small. */
int tars_engine_load(tars_arena *arena, uint8_t *image, uint32_t size, const tars_manifest *manifest,
                     tars_engine_module **module, char *reason, uint32_t reason_size);
void tars_engine_unload(tars_arena *arena, tars_engine_module *module);

/* A fresh instance: globals and memory as the module declares them. No guest code runs. 0, -module (also if data don't
 * fit into the memory) or -nomem. */
int tars_engine_instantiate(tars_arena *arena, tars_engine_module *module, tars_engine_instance **instance,
                            char *reason, uint32_t reason_size);
void tars_engine_destroy(tars_arena *arena, tars_engine_instance *instance);

/* The execution stack is made anew after a reaction was abandoned; until then ready() is false and nothing can run. */
int tars_engine_prepare(void);
bool tars_engine_ready(void);
/* Drops the execution stack that an abandoned reaction left behind. Frees nothing that it could still use. */
void tars_engine_discard(void);

/* Tells the engine the lowest address of the worker's stack; at every entry of the worker. */
void tars_engine_stack(uint8_t *lowest);

/* Runs `r(source, argument)`. 0, the negative fault of the host call that ended it, or -trap, which no host call
 * returns. */
TARS_PLACE int tars_engine_call(tars_engine_instance *instance, int32_t source, int32_t argument);
/* What the engine said about the last trap; a static or instance-owned text. */
const char *tars_engine_reason(const tars_engine_instance *instance);

/* The core's side of a host call, called by the engine: 0, or a negative fault, upon which the engine traps. */
int tars_engine_host_call(const tars_call_row *row, uint64_t *args);

/* Global `index` of the module; TARS_GLOBAL_OTHER if there is none or of another type. */
tars_global_type tars_engine_global_type(const tars_engine_instance *instance, uint32_t index);
/* Its bits, in the low 32 for i32 and f32. The index must be one whose type is not TARS_GLOBAL_OTHER. */
uint64_t tars_engine_global_get(const tars_engine_instance *instance, uint32_t index);
void tars_engine_global_set(tars_engine_instance *instance, uint32_t index, uint64_t bits);
/* `size` bytes of the linear memory at `offset`; NULL if they don't lie inside. */
uint8_t *tars_engine_memory(tars_engine_instance *instance, uint32_t offset, uint32_t size);

/* Requests for memory outside load, instantiate and prepare: refused, and counted because there must be none. */
uint32_t tars_engine_stray_allocations(void);

#endif
