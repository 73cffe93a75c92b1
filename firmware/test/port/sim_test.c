/* The simulated peripherals and the NOR file, from both sides: as the core uses them and as the bench does. */
#include "check.h"
#include "board.h"
#include "port.h"
#include "tars_sim.h"
#include "tars.h"
#include "tars_errors.h"
#include "tars_hal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
  int edges, uarts, watch_edges, watch_pwms;
  uint16_t resource;
  bool level;
  uint32_t waiting, pulse_us;
} seen;

void tars_event_edge(uint16_t resource, bool level, int64_t time_us) {
  (void)time_us;
  seen.edges++;
  seen.resource = resource;
  seen.level = level;
}

void tars_event_uart(uint16_t resource, uint32_t waiting, int64_t time_us) {
  (void)time_us;
  seen.uarts++;
  seen.resource = resource;
  seen.waiting = waiting;
}

void tars_watch_edge(uint16_t resource, bool level) {
  seen.watch_edges++;
  seen.resource = resource;
  seen.level = level;
}

void tars_watch_pwm(uint16_t resource, uint32_t pulse_us, float duty_pct) {
  (void)resource;
  (void)duty_pct;
  seen.watch_pwms++;
  seen.pulse_us = pulse_us;
}

bool tars_idle(void) { return true; }
int64_t tars_next_deadline_us(void) { return INT64_MAX; }
void tars_worker_run(void) {}

/* Text of a literal. */
static tars_text text(const char *string) {
  return (tars_text){string, (uint16_t)strlen(string)};
}

/* Index of a resource. */
static uint16_t resource(const char *name, tars_resource_type type) {
  int index = tars_sim_find(text(name), type);
  CHECK(index >= 0);
  return (uint16_t)index;
}

/* Pulls, drives and outputs; only inputs that change tell the core. */
static void test_gpio(void) {
  uint16_t pin = resource("BUTTON", TARS_RESOURCE_GPIO), led = resource("LED", TARS_RESOURCE_GPIO);
  uint8_t level;
  uint32_t edges;
  CHECK_EQUAL(tars_gpio_input(pin, 1), 0);
  CHECK(tars_gpio_read(pin));
  CHECK_EQUAL(tars_sim_gpio_drive(text("BUTTON"), 0), 0);
  CHECK_EQUAL(seen.edges, 1);
  CHECK(!seen.level && !tars_gpio_read(pin));
  CHECK_EQUAL(tars_sim_gpio_drive(text("BUTTON"), 0), 0);
  CHECK_EQUAL(seen.edges, 1);
  CHECK_EQUAL(tars_sim_gpio_drive(text("BUTTON"), 2), 0);
  CHECK(seen.edges == 2 && seen.level);
  CHECK_EQUAL(tars_gpio_output(led, true), 0);
  tars_gpio_write(led, false);
  tars_gpio_write(led, false);
  CHECK_EQUAL(tars_sim_gpio_get(text("LED"), &level, &edges), 0);
  CHECK(level == 0 && edges == 2 && seen.edges == 2);
  CHECK_EQUAL(tars_sim_gpio_drive(text("LED"), 1), 0);
  CHECK(!tars_gpio_read(led)); /* an output keeps its level */
  tars_gpio_release(led);
  CHECK(tars_gpio_read(led));
  CHECK_EQUAL(tars_sim_gpio_drive(text("LED"), 3), -TARS_E_RANGE);
  CHECK_EQUAL(tars_sim_gpio_drive(text("SERVO1"), 1), -TARS_E_UNKNOWN);
}

/* Pulse and duty follow each other; only changes count. */
static void test_pwm(void) {
  uint16_t servo = resource("SERVO1", TARS_RESOURCE_PWM);
  tars_sim_pwm state;
  tars_pwm_pulse_us(servo, 1500);
  CHECK_EQUAL(seen.watch_pwms, 0); /* not configured */
  CHECK_EQUAL(tars_pwm_configure(servo, 50), 0);
  tars_pwm_pulse_us(servo, 1500);
  tars_pwm_pulse_us(servo, 1500);
  CHECK_EQUAL(tars_sim_pwm_get(text("SERVO1"), &state), 0);
  CHECK(state.pulse_us == 1500 && state.duty_pct == 7.5f && state.frequency_hz == 50 && state.writes == 1);
  tars_pwm_duty_pct(servo, 50.0f);
  CHECK_EQUAL(seen.pulse_us, 10000);
  tars_pwm_release(servo);
  CHECK_EQUAL(tars_sim_pwm_get(text("SERVO1"), &state), 0);
  CHECK(state.frequency_hz == 0 && state.pulse_us == 0 && state.writes == 3);
}

/* Voltages. */
static void test_adc(void) {
  uint16_t input = resource("A0", TARS_RESOURCE_ADC);
  CHECK_EQUAL(tars_sim_adc_set(text("A0"), 1234), 0);
  CHECK_EQUAL(tars_adc_read_mv(input), 1234);
  CHECK_EQUAL(tars_adc_read_mv(resource("LED", TARS_RESOURCE_GPIO)), -TARS_E_UNKNOWN);
}

/* Register devices with auto-increment; faults for a number of transfers; nobody there. */
static void test_i2c(void) {
  uint16_t bus = resource("I2C1", TARS_RESOURCE_I2C);
  uint8_t rx[3], data[3];
  uint32_t transfers;
  CHECK_EQUAL(tars_i2c_transfer(bus, 0x48, 100, (const uint8_t *)"\x02", 1, rx, 2), -TARS_E_NACK);
  CHECK_EQUAL(tars_sim_i2c_set(text("I2C1"), 0x48, 0, (tars_bytes){0}), -TARS_E_UNKNOWN);
  CHECK_EQUAL(tars_sim_i2c_attach(text("I2C1"), 0x48, true), 0);
  CHECK_EQUAL(tars_sim_i2c_set(text("I2C1"), 0x48, 2, (tars_bytes){(const uint8_t *)"\x12\x34\x56", 3}), 0);
  CHECK_EQUAL(tars_i2c_transfer(bus, 0x48, 100, (const uint8_t *)"\x02", 1, rx, 3), 0);
  CHECK(memcmp(rx, "\x12\x34\x56", 3) == 0);
  CHECK_EQUAL(tars_i2c_transfer(bus, 0x48, 100, (const uint8_t *)"\xff\xaa\xbb", 3, NULL, 0), 0);
  CHECK_EQUAL(tars_sim_i2c_get(text("I2C1"), 0x48, 0, 1, data, &transfers), 0);
  CHECK(data[0] == 0xbb && transfers == 2); /* the register number wraps */
  CHECK_EQUAL(tars_sim_i2c_fault(text("I2C1"), 0x48, TARS_E_TIMEOUT, 2), 0);
  CHECK_EQUAL(tars_i2c_transfer(bus, 0x48, 100, (const uint8_t *)"\x02", 1, rx, 1), -TARS_E_TIMEOUT);
  CHECK_EQUAL(tars_i2c_transfer(bus, 0x48, 100, (const uint8_t *)"\x02", 1, rx, 1), -TARS_E_TIMEOUT);
  CHECK_EQUAL(tars_i2c_transfer(bus, 0x48, 100, (const uint8_t *)"\x02", 1, rx, 1), 0);
  CHECK_EQUAL(tars_sim_i2c_fault(text("I2C1"), 0x48, TARS_E_TRAP, 1), -TARS_E_RANGE);
  CHECK_EQUAL(tars_sim_i2c_attach(text("I2C1"), 0x48, false), 0);
  CHECK_EQUAL(tars_i2c_transfer(bus, 0x48, 100, (const uint8_t *)"\x02", 1, rx, 1), -TARS_E_NACK);
  CHECK_EQUAL(tars_sim_i2c_attach(text("I2C1"), 0x80, true), -TARS_E_RANGE);
}

/* Bit 7 reads; another chip select reads as ones. */
static void test_spi(void) {
  uint16_t bus = resource("SPI1", TARS_RESOURCE_SPI);
  uint16_t select = resource("PA4", TARS_RESOURCE_GPIO), other = resource("PA5", TARS_RESOURCE_GPIO);
  uint8_t rx[3], data[2];
  CHECK_EQUAL(tars_sim_spi_set(text("SPI1"), text("PA4"), 0x10, (tars_bytes){(const uint8_t *)"\x77\x88", 2}), 0);
  CHECK_EQUAL(tars_spi_transfer(bus, select, 0, 1000, (const uint8_t *)"\x90\0\0", rx, 3), 0);
  CHECK(rx[1] == 0x77 && rx[2] == 0x88);
  CHECK_EQUAL(tars_spi_transfer(bus, select, 0, 1000, (const uint8_t *)"\x10\x99", rx, 2), 0);
  CHECK_EQUAL(tars_sim_spi_get(text("SPI1"), text("PA4"), 0x10, 2, data), 0);
  CHECK(data[0] == 0x99 && data[1] == 0x88);
  CHECK_EQUAL(tars_spi_transfer(bus, other, 0, 1000, (const uint8_t *)"\x90\0", rx, 2), 0);
  CHECK(rx[0] == 0xff && rx[1] == 0xff);
  CHECK_EQUAL(tars_sim_spi_set(text("SPI1"), text("PA4"), 0x7f, (tars_bytes){(const uint8_t *)"\x77\x88", 2}), -TARS_E_RANGE);
}

/* Bytes both ways, and both ways full. */
static void test_uart(void) {
  uint16_t port = resource("UART1", TARS_RESOURCE_UART);
  uint8_t bytes[TARS_SIM_UART_BYTES] = {0};
  CHECK_EQUAL(tars_uart_configure(port, 115200), 0);
  CHECK_EQUAL(tars_uart_read(port), -TARS_E_EMPTY);
  CHECK_EQUAL(tars_sim_uart_send(text("UART1"), (tars_bytes){(const uint8_t *)"abc", 3}), 0);
  CHECK(seen.uarts == 1 && seen.waiting == 3);
  CHECK_EQUAL(tars_uart_read(port), 'a');
  CHECK_EQUAL(tars_sim_uart_send(text("UART1"), (tars_bytes){bytes, sizeof bytes}), -TARS_E_FULL);
  for (int i = 0; i < TARS_SIM_UART_BYTES; i++)
    CHECK_EQUAL(tars_uart_write(port, (uint8_t)i), 0);
  CHECK_EQUAL(tars_uart_write(port, 0), -TARS_E_FULL);
  CHECK_EQUAL(tars_sim_uart_take(text("UART1"), bytes), TARS_SIM_UART_BYTES);
  CHECK(bytes[7] == 7);
}

/* NOR rules of the flash file. */
static void test_flash(void) {
  char state[] = "/tmp/tars-sim-test-XXXXXX", path[64];
  uint8_t bytes[16], zeros[16] = {0}, ones[16];
  uint32_t erases, programs;
  memset(ones, 0xff, sizeof ones);
  CHECK(mkdtemp(state) != NULL);
  tars_flash_open(state);
  CHECK_EQUAL(tars_flash_read(4096, bytes, sizeof bytes), 0);
  CHECK(memcmp(bytes, ones, sizeof ones) == 0);
  CHECK_EQUAL(tars_flash_program(4096, zeros, sizeof zeros), 0);
  CHECK_EQUAL(tars_flash_program(4096, ones, sizeof ones), -TARS_E_IO); /* sets bits */
  CHECK_EQUAL(tars_flash_program(4100, zeros, sizeof zeros), -TARS_E_RANGE);
  CHECK_EQUAL(tars_flash_erase(4097), -TARS_E_RANGE);
  CHECK_EQUAL(tars_flash_erase(TARS_BOARD_FLASH_SIZE), -TARS_E_RANGE);
  CHECK_EQUAL(tars_flash_erase(4096), 0);
  CHECK_EQUAL(tars_flash_program(4096, ones, sizeof ones), 0);
  tars_flash_fault(TARS_E_IO, 1);
  CHECK_EQUAL(tars_flash_erase(4096), 0);
  CHECK_EQUAL(tars_flash_erase(4096), -TARS_E_IO);
  CHECK_EQUAL(tars_flash_program(4096, zeros, sizeof zeros), -TARS_E_IO);
  tars_flash_fault(0, 0);
  CHECK_EQUAL(tars_flash_program(4096, zeros, sizeof zeros), 0);
  tars_flash_counters(&erases, &programs);
  CHECK(erases == 2 && programs == 4);
  snprintf(path, sizeof path, "%s/flash.bin", state);
  struct stat status;
  CHECK(stat(path, &status) == 0 && status.st_size == TARS_BOARD_FLASH_SIZE);
  unlink(path);
  rmdir(state);
}

/* Runs them. */
int main(void) {
  test_gpio();
  test_pwm();
  test_adc();
  test_i2c();
  test_spi();
  test_uart();
  test_flash();
  return check_report("sim");
}
