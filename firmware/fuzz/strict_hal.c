/* The strict peripherals; see strict_hal.h. */
#include "strict_hal.h"

#include "fuzz.h"
#include "tars_board.h"
#include "tars_errors.h"
#include "tars_hal.h"

strict_state strict;

/* Index of a resource. */
uint16_t strict_resource(const char *name) {
  uint16_t i = 0;
  while (strcmp(tars_board_resources[i].name, name)) i++;
  return i;
}

/* Whether a resource has this name. */
static bool is(uint16_t resource, const char *name) {
  return resource < tars_board_resource_count && !strcmp(tars_board_resources[resource].name, name);
}

/* The outcome of the next operation that can fail: one in eight is an error. */
static int outcome(void) {
  strict.next = (uint8_t)(strict.next * 5 + 1);
  return strict.next % 8 ? 0 : -TARS_E_IO;
}

/* Only outputs of the two manifests and PA4, the chip select, may be configured. */
int tars_gpio_output(uint16_t resource, bool level) {
  FUZZ_ASSERT(is(resource, "LED") || is(resource, "LED2") || is(resource, "PA4"));
  if (is(resource, "LED")) strict.led = level;
  return 0;
}

/* Only the input of the manifests may be configured, with its pull. */
int tars_gpio_input(uint16_t resource, int pull) {
  FUZZ_ASSERT(is(resource, "BUTTON") && pull == 1);
  return 0;
}

/* Only outputs of the manifests may be written; edges of the neighbour's are counted. */
void tars_gpio_write(uint16_t resource, bool level) {
  FUZZ_ASSERT(is(resource, "LED") || is(resource, "LED2"));
  if (is(resource, "LED")) {
    strict.led = level;
  } else {
    strict.neighbour_edges += strict.neighbour != level;
    strict.neighbour = level;
  }
}

/* Only pins of the manifests may be read. */
bool tars_gpio_read(uint16_t resource) {
  FUZZ_ASSERT(is(resource, "BUTTON") || is(resource, "LED") || is(resource, "LED2"));
  return true;
}

void tars_gpio_release(uint16_t resource) { (void)resource; }

/* Only the two channels of the manifests may be configured, at their frequency. */
int tars_pwm_configure(uint16_t resource, uint32_t frequency_hz) {
  FUZZ_ASSERT((is(resource, "SERVO1") && frequency_hz == 50) || (is(resource, "MOTOR_L") && frequency_hz == 1000));
  return 0;
}

/* A pulse must lie inside the declared range. */
void tars_pwm_pulse_us(uint16_t resource, uint32_t pulse_us) {
  FUZZ_ASSERT(is(resource, "SERVO1") && pulse_us >= 500 && pulse_us <= 2500);
  strict.pulse_us = pulse_us;
}

/* A duty must lie inside the declared range, which NaN does not. */
void tars_pwm_duty_pct(uint16_t resource, float duty_pct) {
  FUZZ_ASSERT(is(resource, "MOTOR_L") && duty_pct >= 0 && duty_pct <= 100);
  strict.duty_pct = duty_pct;
}

void tars_pwm_release(uint16_t resource) { (void)resource; }

/* Only the analogue input of the manifest may be read. */
int tars_adc_read_mv(uint16_t resource) {
  FUZZ_ASSERT(is(resource, "A0"));
  int err = outcome();
  return err ? err : 3300;
}

/* Only the I2C device of the manifest may be spoken to, at its speed: a register and at most two bytes. */
int tars_i2c_transfer(uint16_t resource, uint8_t address, uint32_t speed_khz, const uint8_t *tx, uint32_t tx_size,
                      uint8_t *rx, uint32_t rx_size) {
  FUZZ_ASSERT(is(resource, "I2C1") && address == 0x48 && speed_khz == 400 && tx_size >= 1 && tx_size <= 3 &&
              rx_size <= 2);
  for (uint32_t i = 0; i < rx_size; i++) rx[i] = (uint8_t)(tx[tx_size - 1] + strict.next);
  return outcome();
}

/* Only the SPI device of the manifest may be spoken to: one or two bytes. */
int tars_spi_transfer(uint16_t resource, uint16_t select, uint8_t mode, uint32_t speed_khz, const uint8_t *tx,
                      uint8_t *rx, uint32_t size) {
  FUZZ_ASSERT(is(resource, "SPI1") && is(select, "PA4") && mode == 0 && speed_khz == 1000 && size >= 1 && size <= 2);
  for (uint32_t i = 0; i < size; i++) rx[i] = (uint8_t)~tx[i];
  return outcome();
}

/* Only the serial port of the manifest may be configured. */
int tars_uart_configure(uint16_t resource, uint32_t baud) {
  FUZZ_ASSERT(is(resource, "UART1") && baud == 9600);
  return 0;
}

/* Bytes that have come and were not read. */
int tars_uart_waiting(uint16_t resource) {
  FUZZ_ASSERT(is(resource, "UART1"));
  return strict.received;
}

int tars_uart_write(uint16_t resource, uint8_t byte) {
  FUZZ_ASSERT(is(resource, "UART1"));
  (void)byte;
  return outcome() ? -TARS_E_FULL : 0;
}

int tars_uart_read(uint16_t resource) {
  FUZZ_ASSERT(is(resource, "UART1"));
  if (outcome() || strict.received == 0) return -TARS_E_EMPTY;
  strict.received--;
  return strict.next;
}
