/* Peripherals. A resource is an index into the board's table (tars_board.h). Functions that can fail return 0 or a
 * value ≥ 0, or a negative error of the contract; each has a time bound of at most 1 ms. Pins, channels and buses are
 * called by the worker alone, flash by the supervisor alone, tars_flash_counters() by any task. The supervisor may
 * interrupt a call of the worker. */
#ifndef TARS_HAL_H
#define TARS_HAL_H

#include <stdbool.h>
#include <stdint.h>

/* Levels are electrical. Edges of inputs reach the core through tars_event_edge() (firmware/include/tars.h). */
int tars_gpio_output(uint16_t resource, bool level);
int tars_gpio_input(uint16_t resource, int pull); /* pull: 0 none, 1 up, 2 down */
void tars_gpio_write(uint16_t resource, bool level);
bool tars_gpio_read(uint16_t resource);
/* Gives a pin back, which is high-impedance then, or a channel, which is off. The core never does: the conformance
 * tests do (firmware/test/conformance), between two uses of one pin. */
void tars_gpio_release(uint16_t resource);

int tars_pwm_configure(uint16_t resource, uint32_t frequency_hz);
void tars_pwm_pulse_us(uint16_t resource, uint32_t pulse_us);
void tars_pwm_duty_pct(uint16_t resource, float duty_pct);
void tars_pwm_release(uint16_t resource);

int tars_adc_read_mv(uint16_t resource);

/* One transfer: sends `tx`, then a repeated start and reads `rx`; either count may be 0. */
int tars_i2c_transfer(uint16_t resource, uint8_t address, uint32_t speed_khz, const uint8_t *tx, uint32_t tx_size,
                      uint8_t *rx, uint32_t rx_size);
int tars_spi_transfer(uint16_t resource, uint16_t select, uint8_t mode, uint32_t speed_khz, const uint8_t *tx,
                      uint8_t *rx, uint32_t size);

/* What comes is told the core by tars_event_uart(). Configuring throws away what waits. tars_uart_waiting() says how
 * many bytes do; it is called with the core's lock, and must not call the core. */
int tars_uart_configure(uint16_t resource, uint32_t baud);
int tars_uart_waiting(uint16_t resource);
int tars_uart_write(uint16_t resource, uint8_t byte);
int tars_uart_read(uint16_t resource); /* -empty if nothing waits */

/* NOR flash of the store: erased bytes are 0xff, a program can only clear bits. Sizes from tars_board.h. */
int tars_flash_read(uint32_t offset, void *bytes, uint32_t size);
int tars_flash_program(uint32_t offset, const void *bytes, uint32_t size);
int tars_flash_erase(uint32_t offset);
/* Operations since the board started. */
void tars_flash_counters(uint32_t *erases, uint32_t *programs);

#endif
