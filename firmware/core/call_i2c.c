/* Host calls on I2C devices with 8-bit registers. */
#include "behaviour.h"
#include "bus.h"
#include "tars_calls.h"
#include "tars_hal.h"

/* Bits on the wire beside the data: start, repeated start and stop. Each byte of 8 bits is followed by an
 * acknowledgement. */
#define FRAMING_BITS  3
#define BITS_PER_BYTE 9

/* One transfer: writes `tx`, then reads `rx_size` bytes after a repeated start, unless `rx_size` is 0. */
static int transfer(struct tars_behaviour *b, const tars_use *use, const uint8_t *tx, uint32_t tx_size, uint8_t *rx,
                    uint32_t rx_size) {
  const tars_use_i2c *i2c = &use->i2c;
  uint32_t bytes = 1 + tx_size + (rx_size > 0 ? 1 + rx_size : 0);
  int err = tars_bus_check(FRAMING_BITS + BITS_PER_BYTE * bytes, i2c->speed);
  return err ? err
             : tars_i2c_transfer(tars_handle_of(b, use)->resource, i2c->address, i2c->speed, tx, tx_size, rx, rx_size);
}

/* Reads a register of two bytes, the high byte first. */
static int read16(struct tars_behaviour *b, const tars_use *use, uint8_t reg, uint16_t *word) {
  uint8_t rx[2] = { 0 };
  int err = transfer(b, use, &reg, 1, rx, sizeof rx);
  *word = (uint16_t)(rx[0] << 8 | rx[1]);
  return err < 0 ? err : 0;
}

int tars_call_i2c_read_i16be(struct tars_behaviour *b, const tars_use *use, uint8_t reg, int16_t *result) {
  uint16_t word;
  int err = read16(b, use, reg, &word);
  *result = (int16_t)word;
  return err;
}

int tars_call_i2c_read_u16be(struct tars_behaviour *b, const tars_use *use, uint8_t reg, uint16_t *result) {
  return read16(b, use, reg, result);
}

int tars_call_i2c_read_u8(struct tars_behaviour *b, const tars_use *use, uint8_t reg, uint8_t *result) {
  int err = transfer(b, use, &reg, 1, result, 1);
  return err < 0 ? err : 0;
}

int tars_call_i2c_write_u8(struct tars_behaviour *b, const tars_use *use, uint8_t reg, uint8_t value, uint8_t *result) {
  uint8_t tx[] = { reg, value };
  *result = 0;
  int err = transfer(b, use, tx, sizeof tx, NULL, 0);
  return err < 0 ? err : 0;
}

int tars_call_i2c_write_u16be(struct tars_behaviour *b, const tars_use *use, uint8_t reg, uint16_t value,
                              uint8_t *result) {
  uint8_t tx[] = { reg, (uint8_t)(value >> 8), (uint8_t)value };
  *result = 0;
  int err = transfer(b, use, tx, sizeof tx, NULL, 0);
  return err < 0 ? err : 0;
}
