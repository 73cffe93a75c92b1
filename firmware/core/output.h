/* Outputs of a behaviour: their levels at the start, what is written, the safe state. Only the worker calls these
 * functions, without the lock, because a port may answer a write with an edge, which takes it. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "behaviour.h"

/* Configures every output and sets its safe level; one that holds starts low or off. */
void tars_output_begin(tars_behaviour *b);
/* Takes over the outputs that the old version has too, at the levels they have; sets up the others as begin does. */
void tars_output_adopt(tars_behaviour *b, const tars_behaviour *old);
/* Puts every output into its declared safe state. */
void tars_output_safe(tars_behaviour *b);
/* Puts those outputs into their safe state that the next version lacks, or all if `next` is NULL. The handles
 * remember the levels, so that tars_output_restore() can bring them back after a revert. */
void tars_output_rest(tars_behaviour *b, const tars_behaviour *next);
/* Configures every output and writes again what this behaviour wrote last. */
void tars_output_restore(tars_behaviour *b);
/* Writes a logical level, or remembers and writes a pulse or a duty. */
void tars_output_level(tars_behaviour *b, uint8_t handle, bool level);
void tars_output_pulse(tars_behaviour *b, uint8_t handle, int32_t pulse_us);
void tars_output_duty(tars_behaviour *b, uint8_t handle, float duty_pct);

#endif
