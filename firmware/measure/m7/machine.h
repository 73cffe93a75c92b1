/* The bare machine: a clock that counts instructions, a stack that shows how deep it was used, and a line to print
 * on. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>

/* Measures of one call. */
typedef struct {
  uint32_t instructions; /* in steps of M7_STEP */
  uint32_t stack;        /* bytes at the deepest point, beyond the caller's */
} m7_cost;

/* The clock: SysTick at 25 MHz. Under -icount shift=0 an instruction takes 1 ns, a tick 40 of them. */
enum { M7_STEP = 40 };

/* Runs `work` and measures it. */
m7_cost m7_measure(void (*work)(void));
/* Prints "name value\n". */
void m7_print(const char *name, uint32_t value);
/* Ends the emulator with this exit code. */
void m7_exit(int code) __attribute__((noreturn));

/* main.c: called once memory is set up; returns the exit code. */
int m7_main(void);

#endif
