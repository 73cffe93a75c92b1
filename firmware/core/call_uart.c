/* Serial ports: their beginning, what arrives, and their host calls. */
#include "behaviour.h"
#include "board.h" /* TARS_BOARD_CALLS_UART */
#include "event.h"
#include "outside.h"
#include "tars_calls.h"
#include "tars_hal.h"
#include "tars_kinds.h"

/* True if a version before has left a serial port at the speed of this handle. */
static bool port_goes_on(const tars_behaviour *b, uint8_t handle, const tars_behaviour *before) {
  const tars_use *mine = &b->manifest.uses[handle];
  for (uint8_t h = 0; before != NULL && h < before->manifest.uses_count; h++) {
    const tars_use *use = &before->manifest.uses[h];
    if (tars_use_same(use, mine)) return use->uart.baud == mine->uart.baud;
  }
  return false;
}

/* A port that goes on keeps the bytes that wait in it. */
static void setup(tars_behaviour *b, uint8_t handle, const tars_behaviour *before) {
  if (TARS_BOARD_CALLS_UART && !port_goes_on(b, handle, before))
    tars_uart_configure(b->handles[handle].resource, b->manifest.uses[handle].uart.baud);
}

const tars_input_ops tars_input_uart = { .setup = setup };

void tars_event_uart(uint16_t resource, uint32_t waiting, int64_t time_us) {
  tars_event_resource(TARS_KIND_UART, TARS_SOURCE_UART, resource, EVENT_ANY, time_us, (int32_t)waiting);
}

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
