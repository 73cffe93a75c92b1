/* Wire time of synchronous bus transfers. */
#ifndef BUS_H
#define BUS_H

#include <stdint.h>

/* 0, or -range if `bits` at `speed_khz` take longer than the contract's bus_us: such a transfer must be awaited. */
int tars_bus_check(uint32_t bits, uint32_t speed_khz);

#endif
