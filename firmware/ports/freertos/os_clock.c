/* Time of the board: a free-running counter of microseconds with 32 bits, carried on to 64. It wraps after 71 minutes; the
 * supervisor looks at it every second. */
#include "an500.h"
#include "port.h"

static uint32_t high, last;

/* Starts at 0. */
void tars_clock_init(void) {
  AN500_FPGAIO->prescale = AN500_TICKS_US - 1;
  AN500_FPGAIO->counter = 0;
  high = last = 0;
}

/* Time since the board started; tasks and interrupts that may call the kernel. */
int64_t tars_os_now_us(void) {
  UBaseType_t mask = portSET_INTERRUPT_MASK_FROM_ISR();
  uint32_t low = AN500_FPGAIO->counter;
  if (low < last)
    high++;
  last = low;
  int64_t now_us = (int64_t)((uint64_t)high << 32 | low);
  portCLEAR_INTERRUPT_MASK_FROM_ISR(mask);
  return now_us;
}
