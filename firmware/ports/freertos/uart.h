/* Inside the serial ports: what one consists of. Its rings lie elsewhere, so that flash holds no copy of their
 * zeros. */
#ifndef TARS_UART_H
#define TARS_UART_H

#include "chip.h"
#include "port.h"

#ifndef TARS_UART_RING
#define TARS_UART_RING 1024
#endif

typedef struct {
  volatile uint8_t bytes[TARS_UART_RING];
  volatile uint32_t put, taken; /* count on for ever; each moves after its byte has */
} uart_ring;

struct tars_uart {
  int port; /* of chip.h */
  TaskHandle_t task;
  uart_ring *in, *out;
};

/* Either direction has something to do. */
void tars_uart_interrupt(tars_uart *uart);

#endif
