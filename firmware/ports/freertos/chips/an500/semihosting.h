/* Requests to the emulator, for programs that test the port in it. */
#ifndef AN500_SEMIHOSTING_H
#define AN500_SEMIHOSTING_H

#include <stdint.h>

/* Operations of ARM's semihosting. */
enum {
  SEMIHOSTING_OPEN = 0x01,
  SEMIHOSTING_WRITE0 = 0x04,
  SEMIHOSTING_READ = 0x06,
  SEMIHOSTING_FLEN = 0x0c,
  SEMIHOSTING_GET_CMDLINE = 0x15,
  SEMIHOSTING_EXIT_EXTENDED = 0x20,
};

/* Asks the emulator; what comes back depends on the operation. */
static inline int32_t semihosting_ask(uint32_t operation, const void *argument) {
  register uint32_t first __asm("r0") = operation;
  register const void *second __asm("r1") = argument;
  __asm volatile("bkpt 0xab" : "+r"(first) : "r"(second) : "memory");
  return (int32_t)first;
}

/* Ends the emulator with an exit code. */
static inline _Noreturn void semihosting_exit(uint32_t code) {
  enum { APPLICATION_EXIT = 0x20026 };
  const uint32_t block[] = { APPLICATION_EXIT, code };
  for (;;) semihosting_ask(SEMIHOSTING_EXIT_EXTENDED, block);
}

#endif
