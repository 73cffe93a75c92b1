/* Clock, alarm, the reaction's clock and the watchdog: four devices that count at the chip's clock. */
#include "an500.h"
#include "chip.h"
#include "cortex_m.h"
#include "port.h"

enum { ALARM_MAX_US = 100000000 }; /* 100 s: the timer has 32 bits at 25 MHz */
enum { DUAL_RUN = AN500_DUAL_ON | AN500_DUAL_IRQ | AN500_DUAL_32_BITS | AN500_DUAL_ONE_SHOT };

/* The clock is a free-running counter behind a divider. */
void chip_clock_start(void) {
  AN500_FPGAIO->prescale = AN500_TICKS_US - 1;
  AN500_FPGAIO->counter = 0;
}

uint32_t chip_clock_us(void) { return AN500_FPGAIO->counter; }

/* The alarm is TIMER0, which stops at 0. */
void chip_alarm_start(void) {
  AN500_TIMER0->reload = 0;
  cortex_m_irq_enable(AN500_IRQ_TIMER0, CHIP_PRIORITY_PORT);
}

void chip_alarm_set(int64_t left_us) {
  if (left_us > ALARM_MAX_US) left_us = ALARM_MAX_US;
  AN500_TIMER0->value = left_us > 0 ? (uint32_t)left_us * AN500_TICKS_US : 1;
  AN500_TIMER0->control = AN500_TIMER_ON | AN500_TIMER_IRQ;
}

void an500_timer0_interrupt(void) {
  AN500_TIMER0->interrupt = 1;
  tars_alarm_interrupt();
}

/* The clock of a reaction is the first of the dual timers. */
void chip_reaction_enable(void) { cortex_m_irq_enable(AN500_IRQ_DUAL_TIMER, CHIP_PRIORITY_PORT); }

void chip_reaction_start(uint32_t budget_us) {
  AN500_DUAL->control = 0;
  AN500_DUAL->interrupt_clear = 1;
  cortex_m_irq_forget(AN500_IRQ_DUAL_TIMER);
  AN500_DUAL->load = budget_us * AN500_TICKS_US;
  AN500_DUAL->control = DUAL_RUN;
}

void chip_reaction_pause(void) { AN500_DUAL->control = 0; }

/* A timer that has expired is not started again. */
void chip_reaction_resume(void) {
  if (AN500_DUAL->value > 0) AN500_DUAL->control = DUAL_RUN;
}

/* The timer counts down from the budget. */
uint32_t chip_reaction_spent_us(void) {
  uint32_t left = AN500_DUAL->value, budget = AN500_DUAL->load;
  return left < budget ? (budget - left) / AN500_TICKS_US : 0;
}

/* The reaction's time is over. */
void an500_dual_interrupt(void) {
  AN500_DUAL->interrupt_clear = 1;
  tars_reaction_interrupt();
}

/* The first expiry is a non-maskable interrupt, the second a reset. */
void chip_watchdog_start(uint32_t seconds) {
  AN500_WATCHDOG->lock = AN500_WATCHDOG_KEY;
  AN500_WATCHDOG->load = seconds * AN500_CLOCK_HZ;
  AN500_WATCHDOG->control = AN500_WATCHDOG_ON | AN500_WATCHDOG_RESET;
}

void chip_watchdog_feed(void) { AN500_WATCHDOG->interrupt_clear = 1; }
