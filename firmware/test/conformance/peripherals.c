/* Pins with pulls and edges, buses, PWM, analogue inputs, serial ports: as the core uses them and as the bench drives
 * them. */
#include "conformance.h"
#include "tars.h"
#include "tars_errors.h"
#include "tars_hal.h"
#include "tars_sim.h"

#include <string.h>

static struct {
  int edges, uarts;
  bool level;
  uint32_t lost;
} seen;

/* The port calls these functions of the core; the suite counts what it is told. */
void tars_event_edge(uint16_t resource, bool level, int64_t time_us) {
  (void)resource, (void)time_us;
  seen.edges++;
  seen.level = level;
}
void tars_event_uart(uint16_t resource, uint32_t lost, int64_t time_us) {
  (void)resource, (void)time_us;
  seen.uarts++;
  seen.lost += lost;
}

static tars_text text(const char *string) { return (tars_text){ string, (uint16_t)strlen(string) }; }

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
  CHECK(tars_sim_gpio_drive(text("SERVO1"), 1) == -TARS_E_UNKNOWN);
  tars_gpio_release(pin);
  CHECK(tars_sim_gpio_drive(text("PA0"), 1) == 0 && seen.edges == before + 2);
}

/* Outputs have the level that they were given, whatever drives them, and tell the core nothing. */
static void outputs(void) {
  uint16_t pin = resource("LED", TARS_RESOURCE_GPIO);
  uint8_t level;
  uint32_t before, after;
  int told = seen.edges;
  CHECK(tars_sim_gpio_get(text("LED"), &level, &before) == 0);
  CHECK(tars_gpio_output(pin, true) == 0 && tars_gpio_read(pin));
  tars_gpio_write(pin, false);
  tars_gpio_write(pin, false);
  CHECK(tars_sim_gpio_get(text("LED"), &level, &after) == 0 && level == 0 && after == before + 2);
  CHECK(tars_sim_gpio_drive(text("LED"), 1) == 0 && !tars_gpio_read(pin) && seen.edges == told);
  tars_gpio_release(pin);
  CHECK(tars_gpio_read(pin));
  CHECK(tars_gpio_output(resource("SERVO1", TARS_RESOURCE_PWM), true) == -TARS_E_UNKNOWN);
}

/* Pulse and duty follow each other; only changes count, and nothing before there is a frequency. */
static void pwm(void) {
  uint16_t servo = resource("SERVO1", TARS_RESOURCE_PWM);
  tars_sim_pwm before, state;
  CHECK(tars_sim_pwm_get(text("SERVO1"), &before) == 0);
  tars_pwm_pulse_us(servo, 1500);
  CHECK(tars_pwm_configure(servo, 0) == -TARS_E_RANGE && tars_pwm_configure(servo, 50) == 0);
  tars_pwm_pulse_us(servo, 1500);
  tars_pwm_pulse_us(servo, 1500);
  CHECK(tars_sim_pwm_get(text("SERVO1"), &state) == 0 && state.pulse_us == 1500 && state.duty_pct == 7.5f &&
        state.frequency_hz == 50);
  CHECK(state.writes == before.writes + 1);
  tars_pwm_duty_pct(servo, 50.0f);
  CHECK(tars_sim_pwm_get(text("SERVO1"), &state) == 0 && state.pulse_us == 10000);
  tars_pwm_release(servo);
  CHECK(tars_sim_pwm_get(text("SERVO1"), &state) == 0 && state.pulse_us == 0 && state.frequency_hz == 0 &&
        state.writes == before.writes + 3);
}

/* An analogue input reads the millivolts that the bench applies. */
static void adc(void) {
  CHECK(tars_sim_adc_set(text("A0"), 1234) == 0 && tars_adc_read_mv(resource("A0", TARS_RESOURCE_ADC)) == 1234);
  CHECK(tars_adc_read_mv(resource("SERVO1", TARS_RESOURCE_PWM)) == -TARS_E_UNKNOWN);
}

/* Reads from register 2 of the device at 0x21. */
static int i2c_read(uint16_t bus, uint8_t *bytes, uint32_t count) {
  return tars_i2c_transfer(bus, 0x21, 400, (const uint8_t *)"\x02", 1, bytes, count);
}

/* Nobody at an address is a nack; a device has registers, whose number counts on and wraps; faults are the bench's to
 * set. */
static void i2c(void) {
  uint16_t bus = resource("I2C2", TARS_RESOURCE_I2C);
  uint8_t bytes[3];
  uint32_t before, transfers;
  CHECK(i2c_read(bus, bytes, 2) == -TARS_E_NACK);
  CHECK(tars_sim_i2c_set(text("I2C2"), 0x21, 0, (tars_bytes){ 0 }) == -TARS_E_UNKNOWN);
  CHECK(tars_sim_i2c_attach(text("I2C2"), 0x80, true) == -TARS_E_RANGE);
  CHECK(tars_sim_i2c_attach(text("I2C2"), 0x21, true) == 0);
  CHECK(tars_sim_i2c_set(text("I2C2"), 0x21, 2, (tars_bytes){ (const uint8_t *)"\x12\x34\x56", 3 }) == 0);
  CHECK(i2c_read(bus, bytes, 3) == 0 && memcmp(bytes, "\x12\x34\x56", 3) == 0);
  CHECK(tars_sim_i2c_get(text("I2C2"), 0x21, 0, 1, bytes, &before) == 0);
  CHECK(tars_i2c_transfer(bus, 0x21, 400, (const uint8_t *)"\xff\xaa\xbb", 3, NULL, 0) == 0);
  CHECK(tars_sim_i2c_get(text("I2C2"), 0x21, 0, 1, bytes, &transfers) == 0 && bytes[0] == 0xbb &&
        transfers == before + 1);
  CHECK(tars_sim_i2c_fault(text("I2C2"), 0x21, TARS_E_TRAP, 1) == -TARS_E_RANGE);
  CHECK(tars_sim_i2c_fault(text("I2C2"), 0x21, TARS_E_TIMEOUT, 2) == 0);
  for (int fault = 0; fault < 2; fault++) CHECK(i2c_read(bus, bytes, 2) == -TARS_E_TIMEOUT);
  CHECK(i2c_read(bus, bytes, 2) == 0);
  CHECK(tars_sim_i2c_attach(text("I2C2"), 0x21, false) == 0 && i2c_read(bus, bytes, 2) == -TARS_E_NACK);
}

/* Bit 7 of the first byte reads; behind another chip select is nobody, which reads as ones. */
static void spi(void) {
  uint16_t bus = resource("SPI1", TARS_RESOURCE_SPI), select = resource("PA4", TARS_RESOURCE_GPIO),
           other = resource("PA5", TARS_RESOURCE_GPIO);
  uint8_t bytes[3];
  CHECK(tars_sim_spi_set(text("SPI1"), text("PA4"), 0x10, (tars_bytes){ (const uint8_t *)"\x77\x88", 2 }) == 0);
  CHECK(tars_spi_transfer(bus, select, 0, 1000, (const uint8_t *)"\x90\0\0", bytes, 3) == 0 && bytes[1] == 0x77 &&
        bytes[2] == 0x88);
  CHECK(tars_spi_transfer(bus, select, 0, 1000, (const uint8_t *)"\x10\x99", bytes, 2) == 0);
  CHECK(tars_sim_spi_get(text("SPI1"), text("PA4"), 0x10, 2, bytes) == 0 && bytes[0] == 0x99 && bytes[1] == 0x88);
  CHECK(tars_spi_transfer(bus, other, 0, 1000, (const uint8_t *)"\x90\0", bytes, 2) == 0 && bytes[0] == 0xff &&
        bytes[1] == 0xff);
  CHECK(tars_sim_spi_set(text("SPI1"), text("PA4"), 0x7f, (tars_bytes){ (const uint8_t *)"\x77\x88", 2 }) ==
        -TARS_E_RANGE);
}

/* A serial port keeps bytes in order, says how many wait, and is full at some point, both ways; what doesn't fit is
 * lost and told. */
static void uart(void) {
  uint16_t port = resource("UART1", TARS_RESOURCE_UART);
  uint8_t bytes[TARS_SIM_UART_BYTES] = { 0 };
  bool all = true;
  CHECK(tars_uart_configure(port, 0) == -TARS_E_RANGE && tars_uart_configure(port, 115200) == 0);
  CHECK(tars_uart_read(port) == -TARS_E_EMPTY);
  CHECK(tars_uart_waiting(port) == 0);
  CHECK(tars_sim_uart_send(text("UART1"), (tars_bytes){ (const uint8_t *)"ab", 2 }) == 0 && seen.uarts == 1 &&
        seen.lost == 0 && tars_uart_waiting(port) == 2);
  CHECK(tars_sim_uart_send(text("UART1"), (tars_bytes){ bytes, sizeof bytes }) == 0 && seen.uarts == 2 &&
        seen.lost == 2 && tars_uart_waiting(port) == TARS_SIM_UART_BYTES);
  CHECK(tars_uart_read(port) == 'a' && tars_uart_read(port) == 'b' &&
        tars_uart_waiting(port) == TARS_SIM_UART_BYTES - 2);
  CHECK(tars_uart_configure(port, 115200) == 0 && tars_uart_waiting(port) == 0 &&
        tars_uart_read(port) == -TARS_E_EMPTY);
  for (int i = 0; i < TARS_SIM_UART_BYTES; i++) all = all && tars_uart_write(port, (uint8_t)i) == 0;
  CHECK(all && tars_uart_write(port, 0) == -TARS_E_FULL);
  CHECK(tars_sim_uart_take(text("UART1"), bytes) == TARS_SIM_UART_BYTES && bytes[0] == 0 && bytes[7] == 7);
}

void conformance_peripherals(void) {
  inputs();
  outputs();
  pwm();
  adc();
  i2c();
  spi();
  uart();
}
