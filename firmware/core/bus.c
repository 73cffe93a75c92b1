/* Bound on the wire time of a synchronous bus transfer. */
#include "bus.h"

#include "tars_errors.h"
#include "tars_limits.h"

/* `bits` take bits / (kHz * 1000) seconds. */
int tars_bus_check(uint32_t bits, uint32_t speed_khz) {
  return (uint64_t)bits * 1000 > (uint64_t)TARS_LIMIT_BUS_US * speed_khz ? -TARS_E_RANGE : 0;
}
