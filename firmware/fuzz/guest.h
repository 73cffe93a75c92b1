/* A guest that isn't a program: an engine whose guests do what the fuzzer's input says. */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stdint.h>

/* Gives the guest its input; modules that are loaded from now on count from 0. */
void guest_begin(const uint8_t *input, uint32_t size);
/* Next byte of the input, 0 at the end; and whether it is at its end. */
uint8_t guest_byte(void);
bool guest_done(void);
/* Where the image of module `index` lay when it was loaded. This engine borrows it. */
const uint8_t *guest_image(uint32_t index);
/* Reactions that module `index` has begun. */
uint32_t guest_reactions(uint32_t index);

#endif
