/* The peripherals of the fake port. None may be touched with the core's lock held: a port may answer with an edge. */
#include "check.h"
#include "fake_port.h"
#include "tars_board.h"
#include "tars_errors.h"
#include "tars_hal.h"

#include <string.h>

uint16_t fake_resource(const char *name) {
  for (uint16_t i = 0; i < tars_board_resource_count; i++)
    if (strcmp(tars_board_resources[i].name, name) == 0) return i;
  CHECK(!"no such resource");
  return 0;
}

fake_pin *fake_pin_of(const char *name) { return &fake.pins[fake_resource(name)]; }

/* Level of an input: what drives it from outside. */
static void level_set(uint16_t resource, bool level) {
  fake_pin *pin = &fake.pins[resource];
  if (pin->level == level) return;
  pin->level = level;
  pin->edges++;
}

void fake_drive(const char *name, bool level) {
  uint16_t resource = fake_resource(name);
  fake.outside[resource] = level;
  if (fake.pins[resource].driven || fake.pins[resource].level == level) return;
  level_set(resource, level);
  tars_event_edge(resource, level, fake.now_us);
}

int tars_gpio_output(uint16_t resource, bool level) {
  CHECK(!fake_locked());
  fake.pins[resource].driven = fake.pins[resource].configured = true;
  level_set(resource, level);
  return 0;
}

int tars_gpio_input(uint16_t resource, int pull) {
  CHECK(!fake_locked());
  fake.pins[resource].driven = false;
  fake.pins[resource].configured = true;
  fake.pins[resource].pull = pull;
  level_set(resource, fake.outside[resource]);
  return 0;
}

void tars_gpio_write(uint16_t resource, bool level) {
  CHECK(!fake_locked());
  CHECK(fake.pins[resource].driven);
  level_set(resource, level);
  fake.now_us += fake.write_us;
  if (fake.on_write != NULL) fake.on_write();
}

bool tars_gpio_read(uint16_t resource) {
  CHECK(!fake_locked());
  return fake.pins[resource].level;
}

void tars_gpio_release(uint16_t resource) { fake.pins[resource].driven = fake.pins[resource].configured = false; }

int tars_pwm_configure(uint16_t resource, uint32_t frequency_hz) {
  CHECK(!fake_locked());
  fake.pins[resource].frequency = frequency_hz;
  fake.pins[resource].configured = true;
  return 0;
}

void tars_pwm_pulse_us(uint16_t resource, uint32_t pulse_us) {
  CHECK(!fake_locked());
  fake.pins[resource].pulse_us = pulse_us;
  fake.pins[resource].writes++;
}

void tars_pwm_duty_pct(uint16_t resource, float duty_pct) {
  CHECK(!fake_locked());
  fake.pins[resource].duty_pct = duty_pct;
  fake.pins[resource].writes++;
}

void tars_pwm_release(uint16_t resource) { fake.pins[resource].configured = false; }

int tars_adc_read_mv(uint16_t resource) {
  (void)resource;
  return fake.millivolts;
}

int tars_i2c_transfer(uint16_t resource, uint8_t address, uint32_t speed_khz, const uint8_t *tx, uint32_t tx_size,
                      uint8_t *rx, uint32_t rx_size) {
  (void)resource, (void)speed_khz;
  CHECK(!fake_locked());
  if (fake.i2c_error) return fake.i2c_error;
  if (address != 0x48) return -TARS_E_NACK;
  uint8_t reg = tx_size > 0 ? tx[0] : 0;
  for (uint32_t i = 1; i < tx_size; i++) fake.registers[(uint8_t)(reg + i - 1)] = tx[i];
  for (uint32_t i = 0; i < rx_size; i++) rx[i] = fake.registers[(uint8_t)(reg + i)];
  return 0;
}

int tars_spi_transfer(uint16_t resource, uint16_t select, uint8_t mode, uint32_t speed_khz, const uint8_t *tx,
                      uint8_t *rx, uint32_t size) {
  (void)resource, (void)select, (void)mode, (void)speed_khz;
  for (uint32_t i = 0; i < size; i++) rx[i] = (uint8_t)~tx[i];
  return 0;
}

void fake_receive(const char *name, uint32_t count, uint32_t lost) {
  fake.received += count;
  tars_event_uart(fake_resource(name), lost, fake.now_us);
}

int tars_uart_waiting(uint16_t resource) {
  (void)resource;
  return (int)fake.received;
}

int tars_uart_configure(uint16_t resource, uint32_t baud) {
  CHECK(!fake_locked());
  fake.received = 0;
  fake.pins[resource].frequency = baud;
  fake.pins[resource].writes++; /* configuring throws away what waits */
  return 0;
}

int tars_uart_write(uint16_t resource, uint8_t byte) {
  (void)resource, (void)byte;
  return -TARS_E_FULL;
}

int tars_uart_read(uint16_t resource) {
  (void)resource;
  CHECK(!fake_locked());
  if (fake.received == 0) return -TARS_E_EMPTY;
  return (int)fake.received--;
}
