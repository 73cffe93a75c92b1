/* A stream in memory. */
#include "fake_stream.h"

#include "tars_stream.h" /* what is implemented here */

#include <string.h>

fake_stream stream;

void fake_stream_reset(void) {
  memset(&stream, 0, sizeof stream);
  stream.piece = UINT32_MAX;
  stream.room = UINT32_MAX;
}

void fake_stream_put(const void *bytes, uint32_t size) {
  memcpy(stream.in + stream.in_size, bytes, size);
  stream.in_size += size;
}

void fake_stream_publish(const char *topic, uint16_t id, uint8_t fill, uint32_t size) {
  uint32_t topic_size = (uint32_t)strlen(topic), remaining = 2 + topic_size + (id ? 2 : 0) + size, left = remaining;
  uint8_t *at = stream.in + stream.in_size;
  *at++ = id ? 0x32 : 0x30;
  do {
    *at++ = (uint8_t)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>= 7;
  } while (left);
  *at++ = (uint8_t)(topic_size >> 8);
  *at++ = (uint8_t)topic_size;
  memcpy(at, topic, topic_size);
  at += topic_size;
  if (id) {
    *at++ = (uint8_t)(id >> 8);
    *at++ = (uint8_t)id;
  }
  memset(at, fill, size);
  stream.in_size = (uint32_t)(at + size - stream.in);
}

/* Sends at most `stream.room` bytes. */
int32_t tars_stream_send(const void *bytes, uint32_t size) {
  if (stream.error) return stream.error;
  uint32_t count = size < stream.room ? size : stream.room;
  if (count > sizeof stream.out - stream.out_size) stream.out_size = 0; /* nobody looks at so much */
  memcpy(stream.out + stream.out_size, bytes, count);
  stream.out_size += count;
  stream.room -= stream.room == UINT32_MAX ? 0 : count;
  return (int32_t)count;
}

int32_t tars_stream_receive(void *bytes, uint32_t capacity) {
  if (stream.error) return stream.error;
  uint32_t count = stream.in_size - stream.in_at;
  if (count > stream.piece) count = stream.piece;
  if (count > capacity) count = capacity;
  memcpy(bytes, stream.in + stream.in_at, count);
  stream.in_at += count;
  return (int32_t)count;
}
