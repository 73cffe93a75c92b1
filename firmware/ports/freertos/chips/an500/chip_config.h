/* Constants of the mps2-an500 for FreeRTOSConfig.h and for the port; assembler-like macros, because the kernel tests
 * some of them. */
#ifndef TARS_CHIP_CONFIG_H
#define TARS_CHIP_CONFIG_H

#define CHIP_CLOCK_HZ 25000000

/* Priorities of interrupts: this controller has 8 bits, lower numbers first. The kernel masks from CALLS on down;
 * handlers above it may not call the kernel, and nothing delays them. */
#define CHIP_PRIORITY_BITS   8
#define CHIP_PRIORITY_NATIVE 0x20
#define CHIP_PRIORITY_CALLS  0x80
#define CHIP_PRIORITY_PORT   0xa0
#define CHIP_PRIORITY_KERNEL 0xff

/* The board's first resources, LED and LED2, have a lamp. */
#define CHIP_LAMPS 2

#endif
