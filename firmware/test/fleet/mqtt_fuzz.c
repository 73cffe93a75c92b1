/* Brokers that send anything: packets of every kind, changed, cut, doubled, in pieces. What comes out must lie in what
 * came in (the sanitizers watch the reads), and an honest packet after an honest start is always understood. */
#include "mqtt_fuzz.h"

#include "check.h"
#include "fake_stream.h"
#include "tars_mqtt.h"

#include <string.h>

enum { SESSIONS = 40000, STEPS = 200 };

static uint32_t state = 0x9e3779b9;

static uint32_t random_below(uint32_t bound) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % bound;
}

/* Sends one packet that an honest broker might send. */
static void packet_put(void) {
  static const uint8_t small[][5] = {
    { 0x40, 2, 0, 1 }, { 0xd0, 0 }, { 0xb0, 2, 0, 3 }, { 0x90, 3, 0, 9, 1 }, { 0x20, 2, 1, 0 }
  };
  static const uint8_t sizes[] = { 4, 2, 4, 5, 4 };
  uint32_t kind = random_below(8);
  if (kind < 5)
    fake_stream_put(small[kind], sizes[kind]);
  else
    fake_stream_publish(kind == 5 ? "t" : "tars/v1/fleet/d/00/cmd", (uint16_t)random_below(3), 'f',
                        random_below(kind == 7 ? 12000 : 300));
}

/* Changes some bytes of what was sent. */
static void spoil(uint32_t from) {
  uint32_t changes = random_below(4);
  for (uint32_t i = 0; i < changes && stream.in_size > from; i++)
    stream.in[from + random_below(stream.in_size - from)] = (uint8_t)random_below(256);
  if (random_below(8) == 0) stream.in_size -= random_below(stream.in_size - from + 1);
}

/* Reads every byte of a message, so that a sanitizer sees one that is not there. */
static uint32_t sum_of(const tars_mqtt_event *event) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < event->topic.size; i++) sum += (uint8_t)event->topic.text[i];
  for (uint32_t i = 0; event->kind == TARS_MQTT_MESSAGE && i < event->payload.size; i++) sum += event->payload.bytes[i];
  return sum;
}

/* Runs one session with a broker; returns how many messages came out. */
static uint32_t session_run(void) {
  static const uint8_t connack[] = { 0x20, 2, 0, 0 };
  tars_mqtt_event event;
  uint32_t messages = 0, sum = 0;
  fake_stream_reset();
  stream.piece = 1 + random_below(random_below(2) ? 10 : 9000);
  tars_mqtt_connect(&(tars_mqtt_connection){ "d", "", "", "w", { (const uint8_t *)"x", 1 } }, 0);
  if (random_below(16)) fake_stream_put(connack, sizeof connack);
  uint32_t from = stream.in_size;
  for (uint32_t count = random_below(4) + 1; count; count--) packet_put();
  spoil(from);
  for (int step = 0; step < STEPS && tars_mqtt_poll(step, &event) == 0 && event.bytes > 0; step++) {
    messages += event.kind == TARS_MQTT_MESSAGE || event.kind == TARS_MQTT_TOO_LONG;
    sum += sum_of(&event);
    tars_mqtt_release(step);
  }
  return messages + (sum & 0);
}

void mqtt_fuzz(void) {
  uint32_t messages = 0;
  for (int i = 0; i < SESSIONS; i++) messages += session_run();
  CHECK(messages > SESSIONS / 4); /* the changes leave enough to look at */
}
