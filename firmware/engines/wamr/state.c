/* Globals by index and bytes of the linear memory: WAMR's public header reaches exported globals only, and exporting
 * them would cost every module its names, so this reads the instance's own tables. */
#include "tars_engine.h"

#include <string.h> /* memcpy: a global of 8 bytes may lie on a multiple of 4 */

#include "wasm_runtime.h"

/* The instance as WAMR declares it. */
static WASMModuleInstance *guest_of(const tars_engine_instance *instance) {
  return (WASMModuleInstance *)(uintptr_t)instance;
}

/* Address of a global that exists. */
static uint8_t *place_of(const tars_engine_instance *instance, uint32_t index) {
  WASMModuleInstance *guest = guest_of(instance);
  return guest->global_data + guest->e->globals[index].data_offset;
}

/* Immutable globals count as other: nobody may write them. */
tars_global_type tars_engine_global_type(const tars_engine_instance *instance, uint32_t index) {
  WASMModuleInstance *guest = guest_of(instance);
  if (index >= guest->e->global_count || !guest->e->globals[index].is_mutable) return TARS_GLOBAL_OTHER;
  switch (guest->e->globals[index].type) {
  case VALUE_TYPE_I32: return TARS_GLOBAL_I32;
  case VALUE_TYPE_I64: return TARS_GLOBAL_I64;
  case VALUE_TYPE_F32: return TARS_GLOBAL_F32;
  default: return TARS_GLOBAL_OTHER;
  }
}

/* i64 takes both halves. */
uint64_t tars_engine_global_get(const tars_engine_instance *instance, uint32_t index) {
  uint64_t wide;
  uint32_t narrow;
  if (guest_of(instance)->e->globals[index].type == VALUE_TYPE_I64) {
    memcpy(&wide, place_of(instance, index), sizeof wide);
    return wide;
  }
  memcpy(&narrow, place_of(instance, index), sizeof narrow);
  return narrow;
}

/* i64 takes both halves. */
void tars_engine_global_set(tars_engine_instance *instance, uint32_t index, uint64_t bits) {
  uint32_t narrow = (uint32_t)bits;
  if (guest_of(instance)->e->globals[index].type == VALUE_TYPE_I64)
    memcpy(place_of(instance, index), &bits, sizeof bits);
  else
    memcpy(place_of(instance, index), &narrow, sizeof narrow);
}

/* Makes an address of an offset of the guest, after checking that all bytes lie in its memory. */
uint8_t *tars_engine_memory(tars_engine_instance *instance, uint32_t offset, uint32_t size) {
  WASMModuleInstance *guest = guest_of(instance);
  if (guest->memory_count == 0) return NULL;
  uint64_t bytes = guest->memories[0]->memory_data_size;
  return (uint64_t)offset + size <= bytes ? guest->memories[0]->memory_data + offset : NULL;
}
