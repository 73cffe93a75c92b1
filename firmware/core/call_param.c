/* Host calls on parameters, for guests that don't keep them in globals of their own naming. They read the guest's own
 * variable, so a value set meanwhile is seen from the next reaction on. */
#include <string.h> /* memcpy between a float and its bits */

#include "behaviour.h"
#include "state.h"
#include "tars_calls.h"
#include "tars_errors.h"

/* An f32 parameter. */
int tars_call_param_get_f32(struct tars_behaviour *b, const tars_use *use, float *result) {
  if (use->param.type != TARS_PARAM_F32) return -TARS_E_HANDLE;
  uint32_t bits = (uint32_t)tars_state_get(b, use->param.slot);
  memcpy(result, &bits, sizeof *result);
  return 0;
}

/* A bool or integer parameter of at most 32 bits. */
int tars_call_param_get_i32(struct tars_behaviour *b, const tars_use *use, int32_t *result) {
  if (use->param.type == TARS_PARAM_F32 || use->param.type == TARS_PARAM_I64) return -TARS_E_HANDLE;
  *result = (int32_t)(uint32_t)tars_state_get(b, use->param.slot);
  return 0;
}

/* The checkpoint is taken after the reaction. */
int tars_call_param_save(struct tars_behaviour *b) {
  b->snapshot = SNAPSHOT_ASKED;
  return 0;
}
