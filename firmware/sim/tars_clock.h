/* The virtual clock: what a bench asks of it (clock.c), and what the port provides for it. */
#ifndef TARS_CLOCK_H
#define TARS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Virtual clock: runs the board until nothing is left to do now; false if it doesn't come to rest. */
bool tars_clock_settle(void);
/* Virtual clock: moves by `us`, event by event; `pump` is called after every step. 0 or -timeout. */
int tars_clock_advance(int64_t us, void (*pump)(void));

/* ---- what the port provides; a port without a virtual clock answers false to the first, and the rest is never called
 * ---- */

bool tars_clock_is_virtual(void);
/* Moves the virtual clock, never back, and wakes who waited for that time. */
void tars_clock_set(int64_t now_us);
/* A clock that always runs, microseconds, for pacing and time-outs outside the board. */
int64_t tars_clock_host_us(void);
/* True when worker and supervisor both sleep and nobody has called them. */
bool tars_wait_both_asleep(void);
/* Sleeps until a task has gone to sleep after `generation` was read, or for a few milliseconds. */
uint32_t tars_wait_generation(void);
void tars_wait_next_sleep(uint32_t generation);

#endif
