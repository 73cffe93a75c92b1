/* What comes from the broker: subscriptions, and each message to whom it concerns. A message that can't be taken yet is
 * held, and with it all behind it; the broker's retained messages are the memory: what must be looked at again is asked
 * for by subscribing once more. */
#include "fleet.h"
#include "session.h"    /* note for a person */
#include "tars_fleet.h" /* formats of topics */
#include "tars_link.h"  /* uses of uploads */

#include <stdio.h> /* snprintf */
#include <string.h>

enum { DUE_DESIRED = 1, DUE_ROOT = 2, DUE_OTHERS = 4, DUE_ALL = 7 };
enum { HOLD_US = 30000000 }; /* a message that nobody has taken by then is dropped */

static struct {
  uint8_t due;        /* subscriptions */
  bool held, checked; /* checked: a root document that is right */
  int64_t held_us;    /* since */
  tars_mqtt_event message;
  uint32_t root_version; /* of the subscription to the next one */
} in;

/* The connection is new. */
void tars_fleet_in_begin(void) {
  memset(&in, 0, sizeof in);
  in.due = DUE_ALL;
  in.root_version = tars_fleet.trust.root_version;
}

/* What is retained once more. */
void tars_fleet_in_again(bool root) { in.due |= root ? DUE_ROOT | DUE_DESIRED : DUE_DESIRED; }

/* Number of the root document that would be the next one. */
static void root_next(char text[16]) { snprintf(text, 16, "%lu", (unsigned long)tars_fleet.trust.root_version + 1); }

/* The root document has changed: the one after it is the next, and what was refused under the old one may be right now.
 */
static void root_follow(void) {
  char topic[FLEET_TOPIC], version[16];
  if (in.root_version == tars_fleet.trust.root_version) return;
  snprintf(version, sizeof version, "%lu", (unsigned long)in.root_version + 1);
  tars_fleet_topic(topic, TARS_TOPIC_ROOT_NEXT, version);
  if (tars_mqtt_unsubscribe(topic, tars_mqtt_id()) != 0) return;
  in.root_version = tars_fleet.trust.root_version;
  in.due |= DUE_ROOT | DUE_DESIRED;
}

/* Subscribes what is due; true if something was. */
static bool subscribe(void) {
  char topics[6][FLEET_TOPIC], version[16];
  const char *filters[6];
  int count = 0;
  if (!in.due) return false;
  if (in.due & DUE_ROOT) {
    root_next(version);
    tars_fleet_topic(topics[count++], TARS_TOPIC_ROOT, "");
    tars_fleet_topic(topics[count++], TARS_TOPIC_ROOT_NEXT, version);
  }
  if (in.due & DUE_OTHERS) {
    tars_fleet_topic(topics[count++], TARS_TOPIC_BEACON, "");
    tars_fleet_topic(topics[count++], TARS_TOPIC_COMMAND, "");
    tars_fleet_topic(topics[count++], TARS_TOPIC_BLOB, "+/+");
  }
  if (in.due & DUE_DESIRED) tars_fleet_topic(topics[count++], TARS_TOPIC_DESIRED, "");
  for (int i = 0; i < count; i++) filters[i] = topics[i];
  if (tars_mqtt_subscribe(filters, count, tars_mqtt_id()) != 0) return false;
  in.due = 0;
  return true;
}

/* Whether a root document is nothing for the updates. One that is further ahead is no attack: the ones between come
 * under their versions. All is checked, so that only the owner can end what is being fetched; the supervisor checks it
 * again. */
static bool root_is_idle(tars_bytes document) {
  tars_root root;
  bool same = false;
  if (tars_root_read(document.bytes, document.size, &root) == 0 && root.version > tars_fleet.trust.root_version + 1)
    return true;
  int err = tars_root_verify(document.bytes, document.size, tars_trust_root(), &root, &same);
  if (err) tars_fleet_refused(err);
  return err || same;
}

/* A root document, looked at once. */
static bool root_take(tars_bytes document) {
  if (!in.checked && root_is_idle(document)) return true;
  in.checked = true;
  return tars_fleet_update_take(TARS_UPLOAD_ROOT, document);
}

/* A beacon. */
static bool beacon_take(tars_bytes document) {
  int err = tars_trust_beacon(document.bytes, document.size);
  if (err) tars_fleet_refused(err);
  return true;
}

/* If the topic is one of ours, `rest` is what follows it. */
static bool topic_is(tars_text topic, const char *format, tars_text *rest) {
  char own[FLEET_TOPIC];
  tars_fleet_topic(own, format, "");
  size_t size = strlen(own);
  if (topic.size < size || memcmp(topic.text, own, size) != 0) return false;
  *rest = (tars_text){ topic.text + size, (uint16_t)(topic.size - size) };
  return true;
}

/* Hands a message to whom it concerns; false: not now. What we didn't ask for is dropped. An empty message ends a
 * retained one and means nothing. */
static bool route(tars_text topic, tars_bytes payload) {
  tars_text rest;
  if (payload.size == 0) return true;
  if (topic_is(topic, TARS_TOPIC_COMMAND, &rest) && rest.size == 0) return tars_fleet_command(payload);
  if (topic_is(topic, TARS_TOPIC_DESIRED, &rest) && rest.size == 0)
    return tars_fleet_update_take(TARS_UPLOAD_BUNDLE, payload);
  if (topic_is(topic, TARS_TOPIC_BEACON, &rest) && rest.size == 0) return beacon_take(payload);
  if (topic_is(topic, TARS_TOPIC_BLOB, &rest)) return tars_fleet_fetch_take(rest, payload);
  if (topic_is(topic, TARS_TOPIC_ROOT, &rest) && (rest.size == 0 || rest.text[0] == '/')) return root_take(payload);
  return true;
}

/* A message has come. */
void tars_fleet_in_message(const tars_mqtt_event *event) {
  in.held = true;
  in.checked = false;
  in.held_us = tars_fleet.now_us;
  in.message = *event;
}

/* Subscriptions, and the message that is held. */
bool tars_fleet_in_step(void) {
  root_follow();
  bool done = subscribe();
  if (!in.held) return done;
  bool taken = route(in.message.topic, in.message.payload);
  if (!taken && tars_fleet.now_us - in.held_us >= HOLD_US) {
    tars_fleet_update_drop();
    tars_fleet_in_again(true);
    taken = true;
  }
  if (taken) {
    in.held = false;
    tars_mqtt_release(tars_fleet.now_us);
  }
  return done || taken;
}
