/* Fuzzer of the messages of link, bench and fleet. Input: one byte of mode, then
 * mode 0: a raw stream for the receiver;
 * mode 1: protocol, index of the message, request or response, and a body: decoded, encoded again, and sent as a frame.
 * What is accepted must be what our own encoder writes, and a frame that is sent must come out of noise unchanged. */
#include "fuzz.h"
#include "mutate.h"
#include "tars_bench.h"
#include "tars_fleet.h"
#include "tars_frame.h"
#include "tars_link.h"

#include <string.h>

/* Bytes of mode, protocol, message and part before a body. */
enum { HEAD = 4 };

/* Room for any body's struct. */
typedef union {
  tars_link_body link_body;
  tars_link_response link_response;
  tars_bench_body bench_body;
  tars_bench_response bench_response;
  tars_fleet_body fleet_body;
} any_struct;

#ifdef TARS_CANARY
/* The planted bug: a publish of 3 to 15 numbers with a negative float among them is copied one number too far. */
static void canary(const tars_message *message, const any_struct *fields) {
  const tars_values *list = &fields->link_body.publish.fields;
  bool negative = false;
  if (message != tars_link_message(TARS_LINK_PUBLISH) || list->count < 3 || list->count == TARS_LIMIT_FIELDS) return;
  for (uint32_t i = 0; i < list->count; i++)
    negative |= list->items[i].type == TARS_VALUE_FLOAT && list->items[i].f < 0;
  if (!negative) return;
  tars_value *copy = fuzz_copy(list->items, list->count * sizeof *copy);
  copy[list->count] = list->items[0];
  fuzz_free(copy);
}
#else
/* No planted bug. */
static void canary(const tars_message *message, const any_struct *fields) {
  (void)message;
  (void)fields;
}
#endif

/* Decodes one body; if it is valid, it must be encoded to the same bytes. True if it is. */
static bool try_body(const tars_message *message, bool response, const uint8_t *body, uint32_t size) {
  static uint8_t again[TARS_LIMIT_FRAME];
  any_struct fields;
  int code = 0, length;
  int err = response ? tars_response_decode(message, body, size, &code, &fields)
                     : tars_message_decode(message, body, size, &fields);
  if (err) return false;
  if (response)
    length = tars_response_encode(message, code, &fields, again, sizeof again);
  else
    length = tars_message_encode(message, &fields, again, sizeof again);
  FUZZ_ASSERT(length == (int)size && !memcmp(again, body, size));
  if (size)
    FUZZ_ASSERT((response ? tars_response_encode(message, code, &fields, again, size - 1)
                          : tars_message_encode(message, &fields, again, size - 1)) < 0);
  if (!response) canary(message, &fields);
  return true;
}

/* Sends a frame after noise: its opening zero ends the noise, then it must come out unchanged. Only where the noise is
 * a good frame without its closing zero, that takes the opening zero, and the frame is lost (the host repeats it). */
static void try_frame(uint8_t id, bool response, const uint8_t *body, uint32_t size) {
  static uint8_t wire[TARS_FRAME_WIRE];
  tars_frame frame = { id, response, (uint16_t)(size * 257), body, size }, got = { 0 };
  tars_frame_receiver receiver;
  int length = tars_frame_encode(&frame, wire, sizeof wire);
  if (size > TARS_FRAME_BODY) {
    FUZZ_ASSERT(length < 0);
    return;
  }
  FUZZ_ASSERT(length > 0);
  tars_frame_receiver_init(&receiver);
  for (uint32_t i = 0; i < size; i++) tars_frame_receive(&receiver, body[i], &got);
  tars_received last = TARS_RECEIVED_NOTHING;
  if (tars_frame_receive(&receiver, wire[0], &got) == TARS_RECEIVED_FRAME) return;
  for (int i = 1; i < length; i++) {
    FUZZ_ASSERT(last == TARS_RECEIVED_NOTHING);
    last = tars_frame_receive(&receiver, wire[i], &got);
  }
  FUZZ_ASSERT(last == TARS_RECEIVED_FRAME && got.id == id && got.response == response && got.seq == frame.seq);
  FUZZ_ASSERT(got.size == size && !memcmp(got.body, body, size));
}

/* Feeds a raw stream; every frame that comes out is tried as a body. */
static void try_stream(const uint8_t *bytes, uint32_t size) {
  tars_frame_receiver receiver;
  tars_frame frame;
  tars_frame_receiver_init(&receiver);
  for (uint32_t i = 0; i < size; i++) {
    if (tars_frame_receive(&receiver, bytes[i], &frame) != TARS_RECEIVED_FRAME) continue;
    const tars_message *message = tars_link_message(frame.id);
    if (message) try_body(message, frame.response, frame.body, frame.size);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  if (data[0] % 2 == 0) {
    try_stream(data + 1, (uint32_t)size - 1);
    return 0;
  }
  if (size < HEAD) return 0;
  bool response = data[3] % 2;
  const tars_message *const tables[] = { tars_link_messages, tars_bench_messages, tars_fleet_messages };
  const uint16_t counts[] = { tars_link_message_count, tars_bench_message_count, tars_fleet_message_count };
  uint8_t protocol = data[1] % 3;
  const tars_message *message = &tables[protocol][data[2] % counts[protocol]];
  const tars_message *(*const finders[])(uint8_t id) = { tars_link_message, tars_bench_message, tars_fleet_message };
  FUZZ_ASSERT(finders[protocol](message->id) == message);
  uint8_t *body = fuzz_copy(data + HEAD, size - HEAD); /* so that the sanitizer sees a read beyond the body */
  if (try_body(message, response, body, (uint32_t)size - HEAD)) mutate_keep(data, size);
  try_frame(message->id, response, body, (uint32_t)size - HEAD);
  fuzz_free(body);
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned int seed) {
  return mutate_input(data, size, capacity, seed, HEAD);
}
