/* Host calls on SPI devices. */
#include "behaviour.h"
#include "bus.h"
#include "tars_calls.h"
#include "tars_hal.h"

#define READ_BIT 0x80

/* Selects the device, exchanges `size` bytes, deselects it. */
static int transfer(struct tars_behaviour *b, const tars_use *use, const uint8_t *tx, uint8_t *rx, uint32_t size) {
  const tars_handle *handle = tars_handle_of(b, use);
  int err = tars_bus_check(8 * size, use->spi.speed);
  if (!err) err = tars_spi_transfer(handle->resource, handle->select, use->spi.mode, use->spi.speed, tx, rx, size);
  return err < 0 ? err : 0;
}

int tars_call_spi_transfer_u8(struct tars_behaviour *b, const tars_use *use, uint8_t out, uint8_t *result) {
  return transfer(b, use, &out, result, 1);
}

/* Exchanges two bytes, the high byte first. */
int tars_call_spi_transfer_u16(struct tars_behaviour *b, const tars_use *use, uint16_t out, uint16_t *result) {
  uint8_t tx[] = { (uint8_t)(out >> 8), (uint8_t)out }, rx[2] = { 0 };
  int err = transfer(b, use, tx, rx, sizeof tx);
  *result = (uint16_t)(rx[0] << 8 | rx[1]);
  return err;
}

/* Sends the register's number with the read bit (bit 7) set, then reads its value. */
int tars_call_spi_read_u8(struct tars_behaviour *b, const tars_use *use, uint8_t reg, uint8_t *result) {
  uint8_t tx[] = { reg | READ_BIT, 0 }, rx[2] = { 0 };
  int err = transfer(b, use, tx, rx, sizeof tx);
  *result = rx[1];
  return err;
}

/* Sends the register's number with the read bit (bit 7) clear, then its value. */
int tars_call_spi_write_u8(struct tars_behaviour *b, const tars_use *use, uint8_t reg, uint8_t value, uint8_t *result) {
  uint8_t tx[] = { (uint8_t)(reg & ~READ_BIT), value }, rx[2];
  *result = 0;
  return transfer(b, use, tx, rx, sizeof tx);
}
