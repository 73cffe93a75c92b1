/* A stream of the link. A paced one takes and gives bytes only as fast as a serial line of its baud rate: the line is
 * busy for ten bit times a byte, each way. */
#include "link_stream.h"
#include "port.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum { AGAIN_US = 1000 };  /* time until a request that the board can't take now is tried again */
enum { PACED_CHUNK = 64 }; /* most bytes at a time on a paced line: 5.6 ms at 115,200 baud */

bool tars_link_stream_open(tars_link_stream *stream, int fd, uint32_t baud) {
  *stream = (tars_link_stream){ .fd = fd, .session = tars_session_open(), .byte_ns = baud ? 10000000000u / baud : 0 };
  return stream->session != NULL;
}

void tars_link_stream_close(tars_link_stream *stream) {
  tars_session_close(stream->session);
  stream->fd = -1;
}

/* Another host has opened the line: the stream gets a new session. */
void tars_link_stream_renew(tars_link_stream *stream) {
  tars_session_close(stream->session);
  stream->session = tars_session_open();
  stream->in_at = stream->in_size = 0;
  stream->out_at = stream->out_size = 0;
}

/* Marks the line busy for `size` bytes. */
static void line_use(const tars_link_stream *stream, int64_t *free_us, ssize_t size) {
  int64_t now_us = tars_clock_host_us();
  if (*free_us < now_us) *free_us = now_us;
  *free_us += (int64_t)size * stream->byte_ns / 1000;
}

/* True while the line carries bytes. */
static bool line_busy(const tars_link_stream *stream, int64_t free_us) {
  return stream->byte_ns && tars_clock_host_us() < free_us;
}

/* True while the host behind the stream has to wait. */
static bool input_waits(const tars_link_stream *stream) { return stream->in_at < stream->in_size; }

/* Takes what has been read, one request at most. */
void tars_link_stream_take(tars_link_stream *stream) {
  stream->in_at += tars_session_feed(stream->session, stream->in + stream->in_at, stream->in_size - stream->in_at);
}

/* Reads what has come. */
bool tars_link_stream_read(tars_link_stream *stream) {
  if (input_waits(stream) || line_busy(stream, stream->rx_free_us)) return true;
  ssize_t size = read(stream->fd, stream->in, stream->byte_ns ? PACED_CHUNK : sizeof stream->in);
  stream->in_at = 0;
  stream->in_size = size > 0 ? (uint32_t)size : 0;
  if (size > 0) line_use(stream, &stream->rx_free_us, size);
  return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR || errno == EIO));
}

/* Fetches the next item if the last one has left. */
static bool item_next(tars_link_stream *stream) {
  if (stream->out_at == stream->out_size) {
    stream->out_at = 0;
    stream->out_size = tars_session_take(stream->session, stream->out);
  }
  return stream->out_size > 0;
}

/* Writes what waits. */
bool tars_link_stream_write(tars_link_stream *stream) {
  while (!line_busy(stream, stream->tx_free_us) && item_next(stream)) {
    size_t size = stream->out_size - stream->out_at;
    if (stream->byte_ns && size > PACED_CHUNK) size = PACED_CHUNK;
    ssize_t sent = write(stream->fd, stream->out + stream->out_at, size);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    line_use(stream, &stream->tx_free_us, sent);
    stream->out_at += (uint32_t)sent;
  }
  return true;
}

/* Lowers a wait to when the line is free. */
static void wait_lower(int64_t *wait_us, int64_t free_us) {
  int64_t left_us = free_us - tars_clock_host_us();
  if (left_us < *wait_us) *wait_us = left_us > 0 ? left_us : 0;
}

short tars_link_stream_events(tars_link_stream *stream, int64_t *wait_us) {
  short events = 0;
  if (tars_session_waits(stream->session))
    wait_lower(wait_us, tars_clock_host_us() + AGAIN_US);
  else if (input_waits(stream))
    *wait_us = 0;
  else if (line_busy(stream, stream->rx_free_us))
    wait_lower(wait_us, stream->rx_free_us);
  else
    events |= POLLIN;
  if (line_busy(stream, stream->tx_free_us))
    wait_lower(wait_us, stream->tx_free_us);
  else if (stream->out_at < stream->out_size)
    events |= POLLOUT;
  return events;
}
