/* Channels; the rules are in tars_channel.h. */
#include "tars_channel.h"

#include "tars_crc32.h"  /* tells two `hello` apart */
#include "tars_errors.h" /* TARS_E_INVALID, TARS_E_UNKNOWN */
#include "tars_bench.h"  /* size of any body */
#include "tars_link.h"

#include <string.h>

enum { RECORD_HEADER = 5 }; /* of an event in the ring: size, id, sequence number */

/* Room for any message that a channel carries. */
typedef union {
  tars_link_body link;
  tars_bench_body bench;
} any_body;
typedef union {
  tars_link_response link;
  tars_bench_response bench;
} any_response;

void tars_channel_init(tars_channel *channel, const tars_channel_service *service, uint8_t *ring, uint32_t ring_size) {
  memset(channel, 0, sizeof *channel);
  channel->service = service;
  channel->ring = ring;
  channel->ring_size = ring_size;
  tars_frame_receiver_init(&channel->receiver);
}

/* Stores a response and marks it for sending. A response too long for a frame becomes the error that says so. */
static void response_store(tars_channel *channel, const tars_message *message, int code, const void *response) {
  int size = tars_response_encode(message, code, response, channel->response, sizeof channel->response);
  if (size < 0) size = tars_response_encode(message, size, NULL, channel->response, sizeof channel->response);
  channel->response_size = (uint16_t)size;
  channel->response_due = true;
  channel->working = false;
}

/* True if this request repeats the last one. A `hello` starts the sequence numbers anew, so it is a repetition only if
 * it has the same nonce too. */
static bool is_repeated(const tars_channel *channel, const tars_frame *frame, uint32_t crc) {
  if (frame->seq != channel->last_seq) return false;
  return frame->id != channel->service->hello || (channel->last_id == frame->id && channel->last_crc == crc);
}

/* Runs a request whose id, number and digest the channel has kept. */
static void request_run(tars_channel *channel, const tars_frame *frame) {
  static const tars_message nothing;
  any_body body;
  any_response response;
  memset(&response, 0, sizeof response);
  const tars_message *message = channel->service->message(frame->id);
  bool known = message && !message->event;
  int code = known ? tars_message_decode(message, frame->body, frame->size, &body) : -TARS_E_UNKNOWN;
  channel->last = known ? message : &nothing;
  channel->working = true;
  channel->response_due = false;
  if (code == 0) code = channel->service->request(channel, message, &body, &response);
  channel->again = code == TARS_CHANNEL_AGAIN;
  if (channel->again)
    channel->response_size = (uint16_t)frame->size;
  else if (code != TARS_CHANNEL_LATER)
    response_store(channel, channel->last, code, &response);
}

/* Runs a request that has come, or sends the stored response again if the request is a repetition. */
static void request_take(tars_channel *channel, const tars_frame *frame) {
  uint32_t crc = tars_crc32(0, frame->body, frame->size);
  if (is_repeated(channel, frame, crc)) {
    channel->response_due = !channel->working;
    return;
  }
  channel->last_id = frame->id;
  channel->last_seq = frame->seq;
  channel->last_crc = crc;
  request_run(channel, frame);
}

/* Runs the request again that couldn't be taken, which is still in the receiver. */
static void request_again(tars_channel *channel) {
  const tars_frame frame = { .id = channel->last_id,
                             .seq = channel->last_seq,
                             .body = channel->receiver.bytes + TARS_FRAME_HEADER,
                             .size = channel->response_size };
  request_run(channel, &frame);
}

uint32_t tars_channel_feed(tars_channel *channel, const uint8_t *bytes, uint32_t size) {
  tars_frame frame;
  if (channel->again) {
    request_again(channel);
    return 0;
  }
  for (uint32_t i = 0; i < size; i++) {
    tars_received what = tars_frame_receive(&channel->receiver, bytes[i], &frame);
    if (what == TARS_RECEIVED_FRAME && !frame.response && frame.seq != 0) {
      request_take(channel, &frame);
      return i + 1;
    }
    if (what == TARS_RECEIVED_CONSOLE && channel->service->console) channel->service->console(channel, bytes[i]);
  }
  return size;
}

void tars_channel_answer(tars_channel *channel, int code, const void *response) {
  if (channel->working) response_store(channel, channel->last, code, response);
}

/* Appends bytes to the ring; the caller knows that they fit. */
static void ring_put(tars_channel *channel, const uint8_t *bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; i++)
    channel->ring[(channel->ring_first + channel->ring_used++) % channel->ring_size] = bytes[i];
}

/* Takes bytes from the ring; the caller knows that it holds as many. */
static void ring_get(tars_channel *channel, uint8_t *bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) {
    bytes[i] = channel->ring[channel->ring_first];
    channel->ring_first = (channel->ring_first + 1) % channel->ring_size;
  }
  channel->ring_used -= size;
}

/* Queues an event, or counts it as dropped. */
void tars_channel_event(tars_channel *channel, const tars_message *message, const void *body) {
  uint8_t encoded[TARS_CHANNEL_EVENT];
  int size = tars_message_encode(message, body, encoded, sizeof encoded);
  uint16_t seq = ++channel->event_seq;
  if (size < 0 || channel->ring_size - channel->ring_used < (uint32_t)size + RECORD_HEADER) {
    channel->dropped++;
    return;
  }
  uint8_t header[RECORD_HEADER] = { (uint8_t)size, (uint8_t)(size >> 8), message->id, (uint8_t)seq,
                                    (uint8_t)(seq >> 8) };
  ring_put(channel, header, sizeof header);
  ring_put(channel, encoded, (uint32_t)size);
}

/* Writes the oldest event as a frame; returns its bytes, 0 if none waits. So do the two functions that follow. */
static uint32_t event_take(tars_channel *channel, uint8_t wire[TARS_CHANNEL_WIRE]) {
  uint8_t header[RECORD_HEADER], body[TARS_CHANNEL_EVENT];
  uint32_t size = 0;
  channel->service->lock();
  bool found = channel->ring_used > 0;
  if (found) {
    ring_get(channel, header, sizeof header);
    size = header[0] | (uint32_t)header[1] << 8;
    ring_get(channel, body, size);
  }
  channel->service->unlock();
  if (!found) return 0;
  tars_frame frame = { .id = header[2], .seq = (uint16_t)(header[3] | header[4] << 8), .body = body, .size = size };
  return (uint32_t)tars_frame_encode(&frame, wire, TARS_CHANNEL_WIRE);
}

static uint32_t response_take(tars_channel *channel, uint8_t wire[TARS_CHANNEL_WIRE]) {
  if (!channel->response_due) return 0;
  channel->response_due = false;
  tars_frame frame = { .id = channel->last_id,
                       .response = true,
                       .seq = channel->last_seq,
                       .body = channel->response,
                       .size = channel->response_size };
  return (uint32_t)tars_frame_encode(&frame, wire, TARS_CHANNEL_WIRE);
}

static uint32_t console_take(tars_channel *channel, uint8_t wire[TARS_CHANNEL_WIRE]) {
  channel->service->lock();
  uint32_t size = channel->console_size;
  memcpy(wire, channel->console, size);
  channel->console_size = 0;
  channel->service->unlock();
  return size;
}

uint32_t tars_channel_take(tars_channel *channel, uint8_t wire[TARS_CHANNEL_WIRE]) {
  uint32_t size = channel->service->events_first ? event_take(channel, wire) : response_take(channel, wire);
  if (size == 0) size = channel->service->events_first ? response_take(channel, wire) : event_take(channel, wire);
  return size > 0 ? size : console_take(channel, wire);
}

void tars_channel_print(tars_channel *channel, const char *text) {
  size_t size = strlen(text), room = sizeof channel->console - channel->console_size;
  if (size > room) size = room;
  memcpy(channel->console + channel->console_size, text, size);
  channel->console_size = (uint16_t)(channel->console_size + size);
}

void tars_channel_clear(tars_channel *channel) {
  channel->service->lock();
  channel->ring_used = 0;
  channel->console_size = 0;
  channel->event_seq = 0;
  channel->service->unlock();
}
