/* Step 3: time. */
#include "port.h"
#include "tars_os.h"

#include <stdint.h>

/* Starts a free-running counter of microseconds, or of a fraction of them, that never stops: not while the processor
 * sleeps, and not while a debugger looks. */
void tars_clock_init(void) {}

/* Microseconds since the board started, 64 bits, never back, from any task and from interrupts that may call the
 * kernel. A counter of 32 bits is carried on here: whoever does that must be called at least once per wrap (the
 * supervisor's sleep is a good place), and reading and carrying must not be interrupted by another reader. */
int64_t tars_os_now_us(void) { return 0; }
