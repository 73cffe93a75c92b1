/* Inside the link server: one stream with its session and the pace of its line. */
#ifndef LINK_STREAM_H
#define LINK_STREAM_H

#include "tars_agent.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int fd; /* -1: free */
  tars_session *session;
  uint32_t byte_ns;               /* time of one byte on the line, 0: not paced */
  int64_t rx_free_us, tx_free_us; /* the line is free from then on, host time */
  uint32_t in_at, in_size;        /* bytes that were received, and not taken yet from `in_at` on */
  uint32_t out_at, out_size;      /* item being sent */
  uint8_t in[2048];
  uint8_t out[TARS_CHANNEL_WIRE];
} tars_link_stream;

/* Starts a stream; false if the agent has no session left. */
bool tars_link_stream_open(tars_link_stream *stream, int fd, uint32_t baud);
/* Ends it; the descriptor stays open. */
void tars_link_stream_close(tars_link_stream *stream);
/* The host behind the stream has gone or changed: a new session begins. */
void tars_link_stream_renew(tars_link_stream *stream);
/* Reads and writes what the line allows now; false if the other side is gone. */
bool tars_link_stream_read(tars_link_stream *stream);
/* Takes what has been read, one request at most. */
void tars_link_stream_take(tars_link_stream *stream);
bool tars_link_stream_write(tars_link_stream *stream);
/* Poll events that it waits for; `wait_us` is lowered to when the line is free again. */
short tars_link_stream_events(tars_link_stream *stream, int64_t *wait_us);

#endif
