/* A channel: one byte stream that carries framed requests, their responses, events and console text. The link's
 * sessions and the bench of the virtual board use it.
 *
 * Requests are stop and wait: a repeated sequence number gets the stored response and does nothing. Events wait in a
 * bounded ring; one that doesn't fit is dropped, which shows as a gap in their sequence numbers. */
#ifndef TARS_CHANNEL_H
#define TARS_CHANNEL_H

#include "tars_frame.h" /* receiver, longest frame */
#include "tars_row.h"   /* tars_message */

/* Longest body of an event; the largest of the contract is a log line with 16 fields: 5 + 9 + 34 + 122 + 1 + 16 * 9. */
#define TARS_CHANNEL_EVENT 320
/* Longest response that is kept for a repeated request; a longer one becomes -too_long. The link's longest is
 * `identity` with some 350 bytes. */
#ifndef TARS_CHANNEL_RESPONSE
#define TARS_CHANNEL_RESPONSE TARS_FRAME_BODY
#endif
/* Console text that waits for the wire, bytes. */
#define TARS_CHANNEL_CONSOLE 256
/* Longest item for the wire: a response or an event in a frame, or all of the console. */
#define TARS_CHANNEL_WIRE TARS_FRAME_WIRE_OF(TARS_CHANNEL_RESPONSE)
_Static_assert(TARS_CHANNEL_RESPONSE >= TARS_CHANNEL_EVENT && TARS_CHANNEL_RESPONSE >= TARS_CHANNEL_CONSOLE,
               "an item fits the wire's buffer");
/* What `request` returns if tars_channel_answer() will be called later. */
#define TARS_CHANNEL_LATER 1
/* What it returns if the request can't be taken now: the channel asks again with the next bytes, and takes none before.
 */
#define TARS_CHANNEL_AGAIN 2

typedef struct tars_channel tars_channel;

/* What a channel serves; the same for all channels of a kind. */
typedef struct {
  const tars_message *(*message)(uint8_t id);
  uint8_t hello;     /* id of the request that resets the sequence numbers */
  bool events_first; /* events leave before the response to a later request */
  /* Runs a request: fills `response` and returns 0, or a negative error, or TARS_CHANNEL_LATER or _AGAIN. */
  int (*request)(tars_channel *channel, const tars_message *message, const void *body, void *response);
  /* One byte outside frames; may be NULL. */
  void (*console)(tars_channel *channel, uint8_t byte);
  /* Guard the ring of events and the console. */
  void (*lock)(void);
  void (*unlock)(void);
} tars_channel_service;

struct tars_channel {
  const tars_channel_service *service;
  const tars_message *last; /* request that was answered last or is worked on */
  uint32_t last_crc;        /* of its body */
  uint16_t last_seq;        /* 0: none yet */
  uint8_t last_id;
  bool working, response_due;
  bool again;             /* the request in the receiver is to be run again */
  uint16_t response_size, /* of the response, or of the body of the request that is to be run again */
      console_size, event_seq;
  uint8_t *ring;
  uint32_t ring_size, ring_first, ring_used, dropped;
  uint8_t response[TARS_CHANNEL_RESPONSE];
  char console[TARS_CHANNEL_CONSOLE];
  tars_frame_receiver receiver;
};

/* Starts a channel with the caller's ring of events. */
void tars_channel_init(tars_channel *channel, const tars_channel_service *service, uint8_t *ring, uint32_t ring_size);
/* Takes bytes from the wire and runs the first request in them. Returns the bytes that were taken: fewer than were
 * given after a request, so that its response can leave, and none while a request waits (TARS_CHANNEL_AGAIN). */
uint32_t tars_channel_feed(tars_channel *channel, const uint8_t *bytes, uint32_t size);
/* The next whole item for the wire: a frame or some console text. Number of bytes, 0 if there is nothing. */
uint32_t tars_channel_take(tars_channel *channel, uint8_t wire[TARS_CHANNEL_WIRE]);
/* Response to the request that is worked on; dropped if the host has moved on to another one. */
void tars_channel_answer(tars_channel *channel, int code, const void *response);
/* Queues an event. The service's lock is held. */
void tars_channel_event(tars_channel *channel, const tars_message *message, const void *body);
/* Queues console text; what doesn't fit is cut. The service's lock is held. */
void tars_channel_print(tars_channel *channel, const char *text);
/* Drops events and console text, and starts the event numbers anew. Takes the lock. */
void tars_channel_clear(tars_channel *channel);

#endif
