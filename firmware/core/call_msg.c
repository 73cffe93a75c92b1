/* Host calls on messages: a guest puts fields one by one and sends them together; it gets fields one by one from the
 * event. */
#include <string.h> /* memcpy between a float and its bits */

#include "behaviour.h"
#include "tars_calls.h"
#include "tars_errors.h"
#include "tars_os.h"
#include "topic.h"

/* Appends a field to the message that the reaction is putting together. */
static int put(struct tars_behaviour *b, uint32_t bits, bool is_float) {
  if (b->put_count == TARS_LIMIT_FIELDS) return -TARS_E_MESSAGE;
  b->put_floats |= (uint16_t)(is_float << b->put_count);
  b->put[b->put_count++] = bits;
  return 0;
}

int tars_call_msg_put_f32(struct tars_behaviour *b, float field) {
  uint32_t bits;
  memcpy(&bits, &field, sizeof bits);
  return put(b, bits, true);
}

int tars_call_msg_put_i32(struct tars_behaviour *b, int32_t field) { return put(b, (uint32_t)field, false); }

/* Sends the fields that were put if their types are those of the topic's schema. The fields are forgotten in any
 * case. */
int tars_call_msg_send(struct tars_behaviour *b, const tars_use *use) {
  const tars_handle *handle = tars_handle_of(b, use);
  bool fits = b->put_count == handle->topic.count && b->put_floats == handle->topic.floats;
  if (fits) {
    tars_os_lock();
    tars_topic_send(b, (uint8_t)(use - b->manifest.uses), b->put, b->put_count, b->event.time_us);
    tars_os_unlock();
  }
  b->put_count = 0;
  b->put_floats = 0;
  return fits ? 0 : -TARS_E_MESSAGE;
}

/* Reads a field of the message whose event is being handled. */
static int get(const struct tars_behaviour *b, uint8_t field, bool is_float, uint32_t *bits) {
  if (b->event.source <= 0) return -TARS_E_MESSAGE;
  const tars_source *source = &b->manifest.sources[b->event.source - 1];
  if (source->kind != TARS_SOURCE_MESSAGE || field >= b->event.count) return -TARS_E_MESSAGE;
  if ((b->handles[source->message.handle].topic.floats >> field & 1) != is_float) return -TARS_E_MESSAGE;
  *bits = b->event.fields[field];
  return 0;
}

int tars_call_msg_get_f32(struct tars_behaviour *b, uint8_t field, float *result) {
  uint32_t bits = 0;
  int err = get(b, field, true, &bits);
  memcpy(result, &bits, sizeof *result);
  return err;
}

int tars_call_msg_get_i32(struct tars_behaviour *b, uint8_t field, int32_t *result) {
  uint32_t bits = 0;
  int err = get(b, field, false, &bits);
  *result = (int32_t)bits;
  return err;
}
