/* What a parameter's declaration says of a value. */
#include "param_range.h"

#include <string.h> /* memcpy between a float and its bits */

/* Makes a typed value of a variable's bits. */
tars_value tars_param_value(const tars_use_param *param, uint64_t bits) {
  tars_value value = { .type = TARS_VALUE_INT };
  uint32_t word = (uint32_t)bits;
  if (param->type == TARS_PARAM_F32) {
    value.type = TARS_VALUE_FLOAT;
    memcpy(&value.f, &word, sizeof value.f);
  } else if (param->type == TARS_PARAM_I64) {
    value.i = (int64_t)bits;
  } else {
    value.i = param->type == TARS_PARAM_I32 ? (int64_t)(int32_t)word : (int64_t)word;
  }
  return value;
}

/* True for min <= value <= max; NaN is outside. */
bool tars_param_holds(const tars_use_param *param, tars_value value) {
  if (param->type == TARS_PARAM_F32) return value.f >= param->min.f && value.f <= param->max.f;
  return value.i >= param->min.i && value.i <= param->max.i;
}

bool tars_param_in_range(const tars_use_param *param, uint64_t bits) {
  return tars_param_holds(param, tars_param_value(param, bits));
}

int tars_param_of_entry(const tars_behaviour *b, uint32_t entry) {
  for (int h = 0; h < b->manifest.uses_count; h++) {
    const tars_use *use = &b->manifest.uses[h];
    if (use->kind == TARS_KIND_PARAM && use->param.slot == entry) return h;
  }
  return -1;
}
