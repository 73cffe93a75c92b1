/* Step 6: the clock of a reaction. It counts the processor time of the worker, so it stands still while another task or
 * an interrupt runs; a hardware timer that is stopped and started at task switches does that. */
#include "port.h"
#include "tars.h" /* tars_worker_run */
#include "tars_os.h"

/* Starts the clock with this budget. An alarm carries the number of its reaction, and one of another reaction does
 * nothing. */
void tars_os_reaction_begin(uint32_t number, uint32_t budget_us) { (void)number, (void)budget_us; }

/* Stops the clock; returns the microseconds of processor time since begin. */
uint32_t tars_os_reaction_end(void) { return 0; }

/* From here the worker is not abandoned, however late it is. Nests with the lock and with whatever else the port calls
 * in the worker that must not be left half done. */
void tars_os_call_enter(void) {}

/* Ends what tars_os_call_enter() began. If the time was over meanwhile, the worker is abandoned now. */
void tars_os_call_leave(void) {}

static uint8_t stack[6144];

/* Lowest address of the worker's stack: the engine stops a guest before it is reached. */
uint8_t *tars_os_worker_stack(void) { return stack; }

/* Starts the worker's task on that stack with tars_worker_run() as its body, and the guard: the task of the highest
 * priority, which an alarm wakes. If the worker holds nothing, the guard deletes it and creates it again on the same
 * memory; the core finds the reaction still marked. If it holds something, its outermost leave or unlock calls the
 * guard. */
void tars_reaction_start(void) { tars_worker_run(); /* is to be a task's body: it doesn't return */ }
