/* The bench task: the bench's channel over a serial port, and what this port gives the simulation. */
#include "chip.h"
#include "uart.h"
#include "tars_bench_port.h"
#include "tars_board.h" /* resources */
#include "tars_sim.h"

#include <string.h>

enum { RING = 16384, STACK = 6144, MARK = 0x7a125eed };

static uart_ring bench_in, bench_out;
static tars_uart tars_uart_bench = { .port = CHIP_UART_BENCH, .in = &bench_in, .out = &bench_out };
static tars_task task;
static _Alignas(8) uint8_t stack[STACK];
static uint8_t ring[RING];
static uint32_t mark __attribute__((section(".noinit"))); /* the simulated world outlives a reset */

/* The simulation's lock: its pieces are short. */
void tars_sim_lock(void) {
  tars_hold();
  taskENTER_CRITICAL();
}

void tars_sim_unlock(void) {
  taskEXIT_CRITICAL();
  tars_release();
}

/* The lock of the bench's ring: filled by the worker, emptied by the bench. */
void tars_bench_lock(void) { tars_sim_lock(); }
void tars_bench_unlock(void) { tars_sim_unlock(); }

/* Wakes the bench's task. */
void tars_bench_wake(void) {
  tars_hold();
  if (task.handle) xTaskNotifyGive(task.handle);
  tars_release();
}

/* Reports the edge of a pin to the bench, and switches the pin's lamp if it has one. */
void tars_watch_edge(uint16_t resource, bool level) {
  if (resource < CHIP_LAMPS) {
    tars_sim_lock();
    chip_lamp_set(resource, level);
    tars_sim_unlock();
  }
  tars_hold();
  tars_bench_edge(resource, level);
  tars_release();
}

void tars_watch_pwm(uint16_t resource, uint32_t pulse_us, float duty_pct) {
  tars_hold();
  tars_bench_pwm(resource, pulse_us, duty_pct);
  tars_release();
}

/* Sends all items that wait. */
static void pump(void) {
  static uint8_t wire[TARS_CHANNEL_WIRE];
  uint32_t size;
  while ((size = tars_bench_take(wire)) > 0) tars_uart_send(&tars_uart_bench, wire, size);
}

/* Called during a long `advance`: sends events, so that their ring doesn't overflow. */
void tars_bench_relieve(void) {
  if (tars_bench_waiting() > RING / 2) pump();
}

/* Body of the task. */
static void run(void *unused) {
  static uint8_t in[256];
  (void)unused;
  for (;;) {
    uint32_t size = tars_uart_take(&tars_uart_bench, in, sizeof in);
    tars_bench_feed(in, size);
    pump();
    if (tars_bench_power_wanted()) {
      tars_uart_drain(&tars_uart_bench);
      tars_os_reset();
    }
    if (size == 0) ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
  }
}

void tars_uart_interrupt_bench(void) { tars_uart_interrupt(&tars_uart_bench); }

/* Starts the simulation and the task. */
void tars_bench_start(void) {
  if (mark != MARK) memset(&tars_world, 0, sizeof tars_world);
  mark = MARK;
  tars_sim_gpio_start();
  tars_bench_open(ring, sizeof ring);
  tars_task_start(&task, run, "bench", TARS_TASK_BENCH, stack, sizeof stack);
  tars_uart_start(&tars_uart_bench, task.handle);
}
