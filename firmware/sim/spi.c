/* SPI buses with register devices: bit 7 of the first byte says read, the rest is the register, which counts up with
 * every byte after it. A chip select without a device reads as ones, like a line with a pull-up. */
#include "tars_sim.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_hal.h"    /* the interface implemented here */

#include <string.h>

enum { READ_BIT = 0x80, REGISTER_MASK = 0x7f, LINE_IDLE = 0xff };

/* The device on a chip select, NULL if there is none. Lock held. */
static tars_sim_spi *device_find(uint16_t bus, uint16_t select) {
  for (int i = 0; i < TARS_SIM_SPI_DEVICES; i++) {
    tars_sim_spi *device = &tars_world.spi[i];
    if (device->used && device->bus == bus && device->select == select) return device;
  }
  return NULL;
}

/* One transfer with a device. */
static void device_transfer(tars_sim_spi *device, const uint8_t *tx, uint8_t *rx, uint32_t size) {
  uint8_t reg = tx[0] & REGISTER_MASK;
  rx[0] = 0;
  for (uint32_t i = 1; i < size; i++, reg = (reg + 1) & REGISTER_MASK) {
    rx[i] = device->registers[reg];
    if (!(tx[0] & READ_BIT)) device->registers[reg] = tx[i];
  }
}

/* Selects a device, exchanges bytes, deselects it. */
int tars_spi_transfer(uint16_t resource, uint16_t select, uint8_t mode, uint32_t speed_khz, const uint8_t *tx,
                      uint8_t *rx, uint32_t size) {
  (void)mode;
  (void)speed_khz;
  if (size == 0) return 0;
  tars_sim_lock();
  tars_sim_spi *device = device_find(resource, select);
  if (device)
    device_transfer(device, tx, rx, size);
  else
    memset(rx, LINE_IDLE, size);
  tars_sim_unlock();
  return 0;
}

/* A free place for a device, NULL if there is none. Lock held. */
static tars_sim_spi *device_new(uint16_t bus, uint16_t select) {
  for (int i = 0; i < TARS_SIM_SPI_DEVICES; i++)
    if (!tars_world.spi[i].used) {
      tars_world.spi[i] = (tars_sim_spi){ .used = true, .bus = bus, .select = select };
      return &tars_world.spi[i];
    }
  return NULL;
}

/* Bench: sets registers of the device on a chip select; attaches one if there is none. */
int tars_sim_spi_set(tars_text bus, tars_text select, uint8_t reg, tars_bytes data) {
  int resource = tars_sim_find(bus, TARS_RESOURCE_SPI), pin = tars_sim_find(select, TARS_RESOURCE_GPIO);
  if (resource < 0 || pin < 0) return -TARS_E_UNKNOWN;
  if (reg + data.size > TARS_SIM_SPI_REGISTERS) return -TARS_E_RANGE;
  tars_sim_lock();
  tars_sim_spi *device = device_find((uint16_t)resource, (uint16_t)pin);
  if (!device) device = device_new((uint16_t)resource, (uint16_t)pin);
  if (device) memcpy(device->registers + reg, data.bytes, data.size);
  tars_sim_unlock();
  return device ? 0 : -TARS_E_FULL;
}

/* Bench: reads registers. */
int tars_sim_spi_get(tars_text bus, tars_text select, uint8_t reg, uint8_t count, uint8_t *data) {
  int resource = tars_sim_find(bus, TARS_RESOURCE_SPI), pin = tars_sim_find(select, TARS_RESOURCE_GPIO);
  if (resource < 0 || pin < 0) return -TARS_E_UNKNOWN;
  if (reg + count > TARS_SIM_SPI_REGISTERS) return -TARS_E_RANGE;
  tars_sim_lock();
  tars_sim_spi *device = device_find((uint16_t)resource, (uint16_t)pin);
  if (device) memcpy(data, device->registers + reg, count);
  tars_sim_unlock();
  return device ? 0 : -TARS_E_UNKNOWN;
}
