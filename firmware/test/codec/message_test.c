/* Message bodies and frames against hal/vectors/messages.json and frames.json, and against damage. */
#include "check.h"
#include "dump.h"
#include "tars_errors.h"
#include "tars_frame.h"
#include "tars_vectors.h"

#include <stdlib.h>
#include <string.h>

/* Room for any body's struct. */
typedef union {
  tars_link_body link_body;
  tars_link_response link_response;
  tars_bench_body bench_body;
  tars_bench_response bench_response;
} any_struct;

/* Decodes a body of a vector in memory of exactly its size. */
static int decode(uint32_t i, const tars_message *message, const uint8_t *body, uint32_t size, int *code,
                  any_struct *out) {
  uint8_t *exact = malloc(size ? size : 1);
  memcpy(exact, body, size);
  *code = 0;
  int err = tars_vectors_messages[i].response ? tars_response_decode(message, exact, size, code, out)
                                              : tars_message_decode(message, exact, size, out);
  free(exact);
  return err;
}

/* Every prefix of a body, and a body with one byte more, is refused. */
static void check_lengths(uint32_t i, const tars_message *message, uint8_t *body, uint32_t size) {
  const char *name = tars_vectors_messages[i].name;
  any_struct fields;
  int code;
  for (uint32_t cut = 0; cut < size; cut++) {
    CHECK_SAY(decode(i, message, body, cut, &code, &fields) < 0, "%s of %u bytes", name, cut);
  }
  CHECK_SAY(decode(i, message, body, size + 1, &code, &fields) < 0, "%s with a byte more", name);
  body[0]++; /* arrays of the contract have less than 23 items: the count is in the first byte */
  CHECK_SAY(decode(i, message, body, size + 1, &code, &fields) < 0, "%s with a field more", name);
  body[0]--;
}

/* One body: decoded, printed, encoded again, and cut. */
static void check_body(uint32_t i, const tars_message *message) {
  static dump out;
  const char *name = tars_vectors_messages[i].name;
  uint8_t body[TARS_FRAME_BODY + 1] = { 0 }, again[TARS_FRAME_BODY];
  any_struct fields;
  int code;
  uint32_t size = unhex(tars_vectors_messages[i].body, body, TARS_FRAME_BODY);
  bool response = tars_vectors_messages[i].response;
  int err = response ? tars_response_decode(message, body, size, &code, &fields)
                     : tars_message_decode(message, body, size, &fields);
  CHECK_SAY(err == 0, "%s is refused", name);
  if (response) CHECK_SAY(code == tars_vectors_messages[i].code, "%s: code %d", name, code);
  out.size = 0;
  out.text[0] = 0;
  if (!response)
    dump_row(&out, message->fields, message->count, &fields);
  else if (!code)
    dump_row(&out, message->response, message->response_count, &fields);
  CHECK_SAY(!strcmp(out.text, tars_vectors_messages[i].dump), "%s: %s instead of %s", name, out.text,
            tars_vectors_messages[i].dump);
  int length = response ? tars_response_encode(message, code, &fields, again, sizeof again)
                        : tars_message_encode(message, &fields, again, sizeof again);
  CHECK_SAY(length == (int)size && !memcmp(again, body, size), "%s is encoded otherwise", name);
  length = response ? tars_response_encode(message, code, &fields, again, size - 1)
                    : tars_message_encode(message, &fields, again, size - 1);
  CHECK_SAY(length == -TARS_E_TOO_LONG, "%s in too little room: %d", name, length);
  check_lengths(i, message, body, size);
}

/* The frame of a vector: encoded, then received byte by byte. */
static void check_wire(uint32_t i, const tars_message *message) {
  const char *name = tars_vectors_messages[i].name;
  uint8_t body[TARS_FRAME_BODY], wire[TARS_FRAME_WIRE], expected[TARS_FRAME_WIRE];
  uint32_t size = unhex(tars_vectors_messages[i].wire, expected, sizeof expected);
  tars_frame frame = { message->id, tars_vectors_messages[i].response, tars_vectors_messages[i].seq, body,
                       unhex(tars_vectors_messages[i].body, body, sizeof body) };
  int length = tars_frame_encode(&frame, wire, sizeof wire);
  CHECK_SAY(length == (int)size && !memcmp(wire, expected, size), "frame of %s", name);
  CHECK_SAY(tars_frame_encode(&frame, wire, size - 1) == -TARS_E_TOO_LONG, "frame of %s in too little room", name);
  tars_frame_receiver receiver;
  tars_frame got = { 0 };
  tars_received last = TARS_RECEIVED_NOTHING;
  tars_frame_receiver_init(&receiver);
  for (uint32_t at = 0; at < size; at++) {
    CHECK_SAY(last == TARS_RECEIVED_NOTHING, "frame of %s ends early", name);
    last = tars_frame_receive(&receiver, expected[at], &got);
  }
  CHECK_SAY(last == TARS_RECEIVED_FRAME && got.id == frame.id && got.response == frame.response &&
                got.seq == frame.seq && got.size == frame.size && !memcmp(got.body, body, frame.size),
            "frame of %s comes out otherwise", name);
}

/* One stream: what comes out, and what is counted. */
static void check_stream(uint32_t i) {
  static uint8_t stream[4096];
  static dump out;
  tars_frame_receiver receiver;
  tars_frame frame;
  bool text = false; /* the last byte was console */
  uint32_t size = unhex(tars_vectors_frames[i].stream, stream, sizeof stream);
  out.size = 0;
  out.text[0] = 0;
  tars_frame_receiver_init(&receiver);
  for (uint32_t at = 0; at < size; at++) {
    tars_received what = tars_frame_receive(&receiver, stream[at], &frame);
    if (what == TARS_RECEIVED_CONSOLE && !text) dump_text(&out, out.size ? " c" : "c");
    text = what == TARS_RECEIVED_CONSOLE;
    if (text) dump_hex(&out, stream + at, 1);
    if (what != TARS_RECEIVED_FRAME) continue;
    if (out.size) dump_text(&out, " ");
    dump_text(&out, frame.response ? "r" : "f");
    dump_int(&out, frame.id);
    dump_text(&out, ".");
    dump_int(&out, frame.seq);
    dump_text(&out, ".");
    dump_hex(&out, frame.body, frame.size);
  }
  CHECK_SAY(!strcmp(out.text, tars_vectors_frames[i].out), "%s: %s instead of %s", tars_vectors_frames[i].note,
            out.text, tars_vectors_frames[i].out);
  CHECK_SAY(receiver.damaged == tars_vectors_frames[i].damaged, "%s: %u damaged", tars_vectors_frames[i].note,
            receiver.damaged);
}

/* What is longer than its limit is not encoded. */
static void check_limits(void) {
  static char text[65];
  uint8_t body[TARS_FRAME_BODY];
  const tars_message *publish = tars_link_message(TARS_LINK_PUBLISH),
                     *begin = tars_link_message(TARS_LINK_INSTALL_BEGIN);
  tars_link_publish_request list = { { text, 64 }, { .count = TARS_LIMIT_FIELDS } };
  CHECK_SAY(tars_message_encode(publish, &list, body, sizeof body) > 0, "as long as the limit");
  list.fields.count++;
  CHECK_SAY(tars_message_encode(publish, &list, body, sizeof body) == -TARS_E_INVALID, "17 numbers");
  list = (tars_link_publish_request){ { text, 65 }, { .count = 0 } };
  CHECK_SAY(tars_message_encode(publish, &list, body, sizeof body) == -TARS_E_INVALID, "topic of 65 bytes");
  tars_link_install_begin_request app = {
    { text, 0 }, true, { (const uint8_t *)text, 0 }, { .count = TARS_LIMIT_MODULES + 1 }
  };
  CHECK_SAY(tars_message_encode(begin, &app, body, sizeof body) == -TARS_E_INVALID, "9 modules");
}

/* An error has no fields, and a code is 0 or a negative byte. */
static void check_codes(void) {
  static const uint8_t with_field[] = { 0x82, 0x20, 0x00 }, positive[] = { 0x81, 0x01 },
                       low[] = { 0x81, 0x39, 0x01, 0x00 }, lowest[] = { 0x81, 0x38, 0xfe }, none[] = { 0x80 },
                       announced[] = { 0x82, 0x20 };
  const tars_message *start = tars_link_message(TARS_LINK_START);
  int code;
  CHECK_SAY(tars_response_decode(start, with_field, sizeof with_field, &code, NULL) < 0, "an error with a field");
  CHECK_SAY(tars_response_decode(start, announced, sizeof announced, &code, NULL) < 0,
            "an error that announces a field");
  CHECK_SAY(tars_response_decode(start, positive, sizeof positive, &code, NULL) < 0, "a positive code");
  CHECK_SAY(tars_response_decode(start, low, sizeof low, &code, NULL) < 0, "-257");
  CHECK_SAY(tars_response_decode(start, lowest, sizeof lowest, &code, NULL) == 0 && code == -255, "-255");
  CHECK_SAY(tars_response_decode(start, none, sizeof none, &code, NULL) < 0, "no code");
}

/* A body longer than a frame is refused. */
static void check_too_long(void) {
  static uint8_t body[TARS_FRAME_BODY + 1], wire[TARS_FRAME_WIRE + 8];
  tars_frame frame = { 1, false, 1, body, sizeof body };
  CHECK_SAY(tars_frame_encode(&frame, wire, sizeof wire) == -TARS_E_TOO_LONG, "too long a body");
}

int main(void) {
  for (uint32_t i = 0; i < sizeof tars_vectors_messages / sizeof tars_vectors_messages[0]; i++) {
    const tars_message *message = tars_vectors_messages[i].find(tars_vectors_messages[i].id);
    CHECK_SAY(message != NULL, "no message %s", tars_vectors_messages[i].name);
    if (!message) continue;
    check_body(i, message);
    check_wire(i, message);
  }
  for (uint32_t i = 0; i < sizeof tars_vectors_frames / sizeof tars_vectors_frames[0]; i++) check_stream(i);
  check_too_long();
  check_limits();
  check_codes();
  return check_report("message");
}
