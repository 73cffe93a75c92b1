/* Debounced inputs. All functions need the lock. */
#ifndef INPUT_H
#define INPUT_H

#include "behaviour.h"

/* A pin changed: every input of the behaviour on it starts its interval anew, or reports at once if it has none. While
 * the behaviour only listens, the level is noted. */
void tars_input_change(tars_behaviour *b, uint16_t resource, bool level, int64_t time_us);
/* The interval of an input ended at `time_us`: an event if its level is not the reported one. */
void tars_input_settle(tars_behaviour *b, uint8_t handle, int64_t time_us);
/* Logical level: debounced, and inverted if the input is active low. */
bool tars_input_level(const tars_behaviour *b, uint8_t handle);

#endif
