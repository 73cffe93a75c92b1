/* What happens to a behaviour whose reaction ended badly. */
#ifndef FAULT_H
#define FAULT_H

#include "behaviour.h"

/* Records the fault, sets the safe outputs, and leaves the instance and the restart to the supervisor. From the worker,
 * lock held; releases it while it talks to the port. `code` is positive. */
void tars_fault(tars_behaviour *b, uint8_t code);

#endif
