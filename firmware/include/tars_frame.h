/* Frames of the link and the bench: `00 COBS(id seq body crc) 00`, everything else on the wire is the console. */
#ifndef TARS_FRAME_H
#define TARS_FRAME_H

#include "tars_limits.h" /* TARS_LIMIT_FRAME */

#include <stdbool.h>
#include <stdint.h>

enum { TARS_FRAME_HEADER = 3, TARS_FRAME_CRC = 4, TARS_FRAME_RESPONSE = 0x80 };

/* Longest body, and a frame on the wire, the longest or with a body of so many bytes: COBS adds a byte for each 254,
 * and there is a zero at both ends. */
#define TARS_FRAME_BODY (TARS_LIMIT_FRAME - TARS_FRAME_HEADER - TARS_FRAME_CRC)
#define TARS_FRAME_WIRE_OF(body)                                                                                       \
  ((body) + TARS_FRAME_HEADER + TARS_FRAME_CRC + ((body) + TARS_FRAME_HEADER + TARS_FRAME_CRC) / 254 + 1 + 2)
#define TARS_FRAME_WIRE TARS_FRAME_WIRE_OF(TARS_FRAME_BODY)

/* A frame; `body` points into the receiver and is valid until its next byte. */
typedef struct {
  uint8_t id; /* without the response bit */
  bool response;
  uint16_t seq;
  const uint8_t *body;
  uint32_t size;
} tars_frame;

/* What a byte of the stream belonged to. */
typedef enum { TARS_RECEIVED_NOTHING, TARS_RECEIVED_CONSOLE, TARS_RECEIVED_FRAME } tars_received;

/* Takes a stream apart, byte by byte. */
typedef struct {
  uint32_t frames, damaged; /* good frames, and those with a wrong CRC, coding or length */
  uint16_t size;            /* bytes decoded of the frame being received */
  uint8_t inside;           /* between a zero that may open a frame and the next zero */
  uint8_t left;             /* bytes until the next COBS code */
  uint8_t implied;          /* the current COBS block ends with a zero unless it is the last */
  uint8_t bytes[TARS_LIMIT_FRAME];
} tars_frame_receiver;

void tars_frame_receiver_init(tars_frame_receiver *receiver);
/* Takes one byte. A zero that closes a frame which failed may also open the next. A frame longer than the limit is
 * damaged, and what follows is the console until the next zero. */
tars_received tars_frame_receive(tars_frame_receiver *receiver, uint8_t byte, tars_frame *frame);

/* Writes a frame as it goes over the wire. Number of bytes, at most TARS_FRAME_WIRE, or -too_long. */
int tars_frame_encode(const tars_frame *frame, uint8_t *wire, uint32_t capacity);

#endif
