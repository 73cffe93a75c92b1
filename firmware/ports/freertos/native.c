/* A native block at 1 kHz: a timer interrupt above everything that the kernel masks. It stands for a control loop; what it
 * does here is to measure how late it was started. */
#include "an500.h"
#include "port.h"
#include "native.h"

enum { PERIOD_TICKS = AN500_CLOCK_HZ / 1000, LATE_TICKS = 250 }; /* 10 us: 1,250 instructions at 125 MIPS */

tars_native tars_native_block;

/* Starts the timer. */
void tars_native_start(void) {
  AN500_TIMER1->reload = PERIOD_TICKS - 1;
  AN500_TIMER1->control = AN500_TIMER_ON | AN500_TIMER_IRQ;
  an500_irq_enable(AN500_IRQ_TIMER1, AN500_PRIORITY_NATIVE);
}

/* One turn. The timer went on counting since it was due. */
void tars_native_interrupt(void) {
  uint32_t ticks = PERIOD_TICKS - 1 - AN500_TIMER1->value;
  AN500_TIMER1->interrupt = 1;
  tars_native_block.turns++;
  if (ticks > tars_native_block.worst_ticks)
    tars_native_block.worst_ticks = ticks;
  if (ticks > LATE_TICKS)
    tars_native_block.late++;
}
