/* A stream in memory: what the broker has sent, in pieces of a chosen size, and what the client has sent. */
#ifndef FAKE_STREAM_H
#define FAKE_STREAM_H

#include <stdint.h>

typedef struct {
  uint8_t in[65536], out[65536];
  uint32_t in_size, in_at, out_size;
  uint32_t piece; /* most bytes that one receive brings */
  uint32_t room;  /* bytes that sending still takes */
  int error;      /* what the next call returns, 0: nothing is wrong */
} fake_stream;

extern fake_stream stream;

void fake_stream_reset(void);
void fake_stream_put(const void *bytes, uint32_t size);
/* Lets the broker publish a message; `id` 0: QoS 0, else QoS 1. */
void fake_stream_publish(const char *topic, uint16_t id, uint8_t fill, uint32_t size);

#endif
