/* From reset to main on a Cortex-M, and what its core gives to chip.h. */
#include "chip.h"
#include "cortex_m.h"
#include "tars_os.h" /* tars_os_panic */

#include <string.h>

extern uint8_t tars_data_begin[], tars_data_end[], tars_data_load[], tars_bss_begin[], tars_bss_end[];
extern int main(void);

/* Fills what is free of this stack as the kernel fills those of tasks: a test sees how much of it interrupts have
 * used. */
static void stack_fill(void) {
  uint8_t *used;
  __asm volatile("mov %0, sp" : "=r"(used));
  for (uint8_t *at = tars_bss_end; at < used; at++) *(volatile uint8_t *)at = 0xa5;
}

/* Memory as C wants it, the floating-point unit on, then main. */
_Noreturn void tars_start(void) {
#ifndef __SOFTFP__
  CORTEX_M_CPACR |= 0xfu << 20;
  __asm volatile("dsb\n isb");
#endif
  memcpy(tars_data_begin, tars_data_load, (size_t)(tars_data_end - tars_data_begin));
  memset(tars_bss_begin, 0, (size_t)(tars_bss_end - tars_bss_begin));
  stack_fill();
  main();
  for (;;) {
  }
}

void cortex_m_fault(void) { tars_os_panic(20, "processor fault"); }
void cortex_m_unexpected(void) { tars_os_panic(22, "unexpected interrupt"); }

/* A task itself, or the handler of a fault, of the watchdog or of the kernel that has interrupted one. */
bool chip_in_task(void) {
  uint32_t state = CORTEX_M_ICSR, active = state & CORTEX_M_ICSR_ACTIVE;
  return active == 0 || (active < CORTEX_M_FIRST_IRQ && (state & CORTEX_M_ICSR_ALONE) != 0);
}

void chip_interrupts_off(void) { __asm volatile("cpsid i"); }

/* The barrier makes sure that all writes have finished before the reset. */
_Noreturn void chip_reset(void) {
  __asm volatile("cpsid i\n dsb");
  CORTEX_M_AIRCR = CORTEX_M_AIRCR_RESET;
  __asm volatile("dsb");
  for (;;) {
  }
}
