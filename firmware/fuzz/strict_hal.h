/* Peripherals that trust nobody: a call for a resource, address or value that the two manifests of fuzz_core.c don't
 * declare aborts. */
#ifndef STRICT_HAL_H
#define STRICT_HAL_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool led, neighbour; /* levels of LED and LED2 */
  uint32_t neighbour_edges, pulse_us;
  float duty_pct;
  uint8_t received; /* bytes that wait at the serial port */
  uint8_t next;     /* what inputs and buses answer with; a multiple of 8 makes them fail */
} strict_state;

extern strict_state strict;

/* Index of a resource of the board. */
uint16_t strict_resource(const char *name);

#endif
