/* Serial ports: their beginning, what arrives, and their host calls. */
#include "board.h" /* TARS_BOARD_CALLS_UART */
#include "core.h"
#include "enter.h"
#include "event.h"
#include "log.h"
#include "tars_calls.h"
#include "tars_hal.h"
#include "tars_kinds.h"
#include "tars_os.h"

/* True if a version before has left a serial port at the speed of this handle. */
static bool port_goes_on(const tars_behaviour *b, uint8_t handle, const tars_behaviour *before) {
  const tars_use *mine = &b->manifest.uses[handle];
  for (uint8_t h = 0; before != NULL && h < before->manifest.uses_count; h++) {
    const tars_use *use = &before->manifest.uses[h];
    if (tars_use_same(use, mine)) return use->uart.baud == mine->uart.baud;
  }
  return false;
}

/* A port that goes on keeps the bytes that wait in it; so does that of a behaviour that begins again. */
static void setup(tars_behaviour *b, uint8_t h, const tars_behaviour *before) {
  tars_handle *handle = &b->handles[h];
  if (!TARS_BOARD_CALLS_UART) return;
  bool again = before == NULL && b->side != SIDE_BACK; /* what comes back may find the port as a stranger left it */
  bool goes_on = again ? handle->uart.ready : port_goes_on(b, h, before);
  if (!goes_on) tars_uart_configure(handle->resource, b->manifest.uses[h].uart.baud);
  handle->uart.ready = true;
}

/* Announces the bytes that wait, if there are any. */
static void announce(tars_behaviour *b, uint8_t h, int64_t time_us) {
  int waiting = TARS_BOARD_CALLS_UART ? tars_uart_waiting(b->handles[h].resource) : 0;
  if (waiting > 0) tars_event_source(b, TARS_SOURCE_UART, h, EVENT_LATEST, time_us, waiting);
}

/* True if the reaction that has ended was to bytes of this port. */
static bool was_told(const tars_behaviour *b, uint8_t h) {
  if (b->event.source <= 0) return false;
  const tars_source *source = &b->manifest.sources[b->event.source - 1];
  return source->kind == TARS_SOURCE_UART && source->uart.handle == h;
}

/* Bytes that wait are announced again, but not to a reaction that was told of them and took none: a behaviour that
 * never reads its port would have no rest. */
static void after(tars_behaviour *b, uint8_t h) {
  tars_handle *handle = &b->handles[h];
  if (handle->uart.taken)
    handle->uart.taken = handle->uart.full = false;
  else if (was_told(b, h))
    return;
  announce(b, h, tars_os_now_us());
}

const tars_input_ops tars_input_uart = { .setup = setup, .after = after };

/* Bytes that the port could not hold are counted; one line of the log says so until some are taken. */
static void lose(tars_behaviour *b, tars_handle *handle, uint32_t lost, int64_t time_us) {
  static const char text[] = "serial port full: bytes are lost";
  b->stats.dropped += lost;
  if (!handle->uart.full) tars_log_add(b, (tars_text){ text, sizeof text - 1 }, b->put, 0, 0, time_us);
  handle->uart.full = true;
}

void tars_event_uart(uint16_t resource, uint32_t lost, int64_t time_us) {
  tars_os_lock();
  tars_due_enter(time_us);
  for (uint8_t i = 0; i < tars_core.app.count; i++) {
    tars_behaviour *b = tars_core.app.behaviours[i];
    for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
      if (b->manifest.uses[h].kind != TARS_KIND_UART || b->handles[h].resource != resource) continue;
      if (lost > 0) lose(b, &b->handles[h], lost, time_us);
      announce(b, h, time_us);
    }
  }
  tars_os_unlock();
}

int tars_call_uart_write_u8(struct tars_behaviour *b, const tars_use *use, uint8_t byte, uint8_t *result) {
  *result = 0;
  int err = tars_uart_write(tars_handle_of(b, use)->resource, byte);
  return err < 0 ? err : 0;
}

int tars_call_uart_read_u8(struct tars_behaviour *b, const tars_use *use, uint8_t *result) {
  tars_handle *handle = tars_handle_of(b, use);
  int byte = tars_uart_read(handle->resource);
  if (byte < 0) return byte;
  handle->uart.taken = true;
  *result = (uint8_t)byte;
  return 0;
}
