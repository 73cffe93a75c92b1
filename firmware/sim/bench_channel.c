/* The bench's channel: one client at a time. Events leave before the response to a request, so whoever has the response
 * to `advance` has seen every change before it. */
#include "tars_bench_port.h"
#include "tars_board.h" /* names */
#include "tars_os.h"    /* time */

#include <string.h>

static tars_channel channel;
static bool watching, power_wanted;

static const tars_channel_service service = {
  .message = tars_bench_message,
  .hello = TARS_BENCH_HELLO,
  .events_first = true,
  .request = tars_bench_run,
  .lock = tars_bench_lock,
  .unlock = tars_bench_unlock,
};

void tars_bench_open(uint8_t *ring, uint32_t size) { tars_channel_init(&channel, &service, ring, size); }

void tars_bench_feed(const uint8_t *bytes, uint32_t size) {
  for (uint32_t at = 0; at < size;) at += tars_channel_feed(&channel, bytes + at, size - at);
}

uint32_t tars_bench_take(uint8_t wire[TARS_CHANNEL_WIRE]) { return tars_channel_take(&channel, wire); }

uint32_t tars_bench_waiting(void) {
  tars_bench_lock();
  uint32_t used = channel.ring_used;
  tars_bench_unlock();
  return used;
}

/* Starts or stops the events of pins and channels. */
void tars_bench_watch(bool on) {
  tars_bench_lock();
  watching = on;
  tars_bench_unlock();
  if (!on) tars_channel_clear(&channel);
}

/* Queues a change; the first one that waits wakes the bench's task. */
static void event_put(uint8_t id, const void *event) {
  tars_bench_lock();
  bool first = watching && channel.ring_used == 0;
  if (watching) tars_channel_event(&channel, tars_bench_message(id), event);
  tars_bench_unlock();
  if (first) tars_bench_wake();
}

/* Name of a resource. */
static tars_text name_of(uint16_t resource) {
  const char *name = tars_board_resources[resource].name;
  return (tars_text){ name, (uint16_t)strlen(name) };
}

void tars_bench_edge(uint16_t resource, bool level) {
  event_put(TARS_BENCH_EDGE_EVENT, &(tars_bench_edge_event){ tars_os_now_us(), name_of(resource), level });
}

void tars_bench_pwm(uint16_t resource, uint32_t pulse_us, float duty_pct) {
  event_put(TARS_BENCH_PWM_EVENT, &(tars_bench_pwm_event){ tars_os_now_us(), name_of(resource), pulse_us, duty_pct });
}

void tars_bench_power_want(void) { power_wanted = true; }
bool tars_bench_power_wanted(void) { return power_wanted; }
