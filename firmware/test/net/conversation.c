/* A conversation with a broker; see conversation.h. */
#include "conversation.h"

#include <stddef.h>
#include <string.h>

#include "tars_errors.h"

enum { PAYLOAD = 9000 };

int conversation_connect(const tars_stream_config *config) {
  int state = tars_stream_open(config);
  while (state >= 0 && state != TARS_STREAM_OPEN) {
    state = tars_stream_poll();
    if (state == TARS_STREAM_OPENING) conversation_rest();
  }
  return state < 0 ? state : 0;
}

static int send_all(const uint8_t *bytes, uint32_t size) {
  while (size) {
    int32_t sent = tars_stream_send(bytes, size);
    if (sent < 0) return sent;
    if (!sent) conversation_rest();
    bytes += sent;
    size -= (uint32_t)sent;
  }
  return 0;
}

static int receive_all(uint8_t *bytes, uint32_t size) {
  while (size) {
    int32_t got = tars_stream_receive(bytes, size);
    if (got < 0) return got;
    if (!got) conversation_rest();
    bytes += got;
    size -= (uint32_t)got;
  }
  return 0;
}

int conversation_echo(void) {
  static const uint8_t hello[] = { 0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0 },
                       welcome[] = { 0x20, 2, 0, 0 };
  static const uint8_t subscribe[] = { 0x82, 6, 0, 1, 0, 1, 't', 0 }, subscribed[] = { 0x90, 3, 0, 1, 0 };
  static uint8_t out[6 + PAYLOAD] = { 0x30, (PAYLOAD + 3) % 128 | 128, (PAYLOAD + 3) / 128, 0, 1, 't' }, in[sizeof out];
  for (size_t i = 6; i < sizeof out; i++) out[i] = (uint8_t)(i * i >> 3);
  int err = send_all(hello, sizeof hello);
  if (!err) err = receive_all(in, sizeof welcome);
  if (!err && memcmp(in, welcome, sizeof welcome)) return -TARS_E_INVALID;
  if (!err) err = send_all(subscribe, sizeof subscribe);
  if (!err) err = receive_all(in, sizeof subscribed);
  if (!err && memcmp(in, subscribed, sizeof subscribed)) return -TARS_E_INVALID;
  if (!err) err = send_all(out, sizeof out);
  if (!err) err = receive_all(in, sizeof in);
  return err ? err : memcmp(in, out, sizeof out) ? -TARS_E_INVALID : 0;
}
