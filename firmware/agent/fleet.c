/* The loop of the broker's agent: when it connects, and what it does in each pass. */
#include "fleet_ask.h"
#include "fleet_command.h"
#include "fleet_in.h"
#include "fleet_out.h"
#include "fleet_share.h"
#include "fleet_state.h"
#include "fleet_text.h"
#include "follow.h"      /* note for a person */
#include "tars_broker.h" /* URL */
#include "tars_errors.h" /* names of errors */
#include "tars_net.h"    /* sleep */
#include "tars_os.h"     /* lock, time, random */
#include "tars_stream.h" /* connection */

#include <stdio.h> /* snprintf */
#include <string.h>

enum {
  REST_MIN_US = 1000000,
  REST_MAX_US = 60000000, /* longest rest between two attempts to connect */
  STEADY_US = 30000000,   /* a connection that lasted so long counts as a success: the next rest is short again */
  LOOK_US = 60000000,     /* while idle: look at the configuration even if nobody has called */
  BOOT_LOOK_US = 20000,   /* while booting: look again, because nobody calls when the records have been read */
  OPEN_US = 30000000,     /* longest time for connecting, with the handshake */
  UNTAKEN_US = 15000000,  /* so long a session may last without an acknowledgement of anything that was published */
  PASS_STEPS = 64,        /* steps of a session before the time is read again */
};

static bool unfinished; /* the last pass of the session had more to do */

void tars_fleet_init(void) {
  tars_fleet = (fleet_state){ .step = FLEET_IDLE, .trouble = "" };
  tars_fleet_out_init();
}

static int64_t earlier(int64_t a_us, int64_t b_us) { return a_us < b_us ? a_us : b_us; }

static void step_set(fleet_step step) {
  tars_fleet.step = step;
  tars_fleet.begun_us = tars_fleet.now_us;
}

/* Time until the next attempt to connect. It doubles with each attempt that failed, and a random part is added, so
 * that a thousand boards don't come back to a broker in the same moment. */
static int64_t rest_us(void) {
  uint32_t random = 0;
  int64_t rest = REST_MIN_US;
  for (uint32_t i = 0; i < tars_fleet.attempts && rest < REST_MAX_US; i++) rest *= 2;
  if (rest > REST_MAX_US) rest = REST_MAX_US;
  if (tars_os_random((uint8_t *)&random, sizeof random) != 0) random = 0;
  return rest / 2 + random % (uint32_t)(rest / 2);
}

/* Writes a note about the broker for people. */
static void trouble_note(int code) {
  char line[TARS_LIMIT_LOG_TEXT + 1];
  snprintf(line, sizeof line, "broker: %s (%s)", tars_fleet.trouble, tars_error_name(code));
  tars_follow_note(line);
}

/* Ends a connection, or an attempt to make one. Only the first of several failures in a row is noted. */
static void leave(int code, const char *reason) {
  bool was_joined = tars_fleet.step == FLEET_JOINED;
  tars_fleet.trouble = code && !*reason ? "the connection ended" : reason;
  if (was_joined && tars_fleet.now_us - tars_fleet.begun_us >= STEADY_US) tars_fleet.attempts = 0;
  if (was_joined) tars_fleet_in_drop();
  if (code && (was_joined || tars_fleet.attempts == 0)) trouble_note(code);
  tars_stream_close();
  tars_fleet.resume_us = tars_fleet.now_us + rest_us();
  tars_fleet.attempts++;
  step_set(FLEET_RESTING);
}

/* Looks whether owner or broker have changed; a change ends the connection. */
static void config_follow(void) {
  tars_network network;
  char device[FLEET_ID_TEXT] = "";
  tars_trust_read(&tars_fleet.trust);
  tars_trust_network(&network);
  if (tars_fleet.trust.owned) tars_fleet_hex(tars_fleet.trust.device, sizeof tars_fleet.trust.device, device);
  bool same = strcmp(device, tars_fleet.device) == 0 && memcmp(&network, &tars_fleet.network, sizeof network) == 0;
  if (same) return;
  if (tars_fleet.step != FLEET_IDLE) leave(0, "");
  tars_fleet.network = network;
  memcpy(tars_fleet.device, device, sizeof device);
  tars_fleet.attempts = 0;
  tars_fleet.trouble = "";
  step_set(FLEET_IDLE);
}

/* Begins to connect, if the board has an owner and a broker. */
static void connect_begin(void) {
  static char host[129]; /* static, because the stream keeps a pointer to it */
  tars_bytes ca = tars_trust_ca();
  tars_broker_place place;
  if (!tars_fleet.device[0] || !tars_fleet.network.broker[0] || !tars_fleet.network.fleet[0]) return;
  step_set(FLEET_OPENING);
  if (!tars_broker_url(tars_fleet.network.broker, &place)) { /* written by a firmware that took any text */
    leave(-TARS_E_INVALID, "no URL");
    return;
  }
  memcpy(host, place.host, place.size);
  host[place.size] = '\0';
  int err = tars_stream_open(
      &(tars_stream_config){ .host = host, .port = place.port, .tls = place.tls, .ca = ca.bytes, .ca_size = ca.size });
  if (err) leave(err, tars_stream_reason());
}

/* The stream is open: asks the broker for a session. The nonce is a new one, so commands that were signed for an
 * earlier session are refused. */
static void join(void) {
  uint8_t will[256];
  char topic[FLEET_TOPIC];
  tars_trust_nonce_renew();
  tars_trust_read(&tars_fleet.trust);
  int size = tars_fleet_will(will, sizeof will);
  tars_fleet_topic(topic, TARS_TOPIC_ONLINE, "");
  const tars_mqtt_connection connection = {
    .client = tars_fleet.device,
    .user = tars_fleet.network.user,
    .password = tars_fleet.network.password,
    .will_topic = topic,
    .will = { will, size < 0 ? 0 : (uint32_t)size },
  };
  int err = size < 0 ? size : tars_mqtt_connect(&connection, tars_fleet.now_us);
  if (err)
    leave(err, "no session can be asked for");
  else
    step_set(FLEET_JOINING);
}

static void opening_step(void) {
  int state = tars_stream_poll();
  if (state < 0)
    leave(state, tars_stream_reason());
  else if (state == TARS_STREAM_OPEN)
    join();
  else if (tars_fleet.now_us - tars_fleet.begun_us >= OPEN_US)
    leave(-TARS_E_TIMEOUT, "no answer");
}

/* The broker has accepted the session. */
static void joined(void) {
  step_set(FLEET_JOINED);
  tars_fleet_share_begin();
  tars_fleet.trouble = "";
  tars_fleet_in_begin();
  tars_fleet_out_begin();
  tars_follow_note("broker: connected");
}

/* Handles an event of the MQTT client. */
static void event_take(const tars_mqtt_event *event) {
  switch (event->kind) {
  case TARS_MQTT_CONNECTED: joined(); break;
  case TARS_MQTT_MESSAGE: tars_fleet_in_message(event); break;
  case TARS_MQTT_TOO_LONG: tars_fleet_refused(-TARS_E_TOO_LONG); break;
  case TARS_MQTT_ACKED: tars_fleet_out_acked(event->id); break;
  case TARS_MQTT_NOTHING: break;
  }
}

/* The reason for the end of a session, in words for people: what is wrong, and what helps. A broker that doesn't take
 * a message of MQTT 3.1.1 has no other way to say so than to hang up. */
static const char *session_reason(int err) {
  bool joining = tars_fleet.step == FLEET_JOINING;
  switch (-err) {
  case TARS_E_TIMEOUT:
    return joining ? "it doesn't answer: does it speak MQTT on this port?" : "it doesn't answer any more";
  case TARS_E_DENIED: return tars_mqtt_reason();
  case TARS_E_INVALID: return joining ? "what answers there doesn't speak MQTT 3.1.1" : "it breaks the protocol";
  default: break;
  }
  if (joining) return "it hung up without an answer: does it speak MQTT 3.1.1 on this port, with TLS or without?";
  return tars_fleet_out_untaken() ? "it hung up on a message: allow writing below tars/v1/ and packets of 16384 bytes"
                                  : tars_stream_reason();
}

/* Counts what has come against the broker's share. While nothing is left of that, nothing is received. */
static void event_count(const tars_mqtt_event *event) {
  if (event->bytes == 0 || event->asked) return;
  tars_fleet_share_take(FLEET_BYTES, event->bytes);
  tars_fleet_share_take(FLEET_MESSAGES, 1);
  int64_t bytes_us = tars_fleet_share_again_us(FLEET_BYTES), messages_us = tars_fleet_share_again_us(FLEET_MESSAGES);
  int64_t again_us = earlier(bytes_us, messages_us);
  if (again_us != INT64_MAX) tars_mqtt_pause(again_us);
}

/* Receives, works and sends until there is nothing left to do. After PASS_STEPS steps it returns, so that a broker
 * that never pauses doesn't keep the agent from reading the time. */
static void session_step(void) {
  unfinished = true;
  const char *flood = tars_fleet_share_flood();
  if (flood) {
    leave(-TARS_E_FULL, flood);
    return;
  }
  for (int i = 0; i < PASS_STEPS && unfinished; i++) {
    tars_mqtt_event event;
    int err = tars_mqtt_poll(tars_fleet.now_us, &event);
    if (err) {
      leave(err, session_reason(err));
      return;
    }
    event_count(&event);
    event_take(&event);
    unfinished = event.bytes > 0;
    if (tars_fleet.step != FLEET_JOINED) continue;
    tars_trust_read(&tars_fleet.trust);
    unfinished |= tars_fleet_ask_step();
    unfinished |= tars_fleet_in_step();
    unfinished |= tars_fleet_out_step();
  }
}

/* Says so if the broker acknowledges nothing, until it does. The connection stays: it may only be slow. */
static void taken_follow(void) {
  bool untaken = tars_fleet_out_untaken() && tars_fleet.now_us - tars_fleet.begun_us >= UNTAKEN_US;
  bool is_new = untaken && !*tars_fleet.trouble;
  tars_fleet.trouble = untaken ? "it acknowledges no message: allow QoS 1 at the broker" : "";
  if (is_new) trouble_note(-TARS_E_TIMEOUT);
}

/* Time at which the port calls tars_fleet_pass() again. */
static int64_t deadline_us(void) {
  switch (tars_fleet.step) {
  case FLEET_RESTING: return tars_fleet_ask_waits() ? tars_fleet.now_us + LOOK_US : tars_fleet.resume_us;
  case FLEET_OPENING: return tars_fleet.begun_us + OPEN_US;
  case FLEET_JOINING: return tars_mqtt_deadline_us();
  case FLEET_JOINED:
    if (unfinished) return tars_fleet.now_us;
    return earlier(earlier(tars_mqtt_deadline_us(), tars_fleet_share_again_us(FLEET_SIGNATURES)),
                   earlier(tars_fleet_ask_deadline_us(), tars_fleet_in_deadline_us()));
  case FLEET_IDLE: return tars_fleet.now_us + LOOK_US;
  }
  return tars_fleet.now_us;
}

int64_t tars_fleet_pass(int64_t now_us) {
  tars_fleet.now_us = now_us;
  if (!tars_install_is_booted()) return now_us + BOOT_LOOK_US; /* the owner isn't known yet */
  config_follow();
  /* also without a connection, because the agent's answer must be taken before the link can ask again */
  tars_fleet_ask_step();
  bool rested = tars_fleet.step == FLEET_RESTING && now_us >= tars_fleet.resume_us;
  /* a message is lent to the supervisor: the next connection would receive into the same buffer */
  bool lent = tars_fleet_ask_waits();
  if ((tars_fleet.step == FLEET_IDLE || rested) && !lent) connect_begin();
  if (tars_fleet.step == FLEET_OPENING) opening_step();
  if (tars_fleet.step == FLEET_JOINING || tars_fleet.step == FLEET_JOINED) session_step();
  if (tars_fleet.step == FLEET_JOINED) taken_follow();
  bool joined = tars_fleet.step == FLEET_JOINED, was_replying = tars_fleet.replying;
  tars_fleet.online = joined && tars_fleet_out_current();
  tars_fleet.replying = joined && (tars_fleet_out_replying() || tars_fleet_command_waits());
  if (was_replying && !tars_fleet.replying) tars_agent_wake(); /* a restart may have waited for the reply */
  return deadline_us();
}

void tars_fleet_run(void) {
  for (;;) tars_net_wait(tars_fleet_pass(tars_os_now_us()));
}
