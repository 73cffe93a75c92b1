/* Step 9: the peripherals. A resource is an index into the board's table (tars_board.h), so a port has a table of its
 * own beside it: port and bit of a pin, timer and channel, bus. Each function takes 1 ms at most; tars_hal.h says which
 * task calls it. A resource that isn't of the right type is -unknown. What the board lacks can come from
 * firmware/sim. */
#include "port.h"
#include "tars_hal.h"

/* ---- digital pins; levels are electrical ---- */

/* Makes the pin an output, which has this level from its first moment on. */
int tars_gpio_output(uint16_t resource, bool level) { return (void)resource, (void)level, NOT_WRITTEN; }
/* An input with a pull: 0 none, 1 up, 2 down. From now on each edge goes to tars_event_edge() (firmware/include/tars.h)
 * with the time of the edge, in order; from a task, because it takes the lock: an interrupt puts level and time into a
 * ring and wakes one. The time is as exact as what is measured by it. */
int tars_gpio_input(uint16_t resource, int pull) { return (void)resource, (void)pull, NOT_WRITTEN; }
/* Called only after tars_gpio_output() has returned 0. */
void tars_gpio_write(uint16_t resource, bool level) { (void)resource, (void)level; }
/* Electrical level of an input or output. */
bool tars_gpio_read(uint16_t resource) { return (void)resource, false; }
/* Leaves the pin as it is after a reset. */
void tars_gpio_release(uint16_t resource) { (void)resource; }

/* ---- PWM ---- */

/* -range for a frequency that the timer can't make. No pulse until one is set. */
int tars_pwm_configure(uint16_t resource, uint32_t frequency_hz) {
  return (void)resource, (void)frequency_hz, NOT_WRITTEN;
}
/* The new pulse begins with the next period, so that no shorter one comes in between. */
void tars_pwm_pulse_us(uint16_t resource, uint32_t pulse_us) { (void)resource, (void)pulse_us; }
/* 0 to 100. */
void tars_pwm_duty_pct(uint16_t resource, float duty_pct) { (void)resource, (void)duty_pct; }
/* Ends the pulses and lets the pin float. */
void tars_pwm_release(uint16_t resource) { (void)resource; }

/* ---- analogue inputs ---- */

/* Millivolts at the pin, ≥ 0, by the chip's own reference; -timeout, -io. */
int tars_adc_read_mv(uint16_t resource) { return (void)resource, NOT_WRITTEN; }

/* ---- buses ---- */

/* One transfer: sends `tx`, then a repeated start and reads `rx`; either count may be 0. -nack, -timeout (a device that
 * stretches the clock), -io. The core has checked that the wire time is at most 1 ms. */
int tars_i2c_transfer(uint16_t resource, uint8_t address, uint32_t speed_khz, const uint8_t *tx, uint32_t tx_size,
                      uint8_t *rx, uint32_t rx_size) {
  (void)resource, (void)address, (void)speed_khz, (void)tx, (void)tx_size, (void)rx, (void)rx_size;
  return NOT_WRITTEN;
}
/* Both ways at once; `select` is the pin that is low meanwhile. */
int tars_spi_transfer(uint16_t resource, uint16_t select, uint8_t mode, uint32_t speed_khz, const uint8_t *tx,
                      uint8_t *rx, uint32_t size) {
  (void)resource, (void)select, (void)mode, (void)speed_khz, (void)tx, (void)rx, (void)size;
  return NOT_WRITTEN;
}

/* ---- serial ports of behaviours ---- */

/* 8 bits, no parity, one stop bit; -range for a speed that the port can't have. What waited is gone;
 * what comes is told by tars_event_uart(). */
int tars_uart_configure(uint16_t resource, uint32_t baud) { return (void)resource, (void)baud, NOT_WRITTEN; }
/* How many bytes wait: it must not call the core, which holds its lock. */
int tars_uart_waiting(uint16_t resource) { return (void)resource, NOT_WRITTEN; }
/* -full if there is no room. */
int tars_uart_write(uint16_t resource, uint8_t byte) { return (void)resource, (void)byte, NOT_WRITTEN; }
/* The oldest byte, or -empty. */
int tars_uart_read(uint16_t resource) { return (void)resource, NOT_WRITTEN; }
