/* Inputs of a behaviour, whatever their kind. All functions but tars_input_read() need the lock. */
#ifndef INPUT_H
#define INPUT_H

#include "behaviour.h"
#include "tars_kinds.h"

/* What the kind of a handle does; NULL if it is no input that is a pin. */
const tars_input_ops *tars_input_of(const tars_behaviour *b, uint8_t handle);
/* Reads the levels that the pins have now. */
void tars_input_read(tars_behaviour *b);
/* Each input begins with the level that was read, or with the level of a change that has come since. */
void tars_input_begin(tars_behaviour *b);
/* Each input goes on after the behaviour was frozen, with the level that was read or the one of a change since. What is
 * due changes, as by the next function. */
void tars_input_back(tars_behaviour *b, int64_t now_us);
/* A pin changed: every input of the behaviour on it hears of that. While the behaviour only listens, the level is
 * noted. */
void tars_input_change(tars_behaviour *b, uint16_t resource, bool level, int64_t time_us);
/* A reaction of the behaviour has ended: inputs whose kind wants to know hear of that. */
void tars_input_after(tars_behaviour *b);
/* Logical level of a `gpio.in`: debounced, and inverted if the input is active low. */
bool tars_input_level(const tars_behaviour *b, uint8_t handle);

#endif
