/* Serial ports: a ring each way, which the port's interrupt fills and empties. A receiving ring that is full leaves the
 * byte in the port. */
#include "uart.h"

enum { DRAIN_MS = 200 }; /* bound of a wait for the last bytes */

static uart_ring link_in, link_out;
tars_uart tars_uart_link = { .port = CHIP_UART_LINK, .in = &link_in, .out = &link_out };

/* Bytes in a ring. */
static uint32_t ring_used(const uart_ring *self) { return self->put - self->taken; }

/* Starts a port. */
void tars_uart_start(tars_uart *uart, TaskHandle_t task) {
  uart->task = task;
  chip_uart_start(uart->port);
}

/* Moves bytes from the port into the ring while there are both. True if somebody should look at them: a frame or a line
 * has come to its end, or the ring is half full. A task switch for every byte would be most of what a byte costs. */
static bool receive(tars_uart *uart) {
  int byte;
  bool ends = false;
  while (ring_used(uart->in) < TARS_UART_RING && (byte = chip_uart_receive(uart->port)) >= 0) {
    uart->in->bytes[uart->in->put++ % TARS_UART_RING] = (uint8_t)byte;
    ends |= byte == 0 || byte == '\r' || byte == '\n';
  }
  return ends || ring_used(uart->in) >= TARS_UART_RING / 2;
}

/* Moves bytes from the ring into the port; true if there were any. */
static bool transmit(tars_uart *uart) {
  uint32_t before = uart->out->taken;
  while (ring_used(uart->out) > 0 && chip_uart_send(uart->port, uart->out->bytes[uart->out->taken % TARS_UART_RING]))
    uart->out->taken++;
  return uart->out->taken != before;
}

/* Either direction has something to do. */
void tars_uart_interrupt(tars_uart *uart) {
  BaseType_t woken = pdFALSE;
  bool look = receive(uart);
  look |= transmit(uart);
  if (look && uart->task) vTaskNotifyGiveFromISR(uart->task, &woken);
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
  for (int ms = 0; ms < DRAIN_MS && (ring_used(uart->out) > 0 || chip_uart_sending(uart->port)); ms++) vTaskDelay(1);
}
