/* A native block at 1 kHz: a timer interrupt above everything that the kernel masks. It stands for a control loop; what
 * it does here is to measure how late it was started, by a second counter that nothing else touches: its own timer may
 * have begun its next period already. */
#include "native.h"

#include "an500.h"
#include "chip.h"
#include "cortex_m.h"

enum { PERIOD_TICKS = AN500_CLOCK_HZ / 1000, LATE_TICKS = 250 }; /* 10 us: 1,250 instructions at 125 MIPS */

tars_native tars_native_block;
static uint32_t before;          /* the counter at the last turn; it counts down */
static int32_t phase, phase_min; /* of the turns, against an exact period; the earliest was in time */

void chip_blocks_start(void) {
  AN500_DUAL2->load = UINT32_MAX;
  AN500_DUAL2->control = AN500_DUAL_ON | AN500_DUAL_32_BITS;
  AN500_TIMER1->reload = PERIOD_TICKS - 1;
  AN500_TIMER1->control = AN500_TIMER_ON | AN500_TIMER_IRQ;
  cortex_m_irq_enable(AN500_IRQ_TIMER1, CHIP_PRIORITY_NATIVE);
}

/* One turn of the native block. */
void an500_timer1_interrupt(void) {
  uint32_t now = AN500_DUAL2->value;
  AN500_TIMER1->interrupt = 1;
  if (tars_native_block.turns++ > 0) phase += (int32_t)(before - now) - PERIOD_TICKS;
  before = now;
  if (phase < phase_min) phase_min = phase;
  uint32_t ticks = (uint32_t)(phase - phase_min);
  if (ticks > tars_native_block.worst_ticks) tars_native_block.worst_ticks = ticks;
  if (ticks > LATE_TICKS) tars_native_block.late++;
}
