/* Messages from the broker: subscribes, and routes each message to the file that handles it. A message that can't be
 * handled yet is held, and all messages after it wait. Nothing is stored here: to see a retained message again, the
 * agent subscribes once more. */
#include "fleet_in.h"
#include "fleet_ask.h"
#include "fleet_command.h"
#include "fleet_fetch.h"
#include "fleet_out.h"
#include "fleet_root.h"
#include "fleet_state.h"
#include "fleet_text.h"
#include "fleet_update.h"
#include "tars_fleet.h" /* formats of topics */

#include <stdio.h> /* snprintf */
#include <string.h>

enum { DUE_DESIRED = 1, DUE_ROOT = 2, DUE_OTHERS = 4, DUE_ALL = 7 };
enum { HOLD_US = 30000000 }; /* a message that nobody has taken after this time is dropped */

static struct {
  uint8_t due;                                       /* subscriptions to be made */
  enum { BLOBS_UNKNOWN, BLOBS_OFF, BLOBS_ON } blobs; /* subscribed to chunks; the broker may still know from before */
  bool held;
  int64_t held_us; /* since when it is held */
  tars_mqtt_event message;
  uint32_t root_version; /* root document in force when the next one was subscribed to */
  fleet_exchange beacon;
} in;

void tars_fleet_in_begin(void) {
  memset(&in, 0, sizeof in);
  in.due = DUE_ALL;
  in.root_version = tars_fleet.trust.root_version;
  tars_fleet_command_begin();
}

/* The subscriptions of the next connection bring all retained messages again. */
void tars_fleet_in_drop(void) {
  tars_fleet_update_drop();
  tars_fleet_root_drop();
  tars_fleet_ask_forget(&in.beacon, false);
  in.held = false;
}

/* Subscribes again to topics whose retained message must be looked at once more. */
static void again_follow(void) {
  if (tars_fleet_update_again()) in.due |= DUE_DESIRED;
  if (tars_fleet_root_again()) in.due |= DUE_ROOT | DUE_DESIRED;
}

/* Version of the next root document, as text. */
static void root_next(char text[16]) { snprintf(text, 16, "%lu", (unsigned long)tars_fleet.trust.root_version + 1); }

/* After a change of the root document: subscribes to the one that follows it, and to bundles again, because one that
 * was refused under the old document may be right under the new one. */
static void root_follow(void) {
  char topic[FLEET_TOPIC], version[16];
  if (in.root_version == tars_fleet.trust.root_version) return;
  snprintf(version, sizeof version, "%lu", (unsigned long)in.root_version + 1);
  tars_fleet_topic(topic, TARS_TOPIC_ROOT_NEXT, version);
  if (tars_mqtt_unsubscribe(topic, tars_mqtt_id()) != 0) return;
  in.root_version = tars_fleet.trust.root_version;
  in.due |= DUE_ROOT | DUE_DESIRED;
}

/* Makes the subscriptions that are due; true if there were any. */
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
  }
  if (in.due & DUE_DESIRED) tars_fleet_topic(topics[count++], TARS_TOPIC_DESIRED, "");
  for (int i = 0; i < count; i++) filters[i] = topics[i];
  if (tars_mqtt_subscribe(filters, count, tars_mqtt_id()) != 0) return false;
  in.due = 0;
  return true;
}

/* Subscribes to chunks while some are wanted: those that others asked for would only use the broker's share up. False:
 * there is no room for that yet. */
static bool blobs_follow(void) {
  char topic[FLEET_TOPIC];
  const char *filter = topic;
  bool wanted = tars_fleet_fetch_runs();
  if (in.blobs == (wanted ? BLOBS_ON : BLOBS_OFF)) return true;
  tars_fleet_topic(topic, TARS_TOPIC_BLOB, "+/+");
  int err = wanted ? tars_mqtt_subscribe(&filter, 1, tars_mqtt_id()) : tars_mqtt_unsubscribe(topic, tars_mqtt_id());
  if (err == 0) in.blobs = wanted ? BLOBS_ON : BLOBS_OFF;
  return err == 0;
}

/* Hands a beacon to the supervisor, which checks its signatures. */
static bool beacon_take(tars_bytes document) {
  const tars_install_request request = { .verb = TARS_INSTALL_BEACON, .lent = true, .data = { .bytes = document } };
  int code = tars_fleet_exchange(&in.beacon, &request);
  if (code < 0) tars_fleet_refused(code);
  return code != FLEET_BUSY;
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
 * retained one and means nothing, but for a command's. */
static bool route(tars_text topic, tars_bytes payload) {
  tars_text rest;
  if (topic_is(topic, TARS_TOPIC_COMMAND, &rest) && rest.size == 0) return tars_fleet_command_take(payload);
  if (payload.size == 0) return true;
  if (topic_is(topic, TARS_TOPIC_DESIRED, &rest) && rest.size == 0) return tars_fleet_update_take(payload);
  if (topic_is(topic, TARS_TOPIC_BEACON, &rest) && rest.size == 0) return beacon_take(payload);
  if (topic_is(topic, TARS_TOPIC_BLOB, &rest)) return tars_fleet_fetch_take(rest, payload);
  if (topic_is(topic, TARS_TOPIC_ROOT, &rest) && (rest.size == 0 || rest.text[0] == '/'))
    return tars_fleet_root_take(payload);
  return true;
}

void tars_fleet_in_message(const tars_mqtt_event *event) {
  in.held = true;
  in.held_us = tars_fleet.now_us;
  in.message = *event;
}

bool tars_fleet_in_step(void) {
  again_follow();
  root_follow();
  bool done = subscribe();
  if (!blobs_follow()) return done;
  done |= tars_fleet_update_step();
  if (!in.held) return done;
  bool taken = route(in.message.topic, in.message.payload);
  /* A message that is lent to the supervisor must stay until it has answered. */
  if (!taken && tars_fleet.now_us - in.held_us >= HOLD_US && !tars_fleet_ask_waits()) {
    tars_fleet_in_drop();
    in.due |= DUE_ROOT | DUE_DESIRED;
    taken = true;
  }
  if (taken) {
    in.held = false;
    tars_mqtt_release(tars_fleet.now_us);
  }
  return done || taken;
}

int64_t tars_fleet_in_deadline_us(void) {
  int64_t update_us = tars_fleet_update_deadline_us(), root_us = tars_fleet_root_deadline_us();
  return update_us < root_us ? update_us : root_us;
}
