/* Time of the board: the chip's counter of microseconds with 32 bits, carried on to 64; it wraps after 71 minutes,
 * and the supervisor looks at it every second. Or a virtual clock that only the bench moves. */
#include "chip.h"
#include "port.h"

static uint32_t high, last;
static bool is_virtual;
static int64_t virtual_us;

void tars_clock_init(bool on_bench) {
  chip_clock_start();
  high = last = 0;
  virtual_us = 0;
  is_virtual = on_bench;
}

bool tars_clock_is_virtual(void) { return is_virtual; }

/* The counter; tasks and interrupts that may call the kernel. */
int64_t tars_clock_host_us(void) {
  UBaseType_t mask = portSET_INTERRUPT_MASK_FROM_ISR();
  uint32_t low = chip_clock_us();
  if (low < last) high++;
  last = low;
  int64_t now_us = (int64_t)((uint64_t)high << 32 | low);
  portCLEAR_INTERRUPT_MASK_FROM_ISR(mask);
  return now_us;
}

int64_t tars_os_now_us(void) {
  if (!is_virtual) return tars_clock_host_us();
  UBaseType_t mask = portSET_INTERRUPT_MASK_FROM_ISR();
  int64_t now_us = virtual_us;
  portCLEAR_INTERRUPT_MASK_FROM_ISR(mask);
  return now_us;
}

void tars_clock_set(int64_t now_us) {
  taskENTER_CRITICAL();
  if (now_us > virtual_us) virtual_us = now_us;
  taskEXIT_CRITICAL();
  tars_wait_clock_moved();
}
