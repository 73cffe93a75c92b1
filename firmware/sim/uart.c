/* Serial ports of the board: two rings of bytes. Speed is not modelled. */
#include "tars_sim.h"
#include "tars.h"        /* tars_event_uart */
#include "tars_errors.h" /* codes of the contract */
#include "tars_hal.h"    /* the interface implemented here */
#include "tars_os.h"     /* time */

typedef struct {
  uint8_t bytes[TARS_SIM_UART_BYTES];
  uint32_t first, count;
} ring;

static struct { ring in, out; /* seen from the board */ } ports[TARS_SIM_RESOURCES];

/* Appends a byte; false if the ring is full. */
static bool ring_put(ring *self, uint8_t byte) {
  if (self->count == TARS_SIM_UART_BYTES) return false;
  self->bytes[(self->first + self->count++) % TARS_SIM_UART_BYTES] = byte;
  return true;
}

/* Takes the oldest byte, -empty if there is none. */
static int ring_take(ring *self) {
  if (self->count == 0) return -TARS_E_EMPTY;
  uint8_t byte = self->bytes[self->first];
  self->first = (self->first + 1) % TARS_SIM_UART_BYTES;
  self->count--;
  return byte;
}

/* True for a resource that is a serial port. */
static bool is_port(uint16_t resource) {
  return resource < tars_board_resource_count && tars_board_resources[resource].type == TARS_RESOURCE_UART;
}

/* Empties a port; any speed will do. */
int tars_uart_configure(uint16_t resource, uint32_t baud) {
  if (!is_port(resource)) return -TARS_E_UNKNOWN;
  if (baud == 0) return -TARS_E_RANGE;
  tars_sim_lock();
  ports[resource].in.count = ports[resource].out.count = 0;
  tars_sim_unlock();
  return 0;
}

/* Queues a byte for sending. */
int tars_uart_write(uint16_t resource, uint8_t byte) {
  if (!is_port(resource)) return -TARS_E_UNKNOWN;
  tars_sim_lock();
  bool stored = ring_put(&ports[resource].out, byte);
  tars_sim_unlock();
  return stored ? 0 : -TARS_E_FULL;
}

/* Takes the oldest byte received. */
int tars_uart_read(uint16_t resource) {
  if (!is_port(resource)) return -TARS_E_UNKNOWN;
  tars_sim_lock();
  int byte = ring_take(&ports[resource].in);
  tars_sim_unlock();
  return byte;
}

/* Bytes received that wait. */
int tars_uart_waiting(uint16_t resource) {
  if (!is_port(resource)) return -TARS_E_UNKNOWN;
  tars_sim_lock();
  int waiting = (int)ports[resource].in.count;
  tars_sim_unlock();
  return waiting;
}

/* Bench: bytes arrive. Those behind the last for which there is room are lost, as on a line. */
int tars_sim_uart_send(tars_text bus, tars_bytes data) {
  int resource = tars_sim_find(bus, TARS_RESOURCE_UART);
  if (resource < 0) return resource;
  tars_sim_lock();
  ring *in = &ports[resource].in;
  uint32_t lost = 0;
  for (uint32_t i = 0; i < data.size; i++) lost += !ring_put(in, data.bytes[i]);
  tars_sim_unlock();
  if (data.size > 0) tars_event_uart((uint16_t)resource, lost, tars_os_now_us());
  return 0;
}

/* Bench: takes what the board has sent. */
int tars_sim_uart_take(tars_text bus, uint8_t *data) {
  int resource = tars_sim_find(bus, TARS_RESOURCE_UART);
  if (resource < 0) return resource;
  tars_sim_lock();
  int count = 0;
  while (ports[resource].out.count > 0) data[count++] = (uint8_t)ring_take(&ports[resource].out);
  tars_sim_unlock();
  return count;
}
