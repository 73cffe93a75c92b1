/* An MQTT 3.1.1 client over tars_stream.h: packets by coreMQTT's serializer, static memory, one connection, nothing
 * blocks.
 *
 * Packets are received whole into one buffer and handed out one at a time; a message stays there until it is released,
 * and nothing more is received meanwhile: a slow taker slows the broker down. Sending has a buffer of its own, so
 * publishing while a message is looked at doesn't touch it. Agent task only. */
#ifndef TARS_MQTT_H
#define TARS_MQTT_H

#include "tars_cbor.h"   /* tars_bytes */
#include "tars_limits.h" /* largest bundle */

/* Bytes of a packet that can be received: a bundle, its topic, packet id and header. */
#define TARS_MQTT_RECEIVE (TARS_LIMIT_BUNDLE + 256)
/* Bytes of packets that wait for the stream. */
#define TARS_MQTT_SEND 4096
/* Seconds without a packet after which the broker gives the board up one and a half times later. */
#ifndef TARS_MQTT_KEEP_ALIVE_S
#define TARS_MQTT_KEEP_ALIVE_S 20
#endif

typedef struct {
  const char *client, *user, *password; /* user and password may be empty */
  const char *will_topic;               /* the will is retained, QoS 1 */
  tars_bytes will;
} tars_mqtt_connection;

typedef struct {
  const char *topic;
  tars_bytes payload;
  uint16_t id; /* 0: QoS 0; else QoS 1 with this packet id */
  bool retained, again;
} tars_mqtt_publication;

typedef enum {
  TARS_MQTT_NOTHING,
  TARS_MQTT_CONNECTED,
  TARS_MQTT_MESSAGE,  /* `topic` and `payload`, until tars_mqtt_release() */
  TARS_MQTT_TOO_LONG, /* a message on `topic` was longer than the buffer: dropped and acknowledged */
  TARS_MQTT_ACKED,    /* publication, or subscription, `id` */
} tars_mqtt_event_kind;

typedef struct {
  tars_mqtt_event_kind kind;
  uint16_t id;
  bool present;   /* connected: the broker had kept the session */
  bool asked;     /* what came answers something that was sent */
  uint32_t bytes; /* that came: of a packet, or of a message that is too long and is skipped */
  tars_text topic;
  tars_bytes payload;
} tars_mqtt_event;

/* The stream is open: asks the broker for a session that outlives the connection. 0 or -too_long. */
int tars_mqtt_connect(const tars_mqtt_connection *connection, int64_t now_us);
/* Sends what can be and receives one packet at most; the next event. 0, or a negative error after which the connection
 * is gone: -io or what the stream said, -timeout the broker is silent, -denied it refuses the session or a
 * subscription, -invalid it breaks the protocol. */
int tars_mqtt_poll(int64_t now_us, tars_mqtt_event *event);
/* Nothing is received before this time. */
void tars_mqtt_pause(int64_t until_us);
/* After -denied: why, and what helps; static text. */
const char *tars_mqtt_reason(void);
/* The message was taken: it is acknowledged now. */
void tars_mqtt_release(int64_t now_us);
/* The next packet id; never 0. Ids that are still in use are left out by the caller. */
uint16_t tars_mqtt_id(void);
/* 0, or -full: try again after a poll. -too_long: it will never fit. */
int tars_mqtt_publish(const tars_mqtt_publication *publication);
/* At most TARS_MQTT_FILTERS filters, QoS 1. */
#define TARS_MQTT_FILTERS 8
int tars_mqtt_subscribe(const char *const *filters, int count, uint16_t id);
int tars_mqtt_unsubscribe(const char *filter, uint16_t id);
/* When poll wants to be called at the latest. */
int64_t tars_mqtt_deadline_us(void);

#endif
