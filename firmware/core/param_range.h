/* What a parameter's declaration says of a value. */
#ifndef PARAM_RANGE_H
#define PARAM_RANGE_H

#include "behaviour.h"

/* The value that a variable's bits stand for. */
tars_value tars_param_value(const tars_use_param *param, uint64_t bits);
/* True for min <= value <= max; NaN is outside. */
bool tars_param_holds(const tars_use_param *param, tars_value value);
/* True if the bits of a variable are a value inside the declared range. */
bool tars_param_in_range(const tars_use_param *param, uint64_t bits);
/* The handle of the parameter that lives in an entry of the state table; -1 if none does. */
int tars_param_of_entry(const tars_behaviour *b, uint32_t entry);

#endif
