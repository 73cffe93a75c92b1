/* I2C1 leads to real wires through the board's two open-drain lines, which this file moves by hand; other buses are
 * simulated. */
#include "an500.h"
#include "port.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_hal.h"    /* the interface implemented here */
#include "tars_board.h"  /* names */
#include "tars_sim.h"

#include <string.h>

static uint32_t half_us; /* half a clock of the transfer that runs */

/* I2C1 has wires on this board; the other bus is simulated. */
bool tars_sim_i2c_is_simulated(uint16_t resource) { return strcmp(tars_board_resources[resource].name, "I2C1") != 0; }

/* Waits for half a period of the bus clock. */
static void half(void) {
  uint32_t begun = AN500_FPGAIO->counter;
  while (AN500_FPGAIO->counter - begun < half_us) {
  }
}

/* Sets the level of the data line. */
static void data(bool level) {
  if (level)
    AN500_I2C->set = AN500_SDA;
  else
    AN500_I2C->clear = AN500_SDA;
}

/* One clock with a level on the data line; returns the level that was there. */
static bool bit(bool level) {
  data(level);
  half();
  AN500_I2C->set = AN500_SCL;
  half();
  bool seen = AN500_I2C->set & AN500_SDA_LEVEL;
  AN500_I2C->clear = AN500_SCL;
  return seen;
}

/* Start, or repeated start: the data line falls while the clock is high. */
static void start(void) {
  data(true);
  half();
  AN500_I2C->set = AN500_SCL;
  half();
  data(false);
  half();
  AN500_I2C->clear = AN500_SCL;
}

/* Stop: the data line rises while the clock is high. */
static void stop(void) {
  data(false);
  half();
  AN500_I2C->set = AN500_SCL;
  half();
  data(true);
  half();
}

/* Sends a byte; true if it was acknowledged. */
static bool byte_send(uint8_t byte) {
  for (int i = 7; i >= 0; i--) bit(byte >> i & 1);
  return !bit(true);
}

/* Receives a byte; the last one isn't acknowledged. */
static uint8_t byte_receive(bool last) {
  uint8_t byte = 0;
  for (int i = 0; i < 8; i++) byte = (uint8_t)(byte << 1 | bit(true));
  bit(last);
  return byte;
}

/* One transfer between start and stop: 0 or -nack. */
static int transfer(uint8_t address, const uint8_t *tx, uint32_t tx_size, uint8_t *rx, uint32_t rx_size) {
  if (tx_size > 0 || rx_size == 0) {
    start();
    bool heard = byte_send((uint8_t)(address << 1));
    for (uint32_t i = 0; heard && i < tx_size; i++) heard = byte_send(tx[i]);
    if (!heard) return -TARS_E_NACK;
  }
  if (rx_size == 0) return 0;
  start();
  if (!byte_send((uint8_t)(address << 1 | 1))) return -TARS_E_NACK;
  for (uint32_t i = 0; i < rx_size; i++) rx[i] = byte_receive(i + 1 == rx_size);
  return 0;
}

/* One transfer on a bus. The core has checked that its wire time is short. */
int tars_i2c_transfer(uint16_t resource, uint8_t address, uint32_t speed_khz, const uint8_t *tx, uint32_t tx_size,
                      uint8_t *rx, uint32_t rx_size) {
  if (tars_sim_i2c_is_simulated(resource)) return tars_sim_i2c_transfer(resource, address, tx, tx_size, rx, rx_size);
  half_us = speed_khz >= 500 || speed_khz == 0 ? 1 : 500 / speed_khz;
  int err = transfer(address, tx, tx_size, rx, rx_size);
  stop();
  return err;
}
