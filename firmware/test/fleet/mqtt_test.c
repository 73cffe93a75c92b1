/* The MQTT client: sessions, messages that are held, packets in pieces and too long, silence, brokers that break the
 * rules. */
#include "check.h"
#include "fake_stream.h"
#include "mqtt_fuzz.h"
#include "tars_errors.h" /* codes */
#include "tars_mqtt.h"

#include <string.h>

static const uint8_t connack[] = { 0x20, 2, 0, 0 };
enum { SECOND_US = 1000000, HALF = TARS_MQTT_KEEP_ALIVE_S / 2 * SECOND_US };

/* Opens a session that the broker has accepted. */
static void joined(void) {
  static const uint8_t will[] = { 1, 2, 3 };
  tars_mqtt_event event;
  fake_stream_reset();
  CHECK_EQUAL(
      tars_mqtt_connect(&(tars_mqtt_connection){ "device", "user", "password", "will", { will, sizeof will } }, 0), 0);
  fake_stream_put(connack, sizeof connack);
  CHECK_EQUAL(tars_mqtt_poll(0, &event), 0);
  CHECK_EQUAL(event.kind, TARS_MQTT_CONNECTED);
  stream.out_size = 0;
}

/* Polls until there is an event, or nothing comes any more. */
static int polled(int64_t now_us, tars_mqtt_event *event) {
  int err;
  do err = tars_mqtt_poll(now_us, event);
  while (!err && event->kind == TARS_MQTT_NOTHING && event->bytes > 0);
  return err;
}

/* The connection asks for a session that lasts, with a retained will of QoS 1. */
static void connect_test(void) {
  static const uint8_t will[] = { 1 };
  tars_mqtt_event event;
  fake_stream_reset();
  CHECK_EQUAL(tars_mqtt_connect(&(tars_mqtt_connection){ "d", "u", "p", "w", { will, 1 } }, 0), 0);
  CHECK_EQUAL(polled(0, &event), 0);
  static const uint8_t wanted[] = { 0x10, 25, 0,   4, 'M', 'Q', 'T', 'T', 4, 0xec, 0, TARS_MQTT_KEEP_ALIVE_S,
                                    0,    1,  'd', 0, 1,   'w', 0,   1,   1, 0,    1, 'u',
                                    0,    1,  'p' };
  CHECK_EQUAL(stream.out_size, sizeof wanted);
  CHECK(memcmp(stream.out, wanted, sizeof wanted) == 0);
  CHECK_EQUAL(polled(9 * SECOND_US, &event), 0);
  CHECK_EQUAL(polled(10 * SECOND_US, &event), -TARS_E_TIMEOUT);
}

/* A broker that refuses, or speaks before it has accepted. */
static void refusal_test(void) {
  static const struct {
    uint8_t bytes[8];
    uint32_t size;
    int code;
  } answers[] = {
    { { 0x20, 2, 0, 5 }, 4, -TARS_E_DENIED },                 /* not authorised */
    { { 0x20, 3, 0, 0x87, 0 }, 5, -TARS_E_DENIED },           /* the same of MQTT 5 */
    { { 0xe0, 2, 0x8b, 0 }, 4, -TARS_E_DENIED },              /* it shuts down, in MQTT 5 */
    { "HTTP/1.", 7, -TARS_E_INVALID },                        /* the beginning of something else */
    { { 0x40, 2, 0, 1 }, 4, -TARS_E_INVALID },                /* an acknowledgement */
    { { 0x30, 3, 0, 1, 't' }, 5, -TARS_E_INVALID },           /* a message */
    { { 0x20, 3, 0, 0, 0 }, 5, -TARS_E_INVALID },             /* an answer that is too long */
    { { 0x20, 0xff, 0xff, 0xff, 0xff }, 5, -TARS_E_INVALID }, /* a length of five bytes */
    { { 0xf0, 0 }, 2, -TARS_E_INVALID },                      /* no packet of MQTT */
  };
  for (unsigned i = 0; i < sizeof answers / sizeof *answers; i++) {
    tars_mqtt_event event;
    fake_stream_reset();
    tars_mqtt_connect(&(tars_mqtt_connection){ "d", "", "", "w", { (const uint8_t *)"x", 1 } }, 0);
    fake_stream_put(answers[i].bytes, answers[i].size);
    CHECK_EQUAL(polled(0, &event), answers[i].code);
  }
}

/* A message is the same however its packet is cut, and a publication meanwhile doesn't touch it. */
static void held_test(void) {
  for (uint32_t piece = 1; piece < 40; piece++) {
    tars_mqtt_event event, next;
    joined();
    stream.piece = piece;
    fake_stream_publish("topic/a", 7, 'a', 20);
    fake_stream_publish("topic/b", 8, 'b', 3);
    CHECK_EQUAL(polled(0, &event), 0);
    CHECK_EQUAL(event.kind, TARS_MQTT_MESSAGE);
    CHECK(event.topic.size == 7 && memcmp(event.topic.text, "topic/a", 7) == 0);
    CHECK_EQUAL(event.payload.size, 20);
    uint8_t noise[900];
    memset(noise, 0xee, sizeof noise);
    CHECK_EQUAL(
        tars_mqtt_publish(&(tars_mqtt_publication){ .topic = "up", .payload = { noise, sizeof noise }, .id = 9 }), 0);
    uint32_t taken = stream.in_at;
    CHECK_EQUAL(polled(0, &next), 0);
    CHECK_EQUAL(next.kind, TARS_MQTT_NOTHING);
    CHECK_EQUAL(stream.in_at, taken); /* the second one waits at the broker */
    for (uint32_t i = 0; i < event.payload.size; i++) CHECK_EQUAL(event.payload.bytes[i], 'a');
    stream.out_size = 0;
    tars_mqtt_release(0);
    CHECK_EQUAL(polled(0, &event), 0);
    CHECK_EQUAL(event.kind, TARS_MQTT_MESSAGE);
    CHECK(event.payload.size == 3 && event.payload.bytes[2] == 'b');
    static const uint8_t puback[] = { 0x40, 2, 0, 7 };
    CHECK(stream.out_size == sizeof puback && memcmp(stream.out, puback, sizeof puback) == 0);
  }
}

/* The largest packet fits; one byte more is dropped, acknowledged and said, and what follows is read. */
static void too_long_test(void) {
  enum { HEAD = 1 + 2 + 2 + 1 + 2 }; /* type, length, topic with its length, id */
  for (uint32_t piece = 1; piece < 5000; piece = piece * 3 + 1) {
    tars_mqtt_event event;
    joined();
    stream.piece = piece;
    fake_stream_publish("t", 1, 'x', TARS_MQTT_RECEIVE - HEAD);
    fake_stream_publish("t", 2, 'y', TARS_MQTT_RECEIVE - HEAD + 1);
    fake_stream_publish("u", 3, 'z', 30000);
    fake_stream_publish("v", 4, 'w', 5);
    CHECK_EQUAL(polled(0, &event), 0);
    CHECK_EQUAL(event.kind, TARS_MQTT_MESSAGE);
    CHECK_EQUAL(event.payload.size, TARS_MQTT_RECEIVE - HEAD);
    tars_mqtt_release(0);
    for (int i = 0; i < 2; i++) {
      CHECK_EQUAL(polled(0, &event), 0);
      CHECK_EQUAL(event.kind, TARS_MQTT_TOO_LONG);
      CHECK_EQUAL(event.topic.text[0], "tu"[i]);
    }
    stream.out_size = 0;
    CHECK_EQUAL(polled(0, &event), 0);
    CHECK_EQUAL(event.kind, TARS_MQTT_MESSAGE);
    CHECK(event.payload.size == 5 && event.payload.bytes[4] == 'w');
    CHECK_EQUAL(stream.out[stream.out_size - 1], 3); /* the last one that was dropped is acknowledged */
  }
}

/* A topic longer than the buffer, in a packet that is longer still: nothing behind the buffer is looked at. */
static void long_topic_test(void) {
  static const uint8_t head[] = { 0x32, 0xf0, 0xa2, 0x04, 0xff, 0xff }; /* 70,000 bytes, 65,535 of them topic */
  static uint8_t rest[TARS_MQTT_RECEIVE];
  tars_mqtt_event event;
  joined();
  fake_stream_put(head, sizeof head);
  fake_stream_put(rest, sizeof rest);
  CHECK_EQUAL(polled(0, &event), -TARS_E_INVALID);
}

/* A publisher of QoS 0 may say nothing, which is how a retained message is cleared, or very little. */
static void short_test(void) {
  tars_mqtt_event event;
  joined();
  for (uint32_t size = 0; size < 3; size++) {
    fake_stream_publish("t", 0, 'x', size);
    CHECK_EQUAL(polled(0, &event), 0);
    CHECK_EQUAL(event.kind, TARS_MQTT_MESSAGE);
    CHECK_EQUAL(event.payload.size, size);
    tars_mqtt_release(0);
  }
}

/* A full buffer refuses publications, never acknowledgements; it goes on where the stream stopped. */
static void full_test(void) {
  uint8_t bytes[1000] = { 0 };
  tars_mqtt_event event;
  int count = 0;
  joined();
  stream.room = 100;
  while (tars_mqtt_publish(&(tars_mqtt_publication){ .topic = "t", .payload = { bytes, sizeof bytes }, .id = 1 }) == 0)
    count++;
  CHECK_EQUAL(count, 4);
  CHECK_EQUAL(tars_mqtt_publish(&(tars_mqtt_publication){ .topic = "t", .payload = { bytes, sizeof bytes }, .id = 1 }),
              -TARS_E_FULL);
  CHECK_EQUAL(tars_mqtt_publish(&(tars_mqtt_publication){ .topic = "t", .payload = { bytes, 5000 }, .id = 1 }),
              -TARS_E_TOO_LONG);
  for (uint16_t id = 1; id < 100; id++) fake_stream_publish("t", id, 0, 1);
  int taken = 0;
  while (polled(0, &event) == 0 && event.kind == TARS_MQTT_MESSAGE) {
    tars_mqtt_release(0);
    taken++;
  }
  CHECK(taken >= 16 && taken < 99); /* more would find no room for their acknowledgements */
  stream.room = UINT32_MAX;
  while (polled(0, &event) == 0 && event.kind == TARS_MQTT_MESSAGE) {
    tars_mqtt_release(0);
    taken++;
  }
  CHECK_EQUAL(taken, 99);
  CHECK_EQUAL(stream.out_size, 4 * (1000 + 2 + 1 + 2 + 3) + 99 * 4);
}

/* Silence: a ping after half the keep-alive, the end ten seconds later; while a message is held nobody is given up. */
static void silence_test(void) {
  static const uint8_t pingresp[] = { 0xd0, 0 };
  tars_mqtt_event event;
  joined();
  CHECK_EQUAL(tars_mqtt_deadline_us(), HALF);
  CHECK_EQUAL(polled(HALF - 1, &event), 0);
  CHECK_EQUAL(stream.out_size, 0);
  CHECK_EQUAL(polled(HALF, &event), 0);
  CHECK(stream.out_size == 2 && stream.out[0] == 0xc0);
  fake_stream_put(pingresp, sizeof pingresp);
  CHECK_EQUAL(polled(HALF + SECOND_US, &event), 0);
  CHECK_EQUAL(polled(2 * HALF, &event), 0);
  CHECK_EQUAL(stream.out_size, 4);
  CHECK_EQUAL(polled(3 * HALF, &event), -TARS_E_TIMEOUT);
  joined();
  fake_stream_publish("t", 5, 0, 1);
  CHECK_EQUAL(polled(0, &event), 0);
  for (int64_t now_us = 0; now_us < 60 * SECOND_US; now_us += SECOND_US) CHECK_EQUAL(polled(now_us, &event), 0);
  CHECK(stream.out_size >= 2 * 5); /* but the broker hears from us */
  tars_mqtt_release(60 * SECOND_US);
  CHECK_EQUAL(polled(61 * SECOND_US, &event), 0);
}

/* A broker that sends but takes nothing is given up, however full the buffer is; nobody is asked to look again at
 * once. */
static void stuck_test(void) {
  static const uint8_t bytes[1304];
  for (uint32_t size = 1300; size < sizeof bytes;
       size++) { /* three fit, and each size leaves another rest of an acknowledgement */
    tars_mqtt_event event;
    joined();
    stream.room = 0;
    while (tars_mqtt_publish(&(tars_mqtt_publication){ .topic = "t", .payload = { bytes, size }, .id = 1 }) == 0) {
    }
    for (uint16_t id = 1; id < 200; id++) fake_stream_publish("t", id, 0, 1);
    while (polled(0, &event) == 0 && event.kind == TARS_MQTT_MESSAGE) tars_mqtt_release(0);
    CHECK_EQUAL(polled(HALF, &event), 0);
    CHECK(tars_mqtt_deadline_us() > HALF);
    CHECK_EQUAL(polled(2 * HALF, &event), -TARS_E_TIMEOUT);
  }
}

/* Acknowledgements bring their ids; a refused subscription ends the session; QoS 2 is never spoken. */
static void answers_test(void) {
  static const uint8_t acks[] = { 0x40, 2, 1, 2, 0x90, 3, 0, 9, 1 };
  static const uint8_t refused[] = { 0x90, 3, 0, 9, 0x80 }, exactly_once[] = { 0x34, 6, 0, 1, 't', 0, 1, 'x' };
  tars_mqtt_event event;
  const char *filters[] = { "a", "b/+" };
  joined();
  CHECK_EQUAL(tars_mqtt_subscribe(filters, 2, 9), 0);
  fake_stream_put(acks, sizeof acks);
  CHECK_EQUAL(polled(0, &event), 0);
  CHECK(event.kind == TARS_MQTT_ACKED && event.id == 0x102);
  CHECK_EQUAL(polled(0, &event), 0);
  CHECK(event.kind == TARS_MQTT_ACKED && event.id == 9);
  static const uint8_t subscribe[] = { 0x82, 12, 0, 9, 0, 1, 'a', 1, 0, 3, 'b', '/', '+', 1 };
  CHECK(stream.out_size == sizeof subscribe && memcmp(stream.out, subscribe, sizeof subscribe) == 0);
  fake_stream_put(refused, sizeof refused);
  CHECK_EQUAL(polled(0, &event), -TARS_E_DENIED);
  joined();
  fake_stream_put(exactly_once, sizeof exactly_once);
  CHECK_EQUAL(polled(0, &event), -TARS_E_INVALID);
  joined();
  stream.error = -TARS_E_IO;
  CHECK_EQUAL(polled(0, &event), -TARS_E_IO);
}

/* However much a broker sends: a poll takes one packet, and says how long it was and whether it was asked for. */
static void flood_test(void) {
  static const uint8_t pingresp[] = { 0xd0, 0 }, puback[] = { 0x40, 2, 0, 7 };
  tars_mqtt_event event;
  joined();
  for (int i = 0; i < 100; i++) fake_stream_put(pingresp, sizeof pingresp);
  for (int i = 0; i < 100; i++) {
    CHECK_EQUAL(tars_mqtt_poll(0, &event), 0);
    CHECK(event.kind == TARS_MQTT_NOTHING && event.bytes == sizeof pingresp && !event.asked);
  }
  CHECK_EQUAL(tars_mqtt_poll(0, &event), 0);
  CHECK_EQUAL(event.bytes, 0);
  CHECK_EQUAL(tars_mqtt_publish(&(tars_mqtt_publication){ .topic = "t", .payload = { puback, 1 }, .id = 7 }), 0);
  for (int i = 0; i < 2; i++) fake_stream_put(puback, sizeof puback);
  for (int i = 0; i < 2; i++) {
    CHECK_EQUAL(tars_mqtt_poll(0, &event), 0);
    CHECK(event.kind == TARS_MQTT_ACKED && event.asked == (i == 0)); /* one was owed */
  }
  joined();
  fake_stream_publish("t", 1, 'x', 3 * TARS_MQTT_RECEIVE);
  uint32_t bytes = 0;
  for (int i = 0; i < 20; i++) {
    CHECK_EQUAL(tars_mqtt_poll(0, &event), 0);
    CHECK(event.bytes <= TARS_MQTT_RECEIVE);
    bytes += event.bytes;
  }
  CHECK_EQUAL(bytes, stream.in_size - sizeof connack);
}

/* While the client pauses nothing is received, but the broker hears from it; then it goes on. */
static void pause_test(void) {
  tars_mqtt_event event;
  joined();
  fake_stream_publish("t", 1, 'x', 1);
  tars_mqtt_pause(SECOND_US);
  CHECK_EQUAL(tars_mqtt_poll(SECOND_US - 1, &event), 0);
  CHECK_EQUAL(event.bytes, 0);
  CHECK_EQUAL(tars_mqtt_deadline_us(), SECOND_US);
  CHECK_EQUAL(tars_mqtt_poll(SECOND_US, &event), 0);
  CHECK_EQUAL(event.kind, TARS_MQTT_MESSAGE);
  tars_mqtt_release(SECOND_US);
  CHECK(tars_mqtt_deadline_us() > SECOND_US);
}

int main(void) {
  flood_test();
  pause_test();
  connect_test();
  refusal_test();
  held_test();
  too_long_test();
  long_topic_test();
  short_test();
  full_test();
  silence_test();
  stuck_test();
  answers_test();
  mqtt_fuzz();
  return check_report("mqtt");
}
