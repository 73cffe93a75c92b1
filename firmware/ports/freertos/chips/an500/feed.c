/* The bench feeds the link: bytes come at a rate of this chip's clock. The emulator's own serial port takes some 200 us
 * of the host's time for a byte, so it never brings what a line of that speed would. A timer's interrupt puts each byte
 * where the data register has it and calls the port's handler; the driver and all behind it are the same as ever. What
 * comes over the real port waits until a frame is whole, and follows the next repetition: both send over one wire.
 *
 * The timer is the native block's, the only one that isn't needed. The block stands still meanwhile, and what it
 * measures is void until the next reset. */
#include "an500.h"
#include "chip.h"
#include "cortex_m.h"
#include "port.h"
#include "tars_bench_port.h" /* the interface implemented here */
#include "tars_errors.h"     /* codes of the contract */

#include <string.h>

enum { HOST = 2048, RATE_MAX = AN500_CLOCK_HZ / 16 / 10 }; /* bytes that wait; 10 bits a byte at the least divisor */

static struct {
  bool on, full;   /* the port has a byte that nobody has taken */
  uint8_t byte;    /* that one */
  uint8_t last;    /* of the host */
  uint32_t period; /* of a byte, ticks of the clock */
  uint32_t before; /* when the handler ran, by a counter that counts down */
  uint32_t due;    /* ticks since the last byte came */
  uint8_t repeated[256], host[HOST];
  uint32_t size, at;          /* of what is repeated */
  uint32_t put, whole, taken; /* of what the host has sent; count on for ever */
  tars_bench_line_feed_response seen;
} line;

/* In RAM, with the timer's handler here. The processor wants it aligned to a power of two that is not less. */
static _Alignas(256) cortex_m_vector vectors[CORTEX_M_FIRST_IRQ + AN500_IRQ_COUNT];

/* Takes what the host has sent. A frame begins and ends with a zero; what is longer than the room comes in pieces. */
static void host_take(void) {
  int byte;
  while (line.put - line.taken < HOST && (byte = an500_uart_receive(CHIP_UART_LINK)) >= 0) {
    line.host[line.put++ % HOST] = (uint8_t)byte;
    if ((byte == 0 && line.last != 0) || line.put - line.taken == HOST) line.whole = line.put;
    line.last = (uint8_t)byte;
  }
}

/* The next byte on the line; -1 while nobody sends. */
static int next(void) {
  if (line.at == 0 && line.taken != line.whole) return line.host[line.taken++ % HOST];
  if (line.size == 0) return -1;
  int byte = line.repeated[line.at++];
  if (line.at == line.size) line.at = 0;
  return byte;
}

/* The time of a byte has passed. One that nobody has taken is lost, as in a port without a FIFO. */
static void byte_comes(void) {
  int byte = next();
  if (byte < 0) return;
  line.seen.fed++;
  line.seen.lost += line.full;
  line.byte = (uint8_t)byte;
  line.full = true;
}

/* Gives port and timer back. */
static void end(void) {
  vectors[CORTEX_M_FIRST_IRQ + AN500_IRQ_TIMER1].handler = an500_timer1_interrupt;
  line.on = false;
  chip_blocks_start();
}

/* The timer's interrupt. One that came late stands for several. */
static void feed(void) {
  AN500_TIMER1->interrupt = 1;
  uint32_t now = AN500_DUAL2->value;
  line.due += line.before - now;
  line.before = now;
  for (; line.due >= line.period; line.due -= line.period) byte_comes();
  an500_uart0_interrupt();
  if (line.size == 0 && line.taken == line.put && !line.full) end();
}

/* Takes timer and port, or changes the rate. */
static void begin(uint32_t rate) {
  line.period = AN500_CLOCK_HZ / rate;
  line.before = AN500_DUAL2->value;
  line.due = 0;
  if (!line.on) memcpy(vectors, (const void *)CORTEX_M_VTOR, sizeof vectors);
  vectors[CORTEX_M_FIRST_IRQ + AN500_IRQ_TIMER1].handler = feed;
  CORTEX_M_VTOR = (uint32_t)vectors;
  line.on = true;
  AN500_TIMER1->reload = line.period - 1;
  AN500_TIMER1->value = line.period - 1;
  cortex_m_irq_enable(AN500_IRQ_TIMER1, CHIP_PRIORITY_PORT);
}

/* Calls the one in uart.c, which has another name then (CMakeLists.txt). */
__attribute__((noinline)) int chip_uart_receive(int port) {
  if (port != CHIP_UART_LINK || !line.on) return an500_uart_receive(port);
  host_take();
  if (!line.full) return -1;
  line.full = false;
  return line.byte;
}

int tars_bench_line_feed(uint32_t rate, tars_bytes data, tars_bench_line_feed_response *seen) {
  if (rate > RATE_MAX) return -TARS_E_RANGE;
  taskENTER_CRITICAL();
  *seen = line.seen;
  line.at = 0;
  line.size = rate > 0 ? data.size : 0;
  memcpy(line.repeated, data.bytes, line.size);
  if (rate > 0) begin(rate);
  taskEXIT_CRITICAL();
  return 0;
}
