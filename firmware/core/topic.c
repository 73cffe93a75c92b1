/* A message is delivered to every subscriber of the app in order, and to the observer. Its fields are copied into
 * the queues, so nothing is kept of it elsewhere. */
#include "topic.h"

#include <string.h> /* memcpy */

#include "core.h"
#include "due.h"
#include "enter.h"
#include "event.h"
#include "schema.h"
#include "tars_errors.h"
#include "tars_os.h"

bool tars_topic_of(const tars_use *use, tars_text *topic, tars_text *schema) {
  if (use->kind != TARS_KIND_PUBLISH && use->kind != TARS_KIND_SUBSCRIBE) return false;
  bool publishes = use->kind == TARS_KIND_PUBLISH;
  *topic = publishes ? use->publish.topic : use->subscribe.topic;
  *schema = publishes ? use->publish.schema : use->subscribe.schema;
  return true;
}

/* FNV-1a. Texts are compared only if their hashes are equal. */
static uint32_t hash_of(tars_text text) {
  uint32_t hash = 2166136261u;
  for (uint16_t i = 0; i < text.size; i++) hash = (hash ^ (uint8_t)text.text[i]) * 16777619u;
  return hash;
}

int tars_topic_bind(tars_behaviour *b, uint8_t handle) {
  tars_text topic, schema;
  uint8_t types[TARS_LIMIT_FIELDS];
  if (!tars_topic_of(&b->manifest.uses[handle], &topic, &schema)) return 0;
  tars_handle *h = &b->handles[handle];
  int count = tars_schema_types(schema, types);
  if (count < 0) return count;
  h->topic.hash = hash_of(topic);
  h->topic.count = (uint8_t)count;
  for (int i = 0; i < count; i++) h->topic.floats |= (uint16_t)((types[i] == SCHEMA_F32) << i);
  return 0;
}

/* True if a handle is of the kind and has this topic. */
static bool handle_is(const tars_behaviour *b, uint8_t handle, uint8_t kind, uint32_t hash, tars_text topic) {
  tars_text own, schema;
  if (b->manifest.uses[handle].kind != kind || !tars_topic_of(&b->manifest.uses[handle], &own, &schema)) return false;
  return b->handles[handle].topic.hash == hash && tars_text_equal(own, topic);
}

bool tars_topic_same(const tars_behaviour *a, uint8_t handle_a, const tars_behaviour *b, uint8_t handle_b) {
  tars_text topic, schema;
  if (!tars_topic_of(&a->manifest.uses[handle_a], &topic, &schema)) return false;
  return handle_is(b, handle_b, b->manifest.uses[handle_b].kind, a->handles[handle_a].topic.hash, topic);
}

/* Enters a message for one source row. */
static void enter(tars_behaviour *b, uint8_t row, uint8_t depth, const uint32_t *fields, uint8_t count,
                  int64_t time_us) {
  tars_event event = { .time_us = time_us, .source = (int16_t)(row + 1), .count = count };
  memcpy(event.fields, fields, count * sizeof *fields);
  if (tars_event_fits(b, &event))
    tars_event_enter(b, event);
  else if (depth > 0)
    b->stats.dropped++;
}

/* Delivers a message to each subscription of one behaviour. */
static void deliver_to(tars_behaviour *b, uint32_t hash, tars_text topic, const uint32_t *fields, uint8_t count,
                       int64_t time_us) {
  if (!tars_life_is_open(b->life)) return;
  for (uint8_t h = 0; h < b->manifest.uses_count; h++) {
    if (!handle_is(b, h, TARS_KIND_SUBSCRIBE, hash, topic)) continue;
    for (uint8_t row = 0; row < b->manifest.sources_count; row++) {
      const tars_source *source = &b->manifest.sources[row];
      if (source->kind == TARS_SOURCE_MESSAGE && source->message.handle == h)
        enter(b, row, b->manifest.uses[h].subscribe.depth, fields, count, time_us);
    }
  }
}

/* Passes a message to the observer (`tars_hooks.message`). */
static void observe(tars_text topic, tars_text schema, const uint32_t *fields, uint8_t count, int64_t time_us) {
  uint8_t types[TARS_LIMIT_FIELDS];
  tars_value values[TARS_LIMIT_FIELDS];
  if (tars_core.hooks.message == NULL || tars_schema_types(schema, types) != count) return;
  for (uint8_t i = 0; i < count; i++) values[i] = tars_schema_value(types[i], fields[i]);
  tars_core.hooks.message(time_us, topic, values, count);
}

/* Delivers a message to all subscribers and to the observer, and counts it at one handle that stands for the topic. */
static void deliver(tars_handle *counter, tars_text topic, tars_text schema, const uint32_t *fields, uint8_t count,
                    int64_t time_us) {
  counter->topic.messages++;
  for (uint8_t i = 0; i < tars_core.app.count; i++)
    deliver_to(tars_core.app.behaviours[i], counter->topic.hash, topic, fields, count, time_us);
  observe(topic, schema, fields, count, time_us);
}

void tars_topic_send(tars_behaviour *b, uint8_t handle, const uint32_t *fields, uint8_t count, int64_t time_us) {
  const tars_use_publish *publish = &b->manifest.uses[handle].publish;
  tars_handle *h = &b->handles[handle];
  if (publish->rate > 0 && h->topic.sent &&
      time_us < tars_time_after(h->topic.last_us, INT64_C(1000000) / publish->rate)) {
    b->stats.limited++;
    return;
  }
  h->topic.sent = true;
  h->topic.last_us = time_us;
  deliver(h, publish->topic, publish->schema, fields, count, time_us);
}

/* First handle of the app with this topic; NULL if there is none. */
static tars_handle *find(tars_text topic, tars_text *schema) {
  uint32_t hash = hash_of(topic);
  tars_text own;
  for (uint8_t i = 0; i < tars_core.app.count; i++) {
    tars_behaviour *b = tars_core.app.behaviours[i];
    for (uint8_t h = 0; h < b->manifest.uses_count; h++)
      if (handle_is(b, h, b->manifest.uses[h].kind, hash, topic) && tars_topic_of(&b->manifest.uses[h], &own, schema))
        return &b->handles[h];
  }
  return NULL;
}

/* Publishes a message that comes from outside of the app. */
static int publish(tars_text topic, const tars_value *values, int count) {
  uint8_t types[TARS_LIMIT_FIELDS];
  uint32_t fields[TARS_LIMIT_FIELDS];
  tars_text schema;
  tars_handle *h = find(topic, &schema);
  if (h == NULL) return -TARS_E_UNKNOWN;
  if (tars_schema_types(schema, types) != count) return -TARS_E_INVALID;
  for (int i = 0; i < count; i++) {
    int err = tars_schema_bits(types[i], values[i], &fields[i]);
    if (err) return err;
  }
  int64_t now = tars_os_now_us();
  tars_due_enter(now);
  deliver(h, topic, schema, fields, (uint8_t)count, now);
  return 0;
}

int tars_topic_publish(tars_text topic, const tars_value *fields, int count) {
  tars_os_lock();
  int err = publish(topic, fields, count);
  tars_os_unlock();
  return err;
}

/* Counts a topic's users and messages over the app. False if an earlier handle has the topic of this one already. */
static bool count_users(const tars_behaviour *b, uint8_t handle, tars_topic_info *info) {
  for (uint8_t i = 0; i < tars_core.app.count; i++) {
    const tars_behaviour *other = tars_core.app.behaviours[i];
    for (uint8_t h = 0; h < other->manifest.uses_count; h++) {
      if (!tars_topic_same(b, handle, other, h)) continue;
      if (info->publishers + info->subscribers == 0 && (other != b || h != handle)) return false;
      info->publishers += other->manifest.uses[h].kind == TARS_KIND_PUBLISH;
      info->subscribers += other->manifest.uses[h].kind == TARS_KIND_SUBSCRIBE;
      info->messages += other->handles[h].topic.messages;
    }
  }
  return true;
}

int tars_topic_at(int index, tars_topic_info *info) {
  int err = -TARS_E_UNKNOWN;
  tars_os_lock();
  for (uint8_t i = 0; i < tars_core.app.count && err; i++) {
    const tars_behaviour *b = tars_core.app.behaviours[i];
    for (uint8_t h = 0; h < b->manifest.uses_count && err; h++) {
      *info = (tars_topic_info){ 0 };
      if (!tars_topic_of(&b->manifest.uses[h], &info->topic, &info->schema) || !count_users(b, h, info) || index-- != 0)
        continue;
      char *words = info->words;
      tars_text_keep(&info->topic, &words);
      tars_text_keep(&info->schema, &words);
      err = 0;
    }
  }
  tars_os_unlock();
  return err;
}
