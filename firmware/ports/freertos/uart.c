/* Serial ports without a FIFO: an interrupt for every byte, a ring each way. A receiving ring that is full leaves the
 * byte in the port: the emulator then holds the next one back, real wires would lose it. */
#include "uart.h"

enum { BAUD_DIVISOR = 16 }; /* the least that the port takes: 1.5 Mbaud; the emulator keeps no speed */
enum { DRAIN_MS = 200 };    /* bound of a wait for the last bytes */

static uart_ring link_in, link_out;
tars_uart tars_uart_link = { .port = AN500_UART0, .irq = AN500_IRQ_UART0_RX, .in = &link_in, .out = &link_out };

/* Bytes in a ring. */
static uint32_t ring_used(const uart_ring *self) { return self->put - self->taken; }

/* Starts a port. */
void tars_uart_start(tars_uart *uart, TaskHandle_t task) {
  uart->task = task;
  uart->port->baud_divisor = BAUD_DIVISOR;
  uart->port->control = AN500_UART_TX_ON | AN500_UART_RX_ON | AN500_UART_TX_IRQ | AN500_UART_RX_IRQ;
  an500_irq_enable(uart->irq, AN500_PRIORITY_PORT);
  an500_irq_enable(uart->irq + 1, AN500_PRIORITY_PORT);
}

/* Moves bytes from the port into the ring while there are both. */
static void receive(tars_uart *uart) {
  while (uart->port->state & AN500_UART_RX_FULL && ring_used(uart->in) < TARS_UART_RING)
    uart->in->bytes[uart->in->put++ % TARS_UART_RING] = (uint8_t)uart->port->data;
}

/* Moves bytes from the ring into the port. */
static void transmit(tars_uart *uart) {
  while (!(uart->port->state & AN500_UART_TX_FULL) && ring_used(uart->out) > 0)
    uart->port->data = uart->out->bytes[uart->out->taken++ % TARS_UART_RING];
}

/* Either direction has something to do. */
void tars_uart_interrupt(tars_uart *uart) {
  BaseType_t woken = pdFALSE;
  uart->port->interrupts = AN500_UART_TX_DONE | AN500_UART_RX_DONE;
  receive(uart);
  transmit(uart);
  if (uart->task) vTaskNotifyGiveFromISR(uart->task, &woken);
  portYIELD_FROM_ISR(woken);
}

void tars_uart_interrupt_link(void) { tars_uart_interrupt(&tars_uart_link); }

/* Takes what has come. */
uint32_t tars_uart_take(tars_uart *uart, uint8_t *bytes, uint32_t capacity) {
  uint32_t size = 0;
  while (size < capacity && ring_used(uart->in) > 0) {
    bytes[size++] = uart->in->bytes[uart->in->taken % TARS_UART_RING];
    uart->in->taken++; /* only now: an interrupt fills what is free */
  }
  if (size > 0) {
    taskENTER_CRITICAL(); /* a byte may have waited in the port for room */
    receive(uart);
    taskEXIT_CRITICAL();
  }
  return size;
}

/* Sends. */
void tars_uart_send(tars_uart *uart, const uint8_t *bytes, uint32_t size) {
  while (size > 0) {
    while (size > 0 && ring_used(uart->out) < TARS_UART_RING) {
      uart->out->bytes[uart->out->put % TARS_UART_RING] = *bytes++;
      uart->out->put++;
      size--;
    }
    taskENTER_CRITICAL();
    transmit(uart);
    taskEXIT_CRITICAL();
    if (size > 0) ulTaskNotifyTake(pdTRUE, 1);
    if (uart == &tars_uart_link)
      tars_watchdog_alive(TARS_ALIVE_LINK); /* a host that doesn't read stops the link, and not the board */
  }
}

/* Sleeps until everything has left. */
void tars_uart_drain(tars_uart *uart) {
  for (int ms = 0; ms < DRAIN_MS && (ring_used(uart->out) > 0 || uart->port->state & AN500_UART_TX_FULL); ms++)
    vTaskDelay(1);
}

/* Writes straight to the link's port. */
void tars_uart_print(const char *text) {
  AN500_UART0->baud_divisor = BAUD_DIVISOR;
  AN500_UART0->control = AN500_UART_TX_ON;
  for (; *text; text++) {
    for (int spins = 0; spins < 100000 && AN500_UART0->state & AN500_UART_TX_FULL; spins++) {
    }
    AN500_UART0->data = (uint8_t)*text;
  }
}
