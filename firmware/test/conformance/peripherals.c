/* Pins with pulls and edges, buses, PWM, analogue inputs, serial ports: as the core uses them and as the bench drives them. */
#include "conformance.h"
#include "tars.h"
#include "tars_errors.h"
#include "tars_hal.h"
#include "tars_sim.h"

#include <string.h>

static struct {
  int edges, uarts;
  bool level;
  uint32_t waiting;
  int64_t time_us;
} seen;

/* What the core would be told. */
void tars_event_edge(uint16_t resource, bool level, int64_t time_us) {
  (void)resource;
  seen.edges++;
  seen.level = level;
  seen.time_us = time_us;
}
void tars_event_uart(uint16_t resource, uint32_t waiting, int64_t time_us) {
  (void)resource;
  seen.uarts++;
  seen.waiting = waiting;
  seen.time_us = time_us;
}

/* Text of a literal. */
static tars_text text(const char *string) {
  return (tars_text){string, (uint16_t)strlen(string)};
}

/* Index of a resource that the board must have. */
static uint16_t resource(const char *name, tars_resource_type type) {
  int index = tars_sim_find(text(name), type);
  CHECK(index >= 0);
  return (uint16_t)index;
}

/* Inputs follow their pull, then what drives them; only a change tells the core. */
static void inputs(void) {
  uint16_t pin = resource("PA0", TARS_RESOURCE_GPIO);
  CHECK(tars_gpio_input(pin, 1) == 0 && tars_gpio_read(pin));
  CHECK(tars_gpio_input(pin, 2) == 0 && !tars_gpio_read(pin));
  int before = seen.edges;
  CHECK(tars_sim_gpio_drive(text("PA0"), 1) == 0);
  CHECK(seen.edges == before + 1 && seen.level && tars_gpio_read(pin));
  CHECK(tars_sim_gpio_drive(text("PA0"), 1) == 0 && seen.edges == before + 1);
  CHECK(tars_sim_gpio_drive(text("PA0"), 2) == 0 && seen.edges == before + 2 && !seen.level);
  CHECK(tars_sim_gpio_drive(text("PA0"), 3) == -TARS_E_RANGE);
  tars_gpio_release(pin);
  CHECK(tars_sim_gpio_drive(text("PA0"), 1) == 0 && seen.edges == before + 2);
}

/* Outputs have the level that they were given, whatever drives them. */
static void outputs(void) {
  uint16_t pin = resource("LED", TARS_RESOURCE_GPIO);
  uint8_t level;
  uint32_t before, after;
  CHECK(tars_sim_gpio_get(text("LED"), &level, &before) == 0);
  CHECK(tars_gpio_output(pin, true) == 0 && tars_gpio_read(pin));
  tars_gpio_write(pin, false);
  tars_gpio_write(pin, false);
  CHECK(tars_sim_gpio_get(text("LED"), &level, &after) == 0 && level == 0 && after == before + 2);
  CHECK(tars_gpio_output(resource("SERVO1", TARS_RESOURCE_PWM), true) == -TARS_E_UNKNOWN);
}

/* PWM and analogue inputs. */
static void analogue(void) {
  uint16_t servo = resource("SERVO1", TARS_RESOURCE_PWM), input = resource("A0", TARS_RESOURCE_ADC);
  tars_sim_pwm state;
  CHECK(tars_pwm_configure(servo, 0) == -TARS_E_RANGE && tars_pwm_configure(servo, 50) == 0);
  tars_pwm_pulse_us(servo, 1500);
  CHECK(tars_sim_pwm_get(text("SERVO1"), &state) == 0 && state.pulse_us == 1500 && state.duty_pct == 7.5f && state.frequency_hz == 50);
  tars_pwm_release(servo);
  CHECK(tars_sim_pwm_get(text("SERVO1"), &state) == 0 && state.pulse_us == 0 && state.frequency_hz == 0);
  CHECK(tars_sim_adc_set(text("A0"), 1234) == 0 && tars_adc_read_mv(input) == 1234);
  CHECK(tars_adc_read_mv(servo) == -TARS_E_UNKNOWN);
}

/* Nobody at an address is a nack; a device has registers; a fault is the bench's to set. */
static void i2c(void) {
  uint16_t bus = resource("I2C2", TARS_RESOURCE_I2C);
  uint8_t reg = 4, bytes[2], written[] = {4, 0x12, 0x34};
  CHECK(tars_i2c_transfer(bus, 0x21, 400, &reg, 1, bytes, 2) == -TARS_E_NACK);
  CHECK(tars_sim_i2c_attach(text("I2C2"), 0x21, true) == 0);
  CHECK(tars_i2c_transfer(bus, 0x21, 400, written, sizeof written, NULL, 0) == 0);
  CHECK(tars_i2c_transfer(bus, 0x21, 400, &reg, 1, bytes, 2) == 0 && bytes[0] == 0x12 && bytes[1] == 0x34);
  CHECK(tars_sim_i2c_fault(text("I2C2"), 0x21, TARS_E_TIMEOUT, 1) == 0);
  CHECK(tars_i2c_transfer(bus, 0x21, 400, &reg, 1, bytes, 2) == -TARS_E_TIMEOUT);
  CHECK(tars_i2c_transfer(bus, 0x21, 400, &reg, 1, bytes, 2) == 0);
}

/* SPI reads and writes registers; a serial port keeps bytes in order and says how many wait. */
static void spi_and_uart(void) {
  uint16_t bus = resource("SPI1", TARS_RESOURCE_SPI), select = resource("PA4", TARS_RESOURCE_GPIO), port = resource("UART1", TARS_RESOURCE_UART);
  uint8_t value = 41, tx[] = {0x85, 0}, rx[2], out[TARS_SIM_UART_BYTES];
  CHECK(tars_sim_spi_set(text("SPI1"), text("PA4"), 5, (tars_bytes){&value, 1}) == 0);
  CHECK(tars_spi_transfer(bus, select, 0, 1000, tx, rx, 2) == 0 && rx[1] == 41);
  CHECK(tars_uart_configure(port, 0) == -TARS_E_RANGE && tars_uart_configure(port, 115200) == 0);
  CHECK(tars_uart_read(port) == -TARS_E_EMPTY);
  CHECK(tars_sim_uart_send(text("UART1"), (tars_bytes){(const uint8_t *)"ab", 2}) == 0 && seen.uarts == 1 && seen.waiting == 2);
  CHECK(tars_uart_read(port) == 'a' && tars_uart_read(port) == 'b' && tars_uart_read(port) == -TARS_E_EMPTY);
  CHECK(tars_uart_write(port, 'z') == 0 && tars_sim_uart_take(text("UART1"), out) == 1 && out[0] == 'z');
}

/* All of them. */
void conformance_peripherals(void) {
  inputs();
  outputs();
  analogue();
  i2c();
  spi_and_uart();
}
