/* Serial ports without a FIFO: an interrupt for every byte. A byte that nobody takes holds the next one back in the
 * emulator; real wires would lose it. */
#include "an500.h"
#include "chip.h"
#include "cortex_m.h"
#include "port.h"

enum { BAUD_DIVISOR = 16 }; /* the least that the port takes: 1.5 Mbaud; the emulator keeps no speed */
enum { PATIENCE = 100000 }; /* turns of waiting for room while a panic is printed */

/* Registers of a port. */
static an500_uart *registers(int port) { return port == CHIP_UART_LINK ? AN500_UART0 : AN500_UART1; }

void chip_uart_start(int port) {
  an500_uart *uart = registers(port);
  int irq = port == CHIP_UART_LINK ? AN500_IRQ_UART0_RX : AN500_IRQ_UART1_RX; /* and the next for sending */
  uart->baud_divisor = BAUD_DIVISOR;
  uart->control = AN500_UART_TX_ON | AN500_UART_RX_ON | AN500_UART_TX_IRQ | AN500_UART_RX_IRQ;
  cortex_m_irq_enable(irq, CHIP_PRIORITY_PORT);
  cortex_m_irq_enable(irq + 1, CHIP_PRIORITY_PORT);
}

int chip_uart_receive(int port) {
  an500_uart *uart = registers(port);
  return uart->state & AN500_UART_RX_FULL ? (int)(uart->data & 0xff) : -1;
}

bool chip_uart_sending(int port) { return registers(port)->state & AN500_UART_TX_FULL; }

bool chip_uart_send(int port, uint8_t byte) {
  if (chip_uart_sending(port)) return false;
  registers(port)->data = byte;
  return true;
}

/* Writes to the port and waits for each byte, without the driver. */
void chip_print(const char *text) {
  AN500_UART0->baud_divisor = BAUD_DIVISOR;
  AN500_UART0->control = AN500_UART_TX_ON;
  for (; *text; text++) {
    for (int spins = 0; spins < PATIENCE && chip_uart_sending(CHIP_UART_LINK); spins++) {
    }
    AN500_UART0->data = (uint8_t)*text;
  }
}

/* Serves both directions of the link's port. */
void an500_uart0_interrupt(void) {
  AN500_UART0->interrupts = AN500_UART_TX_DONE | AN500_UART_RX_DONE;
  tars_uart_interrupt_link();
}

/* Serves both directions of the bench's port. */
void an500_uart1_interrupt(void) {
  AN500_UART1->interrupts = AN500_UART_TX_DONE | AN500_UART_RX_DONE;
  tars_uart_interrupt_bench();
}
