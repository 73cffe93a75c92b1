/* The way to the broker: TCP as tars_net.h has it, then the same through tars_stream.h. The peer (peer.mjs) does with
 * each connection what its first byte says. Sleeps are as long as the suite's patience, so a wake-up that is lost is
 * seen. */
#include "conformance.h"
#include "tars_errors.h"
#include "tars_net.h"
#include "tars_os.h"
#include "tars_stream.h"

#include <string.h>

enum { PATIENCE_US = 20000000, ECHO_BYTES = 50000, LAST_BYTES = 3000, FLOOD_BYTES = 64000000, NOBODY = 1 };
enum { CLOSED, OPENING, OPEN };
_Static_assert((int)TARS_NET_OPEN == (int)OPEN && (int)TARS_STREAM_OPEN == (int)OPEN, "both count their states alike");

/* One of the two interfaces, tars_net.h or tars_stream.h. */
typedef struct {
  int (*open)(uint16_t port);
  int (*poll)(void);
  int32_t (*send)(const void *bytes, uint32_t size);
  int32_t (*receive)(void *bytes, uint32_t capacity);
  void (*close)(void);
} way;

static uint8_t out[1000], in[1000];

/* The port of an emulated board knows the computer that runs it as `localhost` too. */
static int net_open(uint16_t port) { return tars_net_open("localhost", port); }
static int stream_open(uint16_t port) {
  return tars_stream_open(&(tars_stream_config){ .host = "localhost", .port = port });
}

static const way tcp = { net_open, tars_net_state_get, tars_net_send, tars_net_receive, tars_net_close };
static const way stream = { stream_open, tars_stream_poll, tars_stream_send, tars_stream_receive, tars_stream_close };

static uint8_t pattern(uint32_t at) { return (uint8_t)(at * 7 + at / 251); }

/* Waits until the connection is open or has failed; returns its state. */
static int opened(const way *by, uint16_t port) {
  int64_t end_us = tars_os_now_us() + PATIENCE_US;
  CHECK(by->open(port) == 0);
  int state = by->poll();
  while (state == OPENING && tars_os_now_us() < end_us) {
    tars_net_wait(end_us);
    state = by->poll();
  }
  return state;
}

/* Connects, and sends the byte that tells the peer what to do. */
static void call(const way *by, uint16_t port, char what) {
  CHECK(opened(by, port) == OPEN);
  CHECK(by->send(&what, 1) == 1);
}

/* Sends and receives at once, in pieces of all sizes: the echo is what was sent. */
static void echo(const way *by, uint32_t total) {
  uint32_t sent = 0, got = 0;
  bool same = true;
  int64_t end_us = tars_os_now_us() + PATIENCE_US;
  while (got < total && tars_os_now_us() < end_us) {
    uint32_t size = 1 + sent % 997;
    if (size > total - sent) size = total - sent;
    for (uint32_t i = 0; i < size; i++) out[i] = pattern(sent + i);
    int32_t taken = size ? by->send(out, size) : 0, came = by->receive(in, 1 + got % 701);
    if (taken < 0 || came < 0) break;
    for (int32_t i = 0; i < came; i++) same = same && in[i] == pattern(got + (uint32_t)i);
    sent += (uint32_t)taken;
    got += (uint32_t)came;
    if (came == 0 && (uint32_t)taken == size && sent < total) continue;
    if (came == 0) tars_net_wait(end_us);
  }
  CHECK(got == total && same);
}

/* What comes before the end is delivered, then there is an error, again and again. */
static void last_words(const way *by, uint16_t port) {
  uint32_t got = 0;
  bool same = true;
  int32_t came;
  int64_t end_us = tars_os_now_us() + PATIENCE_US;
  call(by, port, 'L');
  while ((came = by->receive(in, 64)) >= 0 && tars_os_now_us() < end_us) {
    for (int32_t i = 0; i < came; i++) same = same && in[i] == pattern(got + (uint32_t)i);
    got += (uint32_t)came;
    if (came == 0) tars_net_wait(end_us);
  }
  CHECK(came < 0 && got == LAST_BYTES && same);
  CHECK(by->receive(in, 1) < 0 && by->send(out, 1) < 0);
  by->close();
  CHECK(by->poll() == CLOSED);
}

/* A connection that the peer resets gives an error and no byte. */
static void reset(const way *by, uint16_t port) {
  int32_t came;
  int64_t end_us = tars_os_now_us() + PATIENCE_US;
  call(by, port, 'R');
  while ((came = by->receive(in, 1)) == 0 && tars_os_now_us() < end_us) tars_net_wait(end_us);
  CHECK(came < 0);
}

/* Sends until there is no room; returns the bytes taken, 0 if there always was. */
static uint32_t flood(const way *by) {
  memset(out, 'a', sizeof out);
  for (uint32_t sent = 0; sent < FLOOD_BYTES;) {
    int32_t taken = by->send(out, sizeof out);
    if (taken < 0) return 0;
    sent += (uint32_t)taken;
    if ((uint32_t)taken < sizeof out) return sent;
  }
  return 0;
}

/* A peer that doesn't read for a second holds us back; when there is room again we wake, and nothing is lost. */
static void held_back(const way *by, uint16_t port) {
  uint8_t count[4], end = 'z';
  uint32_t got = 0;
  int32_t came;
  int64_t end_us = tars_os_now_us() + PATIENCE_US;
  call(by, port, 'H');
  uint32_t sent = flood(by);
  CHECK(sent > 0);
  while ((came = by->send(&end, 1)) == 0 && tars_os_now_us() < end_us) tars_net_wait(end_us);
  CHECK(came == 1);
  while (got < sizeof count && (came = by->receive(count + got, sizeof count - got)) >= 0 &&
         tars_os_now_us() < end_us) {
    got += (uint32_t)came;
    if (came == 0) tars_net_wait(end_us);
  }
  CHECK(got == sizeof count &&
        ((uint32_t)count[0] << 24 | (uint32_t)count[1] << 16 | (uint32_t)count[2] << 8 | count[3]) == sent);
}

/* What both interfaces promise. */
static void both(const way *by, uint16_t port) {
  CHECK(by->poll() == CLOSED && by->send(out, 1) < 0 && by->receive(in, 1) < 0);
  call(by, port, 'E');
  echo(by, ECHO_BYTES);
  CHECK(by->receive(in, sizeof in) == 0);
  call(by, port, 'E'); /* what was open is closed */
  echo(by, 100);
  by->close();
  CHECK(by->poll() == CLOSED);
  last_words(by, port);
  reset(by, port);
  held_back(by, port);
  CHECK(opened(by, NOBODY) == -TARS_E_IO);
  by->close();
}

/* A notification that finds nobody asleep ends the next sleep; a malformed host name is unknown. */
static void net_only(void) {
  char name[1024];
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = 0;
  CHECK(tars_net_open(name, NOBODY) == -TARS_E_UNKNOWN);
  tars_net_close();
  int64_t now_us = tars_os_now_us();
  tars_net_notify();
  tars_net_wait(now_us + PATIENCE_US);
  CHECK(tars_os_now_us() < now_us + PATIENCE_US);
  now_us = tars_os_now_us();
  while (tars_os_now_us() < now_us + 10000) tars_net_wait(now_us + 10000); /* it may wake early, but it ends */
}

/* Errors have a reason in words, and TLS needs a certificate to trust. */
static void stream_only(uint16_t port) {
  CHECK(opened(&stream, port) == OPEN && tars_stream_reason()[0] == 0);
  CHECK(opened(&stream, NOBODY) == -TARS_E_IO && tars_stream_reason()[0] != 0);
  CHECK(tars_stream_open(&(tars_stream_config){ .host = "localhost", .port = port, .tls = true }) == -TARS_E_DENIED);
  tars_stream_close();
}

/* All of them; nothing without a peer. */
void conformance_stream(uint16_t port) {
  if (port == 0) {
    conformance_say("no peer: the stream is left out\n");
    return;
  }
  both(&tcp, port);
  net_only();
  both(&stream, port);
  stream_only(port);
}
