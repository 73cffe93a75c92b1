/* The rest of the system interface: random bytes, reset, panic. */
#include "port.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_os.h"     /* the interface implemented here */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

/* Unpredictable bytes from the kernel. */
int tars_os_random(uint8_t *bytes, uint32_t size) {
  while (size > 0) {
    ssize_t got = getrandom(bytes, size, 0);
    if (got <= 0) return -TARS_E_IO;
    bytes += got;
    size -= (uint32_t)got;
  }
  return 0;
}

void tars_os_reset(void) { tars_power_cycle(); }

/* Stops for good; the simulated outputs end with the process. */
void tars_os_panic(int number, const char *reason) {
  tars_evidence_leave();
  tars_trace_flush();
  fprintf(stderr, "tars-board: panic %d: %s\n", number, reason);
  _exit(70); /* EX_SOFTWARE */
}

/* Says what is wrong and ends the process. */
void tars_fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("tars-board: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}
