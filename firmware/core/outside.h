/* Events from the port. */
#ifndef OUTSIDE_H
#define OUTSIDE_H

#include <stdint.h>

/* Something happened at a resource of the board: the same for all handles of `kind` on it, of all behaviours. Takes the
 * lock. */
void tars_event_resource(uint8_t kind, uint8_t source, uint16_t resource, uint8_t which, int64_t time_us,
                         int32_t argument);

#endif
