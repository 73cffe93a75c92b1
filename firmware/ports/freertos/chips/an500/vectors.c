/* The table of exceptions and interrupts. */
#include "an500.h"
#include "cortex_m.h"
#include "port.h"

/* The watchdog's first expiry. */
static void watchdog_bite(void) {
  tars_os_panic(TARS_PANIC_WATCHDOG, "watchdog: supervisor, link or agent stands still");
}

/* An image with a network or a bench puts its own here. */
__attribute__((weak)) void tars_ethernet_interrupt(void) { cortex_m_unexpected(); }
__attribute__((weak)) void tars_uart_interrupt_bench(void) { cortex_m_unexpected(); }

static const cortex_m_vector vectors[16 + AN500_IRQ_COUNT] CORTEX_M_VECTORS = {
  CORTEX_M_EXCEPTIONS,
  [2] = { watchdog_bite },
  [16 + AN500_IRQ_UART0_RX] = { an500_uart0_interrupt },
  [16 + AN500_IRQ_UART0_TX] = { an500_uart0_interrupt },
  [16 + AN500_IRQ_UART1_RX] = { an500_uart1_interrupt },
  [16 + AN500_IRQ_UART1_TX] = { an500_uart1_interrupt },
  [16 + 4] = { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  [16 + AN500_IRQ_TIMER0] = { an500_timer0_interrupt },
  [16 + AN500_IRQ_TIMER1] = { an500_timer1_interrupt },
  [16 + AN500_IRQ_DUAL_TIMER] = { an500_dual_interrupt },
  [16 + 11] = { cortex_m_unexpected },
  { cortex_m_unexpected },
  [16 + AN500_IRQ_ETHERNET] = { tars_ethernet_interrupt },
  [16 + 14] = { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
  { cortex_m_unexpected },
};
