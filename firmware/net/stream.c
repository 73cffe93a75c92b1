/* The byte stream to the broker: TCP, with TLS over it if the configuration asks for it. */
#include "tars_stream.h"

#include "tars_errors.h" /* codes */
#include "tars_net.h"    /* TCP */

#ifdef TARS_TLS
#include "tls.h"
#else
/* Without TLS built in nothing that asks for it is ever opened. */
static int tars_tls_open(const tars_stream_config *config) { return (void)config, -TARS_E_DENIED; }
static int tars_tls_poll(void) { return -TARS_E_DENIED; }
static int32_t tars_tls_send(const void *bytes, uint32_t size) { return (void)bytes, (void)size, -TARS_E_IO; }
static int32_t tars_tls_receive(void *bytes, uint32_t size) { return (void)bytes, (void)size, -TARS_E_IO; }
static void tars_tls_close(void) {}
static const char *tars_tls_reason(void) { return "this firmware has no TLS"; }
#endif

static tars_stream_config config;
static tars_stream_state state;
static bool tls_begun;
static const char *reason = "";

/* Closes the stream and remembers the reason. */
static int fail(int err, const char *why) {
  tars_stream_close();
  reason = why;
  return err;
}

/* The reason of a failure of TCP, in words for people. */
static const char *net_reason(int err) {
  switch (-err) {
  case TARS_E_UNKNOWN: return "no such host";
  case TARS_E_TIMEOUT: return "no answer from the host";
  default: return "the connection was refused or lost";
  }
}

int tars_stream_open(const tars_stream_config *given) {
  tars_stream_close();
  config = *given;
  reason = "";
#ifndef TARS_TLS
  if (config.tls) return fail(-TARS_E_DENIED, tars_tls_reason());
#endif
  if (config.tls && config.ca_size == 0) return fail(-TARS_E_DENIED, "no certificate is trusted for the broker");
  int err = tars_net_open(config.host, config.port);
  if (err) return fail(err, net_reason(err));
  state = TARS_STREAM_OPENING;
  return 0;
}

/* Goes on with the handshake of TLS once TCP is open. */
static int tls_go_on(void) {
  int got = tls_begun ? 0 : tars_tls_open(&config);
  tls_begun = true;
  if (got == 0) got = tars_tls_poll();
  return got < 0 ? fail(got, tars_tls_reason()) : got;
}

int tars_stream_poll(void) {
  if (state != TARS_STREAM_OPENING) return (int)state;
  int got = tars_net_state_get();
  if (got < 0) return fail(got, net_reason(got));
  if (got == TARS_NET_CLOSED) return fail(-TARS_E_IO, net_reason(-TARS_E_IO));
  if (got == TARS_NET_OPENING) return TARS_STREAM_OPENING;
  got = config.tls ? tls_go_on() : TARS_STREAM_OPEN;
  if (got >= 0) state = (tars_stream_state)got;
  return got;
}

int32_t tars_stream_send(const void *bytes, uint32_t size) {
  if (state != TARS_STREAM_OPEN) return -TARS_E_IO;
  int32_t sent = config.tls ? tars_tls_send(bytes, size) : tars_net_send(bytes, size);
  return sent < 0 ? fail(sent, config.tls ? tars_tls_reason() : net_reason(sent)) : sent;
}

int32_t tars_stream_receive(void *bytes, uint32_t capacity) {
  if (state != TARS_STREAM_OPEN) return -TARS_E_IO;
  int32_t got = config.tls ? tars_tls_receive(bytes, capacity) : tars_net_receive(bytes, capacity);
  return got < 0 ? fail(got, config.tls ? tars_tls_reason() : net_reason(got)) : got;
}

void tars_stream_close(void) {
  if (tls_begun) tars_tls_close();
  tls_begun = false;
  state = TARS_STREAM_CLOSED;
  tars_net_close();
}

const char *tars_stream_reason(void) { return reason; }
