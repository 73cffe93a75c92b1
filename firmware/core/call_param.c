/* Host calls on parameters, for guests that can't name the globals in which parameters live, such as those written
 * in C. They read the guest's own variable, so a value that was set during a reaction is seen from the next reaction
 * on. */
#include <string.h> /* memcpy between a float and its bits */

#include "behaviour.h"
#include "state.h"
#include "tars_calls.h"
#include "tars_errors.h"

int tars_call_param_get_f32(struct tars_behaviour *b, const tars_use *use, float *result) {
  if (use->param.type != TARS_PARAM_F32) return -TARS_E_HANDLE;
  uint32_t bits = (uint32_t)tars_state_get(b, use->param.slot);
  memcpy(result, &bits, sizeof *result);
  return 0;
}

/* Serves bool and integer parameters of at most 32 bits. */
int tars_call_param_get_i32(struct tars_behaviour *b, const tars_use *use, int32_t *result) {
  if (use->param.type == TARS_PARAM_F32 || use->param.type == TARS_PARAM_I64) return -TARS_E_HANDLE;
  *result = (int32_t)(uint32_t)tars_state_get(b, use->param.slot);
  return 0;
}

/* Asks for a checkpoint, which the worker takes when the reaction has ended. */
int tars_call_param_save(struct tars_behaviour *b) {
  b->checkpoint_wish = CHECKPOINT_ASKED;
  return 0;
}
