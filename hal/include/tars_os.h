/* What the core needs from an operating system. Every port implements this header. */
#ifndef TARS_OS_H
#define TARS_OS_H

#include <stdbool.h>
#include <stdint.h>

/* Time since the board started, microseconds, monotonic; on the virtual clock it moves only by the bench. */
int64_t tars_os_now_us(void);

/* The one lock of the core; not recursive. Never held while a guest runs, taken inside host calls for microseconds. */
void tars_os_lock(void);
void tars_os_unlock(void);

/* The worker or the supervisor sleeps until notified or until `until_us` (INT64_MAX: for ever). Called with the lock
 * held, which is released meanwhile. May wake early. */
void tars_os_worker_wait(int64_t until_us);
void tars_os_worker_notify(void);
void tars_os_supervisor_wait(int64_t until_us);
void tars_os_supervisor_notify(void);
/* Called by the supervisor: while `on`, it comes before the worker no longer, but takes turns with it, of milliseconds
 * at most. Loading a module takes long, and the guests go on meanwhile; and none of them can keep it from going on. */
void tars_os_supervisor_share(bool on);

/* The clock of a reaction. Between begin and end, and outside host calls, the port
 * abandons the worker once `budget_us` of its processor time have passed: the call stack is left for good and
 * tars_worker_run() is entered anew, with the reaction still marked as running. `number` ties an alarm to its
 * reaction. */
void tars_os_reaction_begin(uint32_t number, uint32_t budget_us);
/* Disarms the clock; returns the processor time used, microseconds. */
uint32_t tars_os_reaction_end(void);
/* Around every host call: nothing is abandoned between them; leave() abandons if the budget passed meanwhile. */
void tars_os_call_enter(void);
void tars_os_call_leave(void);

/* Lowest address of the worker's stack: memory of it down to there, and of nobody else. Called by the worker. */
uint8_t *tars_os_worker_stack(void);

/* Fills `bytes` with unpredictable bytes from the platform's source; 0 or a negative error. */
int tars_os_random(uint8_t *bytes, uint32_t size);

/* Restarts the board; doesn't return. */
void tars_os_reset(void);

/* Evidence: what the core says of the task that is to blame when the board fails (tars_worker_evidence() and
 * tars_supervisor_evidence() of tars.h), 0 nothing. It lies in memory that a reset keeps and that loss of power, or a
 * check word that doesn't fit, turns into 0. The port sets it where the board fails: in tars_os_panic(), which handlers
 * of processor faults and of the watchdog call too. A reset that a person, an operator or a pin asks for sets nothing,
 * and neither does a failure of any other task or of an interrupt. `take` gives it once. */
void tars_os_evidence_set(uint8_t what);
uint8_t tars_os_evidence_take(void);

/* Stops in the safe state with a static reason and leaves evidence; doesn't return. */
void tars_os_panic(int number, const char *reason);

#endif
