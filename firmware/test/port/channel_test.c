/* Channels: responses, duplicates, late answers, events that don't fit, console text between frames. */
#include "check.h"
#include "tars_channel.h"
#include "tars_errors.h"
#include "tars_link.h"

#include <string.h>

static int runs, code;
static char typed[32];

/* Counts requests; `list` answers with its index as the number of faults. */
static int request_run(tars_channel *channel, const tars_message *message, const void *body, void *response) {
  (void)channel;
  runs++;
  if (message->id == TARS_LINK_LIST)
    ((tars_link_list_response *)response)->faults = ((const tars_link_list_request *)body)->index;
  return code;
}

/* Keeps what is typed. */
static void console_byte(tars_channel *channel, uint8_t byte) {
  (void)channel;
  strncat(typed, (const char *)&byte, 1);
}

static void nothing(void) {}

static const tars_channel_service service = { .message = tars_link_message,
                                              .hello = TARS_LINK_HELLO,
                                              .request = request_run,
                                              .console = console_byte,
                                              .lock = nothing,
                                              .unlock = nothing };
static const tars_channel_service bench_service = { .message = tars_link_message,
                                                    .hello = TARS_LINK_HELLO,
                                                    .events_first = true,
                                                    .request = request_run,
                                                    .lock = nothing,
                                                    .unlock = nothing };

static tars_channel channel;
static tars_frame_receiver host;
static uint8_t ring[600];

static void ask(uint8_t id, uint16_t seq, const void *body) {
  uint8_t encoded[TARS_FRAME_BODY], wire[TARS_FRAME_WIRE];
  int size = tars_message_encode(tars_link_message(id), body, encoded, sizeof encoded);
  tars_frame frame = { .id = id, .seq = seq, .body = encoded, .size = (uint32_t)size };
  int wire_size = tars_frame_encode(&frame, wire, sizeof wire);
  tars_channel_feed(&channel, wire, (uint32_t)wire_size);
}

/* Takes the next item; true if it is a frame. Console text is left in `text`. */
static bool take(tars_frame *frame, char text[64]) {
  uint8_t wire[TARS_FRAME_WIRE];
  uint32_t size = tars_channel_take(&channel, wire), used = 0;
  bool found = false;
  for (uint32_t i = 0; i < size; i++) {
    tars_received what = tars_frame_receive(&host, wire[i], frame);
    found |= what == TARS_RECEIVED_FRAME;
    if (what == TARS_RECEIVED_CONSOLE && used < 63) text[used++] = (char)wire[i];
  }
  text[used] = '\0';
  return found;
}

/* Takes a response to `list` and gives its number of faults, or the negative error. */
static int64_t take_list(uint16_t seq) {
  tars_frame frame;
  char text[64];
  int got = 0;
  tars_link_list_response response;
  if (!take(&frame, text) || !frame.response || frame.id != TARS_LINK_LIST || frame.seq != seq) return INT64_MIN;
  CHECK_EQUAL(tars_response_decode(tars_link_message(frame.id), frame.body, frame.size, &got, &response), 0);
  return got ? got : (int64_t)response.faults;
}

/* A repeated request is answered from memory and runs once. */
static void test_duplicates(void) {
  runs = 0;
  ask(TARS_LINK_LIST, 1, &(tars_link_list_request){ .index = 5 });
  CHECK_EQUAL(take_list(1), 5);
  ask(TARS_LINK_LIST, 1, &(tars_link_list_request){ .index = 5 });
  ask(TARS_LINK_LIST, 1, &(tars_link_list_request){ .index = 5 });
  CHECK_EQUAL(take_list(1), 5);
  CHECK_EQUAL(take_list(1), INT64_MIN); /* one response is enough */
  CHECK_EQUAL(runs, 1);
  ask(TARS_LINK_LIST, 2, &(tars_link_list_request){ .index = 6 });
  CHECK_EQUAL(take_list(2), 6);
  CHECK_EQUAL(runs, 2);
}

/* `hello` with the same number and another nonce is a new session. */
static void test_hello(void) {
  tars_frame frame;
  char text[64];
  runs = 0;
  ask(TARS_LINK_HELLO, 1, &(tars_link_hello_request){ .nonce = 1 });
  CHECK(take(&frame, text) && frame.id == TARS_LINK_HELLO && frame.response);
  ask(TARS_LINK_HELLO, 1, &(tars_link_hello_request){ .nonce = 1 });
  CHECK(take(&frame, text));
  CHECK_EQUAL(runs, 1);
  ask(TARS_LINK_HELLO, 1, &(tars_link_hello_request){ .nonce = 2 });
  CHECK(take(&frame, text));
  CHECK_EQUAL(runs, 2);
}

/* A request that is worked on: duplicates do nothing, the answer comes once, and late answers to older ones are
 * dropped. */
static void test_later(void) {
  tars_link_list_response response = { .faults = 9 };
  code = TARS_CHANNEL_LATER;
  runs = 0;
  ask(TARS_LINK_LIST, 10, &(tars_link_list_request){ 0 });
  ask(TARS_LINK_LIST, 10, &(tars_link_list_request){ 0 });
  CHECK_EQUAL(runs, 1);
  CHECK_EQUAL(take_list(10), INT64_MIN);
  tars_channel_answer(&channel, 0, &response);
  CHECK_EQUAL(take_list(10), 9);
  code = -TARS_E_UNKNOWN;
  ask(TARS_LINK_LIST, 11, &(tars_link_list_request){ 0 });
  tars_channel_answer(&channel, 0, &response);
  CHECK_EQUAL(take_list(11), -TARS_E_UNKNOWN);
  CHECK_EQUAL(take_list(11), INT64_MIN);
  code = 0;
}

/* A stream of requests is taken one by one, each with its answer; one that can't be taken now holds back what follows.
 */
static void test_stream(void) {
  uint8_t wire[3 * TARS_FRAME_WIRE];
  uint32_t size = 0, at = 0;
  code = 0;
  for (uint16_t i = 0; i < 3; i++) {
    uint8_t body[16];
    int body_size = tars_message_encode(tars_link_message(TARS_LINK_LIST), &(tars_link_list_request){ .index = i },
                                        body, sizeof body);
    tars_frame frame = { .id = TARS_LINK_LIST, .seq = (uint16_t)(30 + i), .body = body, .size = (uint32_t)body_size };
    size += (uint32_t)tars_frame_encode(&frame, wire + size, TARS_FRAME_WIRE);
  }
  for (uint16_t i = 0; i < 3; i++) {
    code = i == 1 ? TARS_CHANNEL_AGAIN : 0;
    at += tars_channel_feed(&channel, wire + at, size - at);
    if (i != 1) CHECK_EQUAL(take_list((uint16_t)(30 + i)), i);
    if (i != 1) continue;
    for (int tries = 0; tries < 3; tries++) {
      CHECK_EQUAL(tars_channel_feed(&channel, wire + at, size - at), 0);
      CHECK_EQUAL(take_list(31), INT64_MIN);
    }
    code = 0;
    CHECK_EQUAL(tars_channel_feed(&channel, wire + at, size - at), 0);
    CHECK_EQUAL(take_list(31), 1);
  }
  CHECK_EQUAL(at, size);
}

/* Requests that nobody knows, and bodies that aren't theirs, are answered with an error under their own id. */
static void test_malformed(void) {
  uint8_t wire[TARS_FRAME_WIRE];
  tars_frame request = { .id = 63, .seq = 20, .body = (const uint8_t *)"\x80", .size = 1 }, frame;
  char text[64];
  runs = 0;
  int size = tars_frame_encode(&request, wire, sizeof wire);
  tars_channel_feed(&channel, wire, (uint32_t)size);
  CHECK(take(&frame, text) && frame.id == 63 && frame.response && frame.seq == 20);
  request.id = TARS_LINK_LIST;
  request.seq = 21;
  size = tars_frame_encode(&request, wire, sizeof wire);
  tars_channel_feed(&channel, wire, (uint32_t)size);
  CHECK_EQUAL(take_list(21), -TARS_E_INVALID);
  request.seq = 22;
  size = tars_frame_encode(&request, wire, sizeof wire);
  wire[3] ^= 0x40;
  tars_channel_feed(&channel, wire, (uint32_t)size);
  CHECK(!take(&frame, text));
  CHECK_EQUAL(channel.receiver.damaged, 1);
  CHECK_EQUAL(runs, 0);
}

/* Events wait in order; one that doesn't fit is missing in their numbers and leaves the others whole. */
static void test_events(void) {
  tars_frame frame;
  char text[64];
  int taken = 0;
  uint16_t last = 0;
  tars_link_status_event event = { .time = 1, .behaviour = { "behaviour", 9 }, .status = 1 };
  for (int i = 0; i < 100; i++) tars_channel_event(&channel, tars_link_message(TARS_LINK_STATUS_EVENT), &event);
  CHECK(channel.dropped > 0);
  while (take(&frame, text)) {
    taken++;
    CHECK(frame.id == TARS_LINK_STATUS_EVENT && !frame.response && frame.seq == last + 1);
    last = frame.seq;
  }
  CHECK_EQUAL(taken + (int)channel.dropped, 100);
  tars_channel_event(&channel, tars_link_message(TARS_LINK_STATUS_EVENT), &event);
  CHECK(take(&frame, text));
  CHECK_EQUAL(frame.seq, 101);
}

/* Text and frames share the wire; a link sends the response first, a bench the events. */
static void test_console_and_order(void) {
  tars_frame frame;
  char text[64];
  tars_link_status_event event = { .time = 1 };
  tars_channel_print(&channel, "hello you");
  tars_channel_event(&channel, tars_link_message(TARS_LINK_STATUS_EVENT), &event);
  ask(TARS_LINK_LIST, 30, &(tars_link_list_request){ .index = 3 });
  CHECK_EQUAL(take_list(30), 3);
  tars_channel_feed(&channel, (const uint8_t *)"hi\r", 3);
  CHECK(strcmp(typed, "hi\r") == 0);
  CHECK(take(&frame, text) && frame.id == TARS_LINK_STATUS_EVENT);
  CHECK(!take(&frame, text) && strcmp(text, "hello you") == 0);
  channel.service = &bench_service;
  tars_channel_event(&channel, tars_link_message(TARS_LINK_STATUS_EVENT), &event);
  ask(TARS_LINK_LIST, 31, &(tars_link_list_request){ .index = 4 });
  CHECK(take(&frame, text) && frame.id == TARS_LINK_STATUS_EVENT);
  CHECK_EQUAL(take_list(31), 4);
}

int main(void) {
  tars_channel_init(&channel, &service, ring, sizeof ring);
  tars_frame_receiver_init(&host);
  test_duplicates();
  test_hello();
  test_later();
  test_stream();
  test_malformed();
  test_events();
  test_console_and_order();
  return check_report("channel");
}
