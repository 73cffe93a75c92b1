/* From reset to main, and the table of exceptions and interrupts. */
#include "an500.h"
#include "port.h"

#include <string.h>

extern uint8_t tars_data_begin[], tars_data_end[], tars_data_load[], tars_bss_begin[], tars_bss_end[], tars_stack_top[];
extern int main(void);
/* The kernel's. */
extern void vPortSVCHandler(void), xPortPendSVHandler(void), xPortSysTickHandler(void);

/* Fills what is free of this stack as the kernel fills those of tasks: a test sees how much of it interrupts have used.
 */
static void stack_fill(void) {
  uint8_t *used;
  __asm volatile("mov %0, sp" : "=r"(used));
  for (uint8_t *at = tars_bss_end; at < used; at++) *(volatile uint8_t *)at = 0xa5;
}

/* Memory as C wants it, the floating-point unit on, then main. */
_Noreturn void tars_start(void) {
  AN500_CPACR |= 0xfu << 20;
  __asm volatile("dsb\n isb");
  memcpy(tars_data_begin, tars_data_load, (size_t)(tars_data_end - tars_data_begin));
  memset(tars_bss_begin, 0, (size_t)(tars_bss_end - tars_bss_begin));
  stack_fill();
  main();
  for (;;) {
  }
}

/* Nothing of this firmware faults; a guest can't. */
static void fault(void) { tars_os_panic(20, "processor fault"); }
/* The watchdog's first expiry. */
static void watchdog_bite(void) { tars_os_panic(21, "watchdog: supervisor, link or agent stands still"); }
/* An interrupt that nobody asked for. */
static void unexpected(void) { tars_os_panic(22, "unexpected interrupt"); }

/* An image with a network or a bench puts its own here. */
__attribute__((weak)) void tars_ethernet_interrupt(void) { unexpected(); }
__attribute__((weak)) void tars_uart_interrupt_bench(void) { unexpected(); }

typedef void (*vector)(void);
static const union {
  vector handler;
  void *stack;
} vectors[16 + AN500_IRQ_COUNT] __attribute__((section(".vectors"), used)) = {
  { .stack = tars_stack_top },
  { .handler = (vector)tars_start },
  { .handler = watchdog_bite }, /* NMI */
  [3] = { fault },
  [4] = { fault },
  [5] = { fault },
  [6] = { fault },
  [11] = { vPortSVCHandler },
  [14] = { xPortPendSVHandler },
  [15] = { xPortSysTickHandler },
  [16 + AN500_IRQ_UART0_RX] = { tars_uart_interrupt_link },
  [16 + AN500_IRQ_UART0_TX] = { tars_uart_interrupt_link },
  [16 + AN500_IRQ_UART1_RX] = { tars_uart_interrupt_bench },
  [16 + AN500_IRQ_UART1_TX] = { tars_uart_interrupt_bench },
  [16 + 4] = { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  [16 + AN500_IRQ_TIMER0] = { tars_alarm_interrupt },
  [16 + AN500_IRQ_TIMER1] = { tars_native_interrupt },
  [16 + AN500_IRQ_DUAL_TIMER] = { tars_reaction_interrupt },
  [16 + 11] = { unexpected },
  { unexpected },
  [16 + AN500_IRQ_ETHERNET] = { tars_ethernet_interrupt },
  [16 + 14] = { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
  { unexpected },
};
