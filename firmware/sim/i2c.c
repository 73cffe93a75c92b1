/* I2C buses with register devices: the first byte written is the register number, which counts up with every byte. */
#include "tars_sim.h"
#include "tars_errors.h" /* codes of the contract */

#include <string.h>

enum { ADDRESS_MAX = 0x7f };

/* The device at an address, NULL if none was ever attached. Lock held. */
static tars_sim_i2c *device_find(uint16_t bus, uint8_t address) {
  for (int i = 0; i < TARS_SIM_I2C_DEVICES; i++) {
    tars_sim_i2c *device = &tars_world.i2c[i];
    if (device->used && device->bus == bus && device->address == address) return device;
  }
  return NULL;
}

/* Makes the next transfer fail if a fault is set; 0 or a negative error. */
static int device_fault(tars_sim_i2c *device) {
  if (device->fault_count == 0 || device->fault == 0) return 0;
  device->fault_count--;
  return -(int)device->fault;
}

/* One transfer with a device. */
static int device_transfer(tars_sim_i2c *device, const uint8_t *tx, uint32_t tx_size, uint8_t *rx, uint32_t rx_size) {
  device->transfers++;
  int err = device_fault(device);
  if (err) return err;
  if (tx_size > 0) device->pointer = tx[0];
  for (uint32_t i = 1; i < tx_size; i++) device->registers[device->pointer++] = tx[i];
  for (uint32_t i = 0; i < rx_size; i++) rx[i] = device->registers[device->pointer++];
  return 0;
}

/* One transfer on a bus; nobody at the address: nack. */
int tars_sim_i2c_transfer(uint16_t resource, uint8_t address, const uint8_t *tx, uint32_t tx_size, uint8_t *rx,
                          uint32_t rx_size) {
  tars_sim_lock();
  tars_sim_i2c *device = device_find(resource, address);
  int err = device && device->present ? device_transfer(device, tx, tx_size, rx, rx_size) : -TARS_E_NACK;
  tars_sim_unlock();
  return err;
}

/* A free place for a device, NULL if there is none. Lock held. */
static tars_sim_i2c *device_new(uint16_t bus, uint8_t address) {
  for (int i = 0; i < TARS_SIM_I2C_DEVICES; i++) {
    tars_sim_i2c *device = &tars_world.i2c[i];
    if (!device->used || !device->present) {
      *device = (tars_sim_i2c){ .used = true, .bus = bus, .address = address };
      return device;
    }
  }
  return NULL;
}

/* Bench: attaches or detaches a device. One that comes back has its registers, its transfers count from 0. */
int tars_sim_i2c_attach(tars_text bus, uint8_t address, bool present) {
  int resource = tars_sim_find(bus, TARS_RESOURCE_I2C);
  if (resource < 0) return resource;
  if (!tars_sim_i2c_is_simulated((uint16_t)resource)) return -TARS_E_STATE;
  if (address > ADDRESS_MAX) return -TARS_E_RANGE;
  tars_sim_lock();
  tars_sim_i2c *device = device_find((uint16_t)resource, address);
  if (!device && present) device = device_new((uint16_t)resource, address);
  if (device) {
    device->present = present;
    device->transfers = 0;
  }
  tars_sim_unlock();
  return device || !present ? 0 : -TARS_E_FULL;
}

/* Finds an attached device and takes the lock; NULL without the lock if there is none. */
static tars_sim_i2c *device_lock(tars_text bus, uint8_t address) {
  int resource = tars_sim_find(bus, TARS_RESOURCE_I2C);
  if (resource < 0) return NULL;
  tars_sim_lock();
  tars_sim_i2c *device = device_find((uint16_t)resource, address);
  if (!device) tars_sim_unlock();
  return device;
}

/* Bench: sets registers. */
int tars_sim_i2c_set(tars_text bus, uint8_t address, uint8_t reg, tars_bytes data) {
  if (reg + data.size > TARS_SIM_I2C_REGISTERS) return -TARS_E_RANGE;
  tars_sim_i2c *device = device_lock(bus, address);
  if (!device) return -TARS_E_UNKNOWN;
  memcpy(device->registers + reg, data.bytes, data.size);
  tars_sim_unlock();
  return 0;
}

/* Bench: reads registers and the number of transfers. */
int tars_sim_i2c_get(tars_text bus, uint8_t address, uint8_t reg, uint8_t count, uint8_t *data, uint32_t *transfers) {
  if (reg + count > TARS_SIM_I2C_REGISTERS) return -TARS_E_RANGE;
  tars_sim_i2c *device = device_lock(bus, address);
  if (!device) return -TARS_E_UNKNOWN;
  memcpy(data, device->registers + reg, count);
  *transfers = device->transfers;
  tars_sim_unlock();
  return 0;
}

/* Bench: makes the next `count` transfers fail with an error that a transfer may return. */
int tars_sim_i2c_fault(tars_text bus, uint8_t address, uint8_t error, uint32_t count) {
  if (error != 0 && error != TARS_E_NACK && error != TARS_E_TIMEOUT && error != TARS_E_BUSY && error != TARS_E_IO)
    return -TARS_E_RANGE;
  tars_sim_i2c *device = device_lock(bus, address);
  if (!device) return -TARS_E_UNKNOWN;
  device->fault = error;
  device->fault_count = count;
  tars_sim_unlock();
  return 0;
}
