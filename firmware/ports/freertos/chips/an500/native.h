/* Figures of the native block; tests read them from outside, by their address. */
#ifndef TARS_NATIVE_H
#define TARS_NATIVE_H

#include <stdint.h>

typedef struct {
  uint32_t turns, late, worst_ticks; /* ticks of 40 ns */
} tars_native;

extern tars_native tars_native_block;

#endif
