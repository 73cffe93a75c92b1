/* The log ring: the last lines of all behaviours and of the board itself, and changes of status, in order. Lines are
 * numbered in the order in which the hooks `log` and `status` hear of them. All functions need the lock. */
#ifndef LOG_H
#define LOG_H

#include "behaviour.h"

/* Forgets all lines. */
void tars_log_clear(void);
/* Adds a line: a template of the behaviour and the fields put for it; bit i of `floats`: field i is an f32. */
void tars_log_add(const tars_behaviour *b, tars_text text, const uint32_t *fields, uint16_t floats, uint8_t count,
                  int64_t time_us);
/* Adds a change of status. */
void tars_log_status(const tars_behaviour *b, uint8_t status, uint8_t code);

#endif
