/* Host calls on serial ports. */
#include "behaviour.h"
#include "tars_calls.h"
#include "tars_hal.h"

int tars_call_uart_write_u8(struct tars_behaviour *b, const tars_use *use, uint8_t byte, uint8_t *result) {
  *result = 0;
  int err = tars_uart_write(tars_handle_of(b, use)->resource, byte);
  return err < 0 ? err : 0;
}

int tars_call_uart_read_u8(struct tars_behaviour *b, const tars_use *use, uint8_t *result) {
  int byte = tars_uart_read(tars_handle_of(b, use)->resource);
  if (byte < 0) return byte;
  *result = (uint8_t)byte;
  return 0;
}
