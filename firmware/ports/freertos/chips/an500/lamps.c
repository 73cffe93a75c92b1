/* The board's LEDs. */
#include "an500.h"
#include "chip.h"

/* Each LED is one bit of a register. */
void chip_lamp_set(uint16_t resource, bool lit) {
  AN500_FPGAIO->led = (AN500_FPGAIO->led & ~(1u << resource)) | (uint32_t)lit << resource;
}

void chip_outputs_off(void) { AN500_FPGAIO->led = 0; }
