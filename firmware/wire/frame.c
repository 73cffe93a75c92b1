/* Frame encoder and receiver; the format is in tars_frame.h. */
#include "tars_frame.h"

#include "cobs.h"
#include "tars_crc32.h"
#include "tars_errors.h" /* TARS_E_TOO_LONG */

#include <string.h> /* memset */

enum { FULL_BLOCK = 255 }; /* COBS code of a block without an implied zero */

void tars_frame_receiver_init(tars_frame_receiver *receiver) { memset(receiver, 0, sizeof *receiver); }

/* Forgets what was received: the next byte may be the first of a frame. */
static void restart(tars_frame_receiver *r) {
  r->inside = 1;
  r->size = 0;
  r->left = 0;
  r->implied = 0;
}

/* Appends a decoded byte; false if the frame is longer than the limit. */
static bool append(tars_frame_receiver *r, uint8_t byte) {
  if (r->size == TARS_LIMIT_FRAME) return false;
  r->bytes[r->size++] = byte;
  return true;
}

/* Decodes one byte of COBS; false if the frame is longer than the limit. */
static bool unstuff(tars_frame_receiver *r, uint8_t byte) {
  if (r->left) {
    r->left--;
    return append(r, byte);
  }
  bool ok = !r->implied || append(r, 0);
  r->left = (uint8_t)(byte - 1);
  r->implied = byte != FULL_BLOCK;
  return ok;
}

/* Little-endian number of `count` bytes. */
static uint32_t number_at(const uint8_t *bytes, uint32_t count) {
  uint32_t number = 0;
  while (count--) number = number << 8 | bytes[count];
  return number;
}

/* Checks the frame that a zero has closed. */
static bool complete(const tars_frame_receiver *r) {
  if (r->left || r->size < TARS_FRAME_HEADER + TARS_FRAME_CRC) return false;
  uint32_t checked = r->size - TARS_FRAME_CRC;
  return tars_crc32(0, r->bytes, checked) == number_at(r->bytes + checked, TARS_FRAME_CRC);
}

/* A zero: the end of a frame, the beginning of one, or both. */
static tars_received receive_zero(tars_frame_receiver *r, tars_frame *frame) {
  bool empty = !r->inside || (r->size == 0 && r->left == 0 && !r->implied);
  bool good = !empty && complete(r);
  uint16_t size = r->size;
  restart(r);
  if (empty) return TARS_RECEIVED_NOTHING;
  if (!good) {
    r->damaged++;
    return TARS_RECEIVED_NOTHING;
  }
  r->frames++;
  r->inside = 0;
  *frame = (tars_frame){
    .id = r->bytes[0] & ~TARS_FRAME_RESPONSE & 0xff,
    .response = r->bytes[0] & TARS_FRAME_RESPONSE,
    .seq = (uint16_t)number_at(r->bytes + 1, 2),
    .body = r->bytes + TARS_FRAME_HEADER,
    .size = size - TARS_FRAME_HEADER - TARS_FRAME_CRC,
  };
  return TARS_RECEIVED_FRAME;
}

tars_received tars_frame_receive(tars_frame_receiver *r, uint8_t byte, tars_frame *frame) {
  if (byte == 0) return receive_zero(r, frame);
  if (!r->inside) return TARS_RECEIVED_CONSOLE;
  if (unstuff(r, byte)) return TARS_RECEIVED_NOTHING;
  r->damaged++;
  r->inside = 0;
  return TARS_RECEIVED_NOTHING;
}

/* Stuffs bytes and continues the CRC over them. */
static uint32_t stuff(tars_cobs *cobs, uint32_t crc, const uint8_t *bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) tars_cobs_byte(cobs, bytes[i]);
  return tars_crc32(crc, bytes, size);
}

int tars_frame_encode(const tars_frame *frame, uint8_t *wire, uint32_t capacity) {
  uint32_t inner = frame->size + TARS_FRAME_HEADER + TARS_FRAME_CRC;
  if (frame->size > TARS_FRAME_BODY || capacity < inner + inner / 254 + 1 + 2) return -TARS_E_TOO_LONG;
  uint8_t header[TARS_FRAME_HEADER] = { (uint8_t)(frame->id | (frame->response ? TARS_FRAME_RESPONSE : 0)),
                                        (uint8_t)frame->seq, (uint8_t)(frame->seq >> 8) };
  tars_cobs cobs;
  wire[0] = 0;
  tars_cobs_begin(&cobs, wire + 1);
  uint32_t crc = stuff(&cobs, 0, header, sizeof header);
  crc = stuff(&cobs, crc, frame->body, frame->size);
  uint8_t tail[TARS_FRAME_CRC] = { (uint8_t)crc, (uint8_t)(crc >> 8), (uint8_t)(crc >> 16), (uint8_t)(crc >> 24) };
  stuff(&cobs, 0, tail, sizeof tail);
  uint32_t size = 1 + tars_cobs_end(&cobs);
  wire[size++] = 0;
  return (int)size;
}
