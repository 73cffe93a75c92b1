/* The MQTT client; tars_mqtt.h says how it behaves. */
#include "tars_mqtt.h"

#include "core_mqtt_serializer.h" /* packets */
#include "mqtt_reason.h"          /* words for refusals */
#include "tars_errors.h"          /* codes */
#include "tars_stream.h"          /* what carries them */

#include <string.h>

enum {
  ACK_SIZE = 4,
  PING_SIZE = 2,
  ACKS_ROOM = 64,                                 /* kept free for acknowledgements and pings */
  PINGS_ROOM = 16,                                /* of that, for pings alone */
  DISCONNECT = 0xe0,                              /* type of a packet that brokers send in MQTT 5 only */
  PING_US = TARS_MQTT_KEEP_ALIVE_S * 1000000 / 2, /* silence after which the broker is asked whether it is there */
  ANSWER_US = 10000000,                           /* so long it may take to answer */
};

static struct {
  bool connecting, waiting, held; /* waiting: for the answer to a ping; held: a message is being looked at */
  uint16_t held_id;
  uint32_t held_size;                      /* bytes of the packet, at the beginning of `in` */
  uint32_t skip;                           /* bytes of a packet that was too long, still to come */
  uint32_t owed;                           /* acknowledgements that the broker still has to send */
  int64_t pause_us;                        /* nothing is received before */
  int64_t answer_us, received_us, sent_us; /* answer: the broker must have spoken by then */
  uint16_t next_id;
  const char *refusal; /* why the broker has refused */
  uint32_t in_size, out_size;
  uint8_t in[TARS_MQTT_RECEIVE], out[TARS_MQTT_SEND];
} client;

/* Where the next packet is written, with `reserve` bytes left free behind it. */
static MQTTFixedBuffer_t room(uint32_t reserve) {
  uint32_t used = client.out_size + reserve, free = used < sizeof client.out ? (uint32_t)sizeof client.out - used : 0;
  return (MQTTFixedBuffer_t){ client.out + client.out_size, free };
}

uint16_t tars_mqtt_id(void) {
  if (++client.next_id == 0) client.next_id = 1;
  return client.next_id;
}

/* A text for coreMQTT. */
static uint16_t length(const char *text) { return (uint16_t)strlen(text); }

int tars_mqtt_connect(const tars_mqtt_connection *connection, int64_t now_us) {
  uint16_t id = client.next_id;
  memset(&client, 0, sizeof client);
  client.next_id = id; /* goes on, so that an old acknowledgement is never taken for a new one */
  MQTTConnectInfo_t info = {
    .keepAliveSeconds = TARS_MQTT_KEEP_ALIVE_S,
    .pClientIdentifier = connection->client,
    .clientIdentifierLength = length(connection->client),
  };
  if (connection->user[0]) {
    info.pUserName = connection->user;
    info.userNameLength = length(connection->user);
    info.pPassword = connection->password;
    info.passwordLength = length(connection->password);
  }
  MQTTPublishInfo_t will = {
    .qos = MQTTQoS1,
    .retain = true,
    .pTopicName = connection->will_topic,
    .topicNameLength = length(connection->will_topic),
    .pPayload = connection->will.bytes,
    .payloadLength = connection->will.size,
  };
  size_t remaining, size;
  MQTTFixedBuffer_t out = room(0);
  if (MQTT_GetConnectPacketSize(&info, &will, &remaining, &size) != MQTTSuccess ||
      MQTT_SerializeConnect(&info, &will, remaining, &out) != MQTTSuccess)
    return -TARS_E_TOO_LONG;
  client.out_size = (uint32_t)size;
  client.connecting = true;
  client.answer_us = now_us + ANSWER_US;
  client.received_us = client.sent_us = now_us;
  return 0;
}

int tars_mqtt_publish(const tars_mqtt_publication *publication) {
  MQTTPublishInfo_t info = {
    .qos = publication->id ? MQTTQoS1 : MQTTQoS0,
    .retain = publication->retained,
    .dup = publication->again,
    .pTopicName = publication->topic,
    .topicNameLength = length(publication->topic),
    .pPayload = publication->payload.bytes,
    .payloadLength = publication->payload.size,
  };
  size_t remaining, size;
  MQTTFixedBuffer_t out = room(ACKS_ROOM);
  if (MQTT_GetPublishPacketSize(&info, &remaining, &size) != MQTTSuccess || size > sizeof client.out - ACKS_ROOM)
    return -TARS_E_TOO_LONG;
  if (size > out.size || MQTT_SerializePublish(&info, publication->id, remaining, &out) != MQTTSuccess)
    return -TARS_E_FULL;
  client.out_size += (uint32_t)size;
  client.owed += publication->id != 0;
  return 0;
}

int tars_mqtt_subscribe(const char *const *filters, int count, uint16_t id) {
  MQTTSubscribeInfo_t list[TARS_MQTT_FILTERS];
  size_t remaining, size;
  MQTTFixedBuffer_t out = room(ACKS_ROOM);
  if (count > TARS_MQTT_FILTERS) return -TARS_E_TOO_LONG;
  for (int i = 0; i < count; i++)
    list[i] =
        (MQTTSubscribeInfo_t){ .qos = MQTTQoS1, .pTopicFilter = filters[i], .topicFilterLength = length(filters[i]) };
  if (MQTT_GetSubscribePacketSize(list, (size_t)count, &remaining, &size) != MQTTSuccess ||
      size > sizeof client.out - ACKS_ROOM)
    return -TARS_E_TOO_LONG;
  if (size > out.size || MQTT_SerializeSubscribe(list, (size_t)count, id, remaining, &out) != MQTTSuccess)
    return -TARS_E_FULL;
  client.out_size += (uint32_t)size;
  client.owed++;
  return 0;
}

int tars_mqtt_unsubscribe(const char *filter, uint16_t id) {
  MQTTSubscribeInfo_t info = { .qos = MQTTQoS1, .pTopicFilter = filter, .topicFilterLength = length(filter) };
  size_t remaining, size;
  MQTTFixedBuffer_t out = room(ACKS_ROOM);
  if (MQTT_GetUnsubscribePacketSize(&info, 1, &remaining, &size) != MQTTSuccess) return -TARS_E_TOO_LONG;
  if (size > out.size || MQTT_SerializeUnsubscribe(&info, 1, id, remaining, &out) != MQTTSuccess) return -TARS_E_FULL;
  client.out_size += (uint32_t)size;
  client.owed++;
  return 0;
}

/* Acknowledges a message; there is room, or nothing would have been received. */
static void acknowledge(uint16_t id) {
  MQTTFixedBuffer_t out = room(0);
  if (id && MQTT_SerializeAck(&out, MQTT_PACKET_TYPE_PUBACK, id) == MQTTSuccess) client.out_size += ACK_SIZE;
}

/* Sends what waits. */
static int flush(int64_t now_us) {
  while (client.out_size > 0) {
    int32_t sent = tars_stream_send(client.out, client.out_size);
    if (sent <= 0) return sent;
    client.out_size -= (uint32_t)sent;
    memmove(client.out, client.out + sent, client.out_size);
    client.sent_us = now_us;
  }
  return 0;
}

/* Drops the packet at the beginning of the buffer. */
static void consume(uint32_t size) {
  client.in_size -= size;
  memmove(client.in, client.in + size, client.in_size);
}

void tars_mqtt_pause(int64_t until_us) { client.pause_us = until_us; }

void tars_mqtt_release(int64_t now_us) {
  if (!client.held) return;
  acknowledge(client.held_id);
  consume(client.held_size);
  client.held = false;
  client.received_us = now_us; /* silence while nobody listened doesn't count */
  client.answer_us = now_us + ANSWER_US;
}

/* Length of the packet at the beginning of the buffer, with its header. 0: not known yet; -invalid: no packet starts
 * so. */
static int64_t packet_size(uint32_t *header) {
  uint32_t remaining = 0;
  for (uint32_t i = 1; i <= 4; i++) {
    if (i >= client.in_size) return 0;
    remaining |= (client.in[i] & 0x7fu) << (7 * (i - 1));
    if (!(client.in[i] & 0x80)) {
      *header = i + 1;
      return (int64_t)remaining + *header;
    }
  }
  return -TARS_E_INVALID;
}

/* A message has come, whole or at least as far as the id behind its topic. */
static int message_read(const MQTTPacketInfo_t *packet, tars_mqtt_event *event, uint16_t *id) {
  MQTTPublishInfo_t info = { 0 };
  *id = 0;
  if (MQTT_DeserializePublish(packet, id, &info) != MQTTSuccess || info.qos == MQTTQoS2) return -TARS_E_INVALID;
  event->topic = (tars_text){ info.pTopicName, info.topicNameLength };
  event->payload = (tars_bytes){ info.pPayload, (uint32_t)info.payloadLength };
  return 0;
}

/* The beginning of a message that is longer than the buffer: the rest will be skipped. */
static int oversize_take(uint32_t header, uint32_t size, tars_mqtt_event *event) {
  MQTTPacketInfo_t packet = { client.in[0], client.in + header, size - header };
  uint16_t id;
  if ((client.in[0] & 0xf0) != MQTT_PACKET_TYPE_PUBLISH) return -TARS_E_INVALID;
  if (client.in_size < sizeof client.in) return 0;
  uint32_t topic_size = (uint32_t)client.in[header] << 8 | client.in[header + 1];
  if (header + 2 + topic_size + 2 > sizeof client.in)
    return -TARS_E_INVALID; /* nobody subscribed to a topic longer than the buffer; coreMQTT would read behind it */
  int err = message_read(&packet, event, &id);
  if (err) return err;
  acknowledge(id);
  event->bytes = client.in_size;
  client.skip = size - client.in_size;
  client.in_size = 0; /* `topic` still lies there: nothing is received before the next poll */
  event->kind = TARS_MQTT_TOO_LONG;
  return 1;
}

/* A message: it stays in the buffer. */
static int message_take(const MQTTPacketInfo_t *packet, uint32_t size, tars_mqtt_event *event) {
  int err = message_read(packet, event, &client.held_id);
  if (err) return err;
  client.held = true;
  client.held_size = size;
  event->bytes = size;
  event->kind = TARS_MQTT_MESSAGE;
  return 1;
}

/* True if the broker owes this answer, which it doesn't from then on. */
static bool answer_asked(uint8_t type) {
  if (type == MQTT_PACKET_TYPE_CONNACK) return true;
  if (type == MQTT_PACKET_TYPE_PINGRESP) return client.waiting;
  if (client.owed == 0) return false;
  client.owed--;
  return true;
}

/* The code with which a CONNACK refuses, or a DISCONNECT ends the session; 0 if the packet does neither. A broker that
 * knows MQTT 5 only may answer in that, with properties behind the code. */
static uint8_t refusal_code(const MQTTPacketInfo_t *packet) {
  if (packet->type == MQTT_PACKET_TYPE_CONNACK && client.connecting && packet->remainingLength >= 2)
    return packet->pRemainingData[1];
  return packet->type == DISCONNECT && packet->remainingLength ? packet->pRemainingData[0] : 0;
}

/* Takes an acknowledgement of the broker. */
static int answer_take(MQTTPacketInfo_t *packet, tars_mqtt_event *event) {
  bool is_connack = packet->type == MQTT_PACKET_TYPE_CONNACK, present = false;
  uint8_t refusal = refusal_code(packet);
  client.refusal =
      refusal ? tars_mqtt_refusal(refusal) : "it refuses a subscription: let this user read below tars/v1/";
  if (refusal) return -TARS_E_DENIED;
  MQTTStatus_t status = MQTT_DeserializeAck(packet, &event->id, is_connack ? &present : NULL);
  if (status == MQTTServerRefused) return -TARS_E_DENIED;
  if (status != MQTTSuccess || is_connack != client.connecting) return -TARS_E_INVALID;
  client.connecting = false;
  event->asked = answer_asked(packet->type);
  client.waiting = client.waiting && packet->type != MQTT_PACKET_TYPE_PINGRESP;
  event->present = present;
  event->kind = is_connack                                  ? TARS_MQTT_CONNECTED
                : packet->type == MQTT_PACKET_TYPE_PINGRESP ? TARS_MQTT_NOTHING
                                                            : TARS_MQTT_ACKED;
  return 1;
}

/* Takes the packet at the beginning of the buffer: 1 if there was one, 0 if it isn't whole yet, or a negative error. */
static int packet_take(tars_mqtt_event *event) {
  uint32_t header;
  /* what speaks another protocol may end before its first packet would be whole */
  if (client.connecting && client.in[0] != MQTT_PACKET_TYPE_CONNACK && client.in[0] != DISCONNECT)
    return -TARS_E_INVALID;
  int64_t size = packet_size(&header);
  if (size <= 0) return (int)size;
  if (size > (int64_t)sizeof client.in) return oversize_take(header, (uint32_t)size, event);
  if (client.in_size < size) return 0;
  MQTTPacketInfo_t packet = { client.in[0], client.in + header, (size_t)size - header };
  switch (packet.type & 0xf0) {
  case MQTT_PACKET_TYPE_PUBLISH: return message_take(&packet, (uint32_t)size, event);
  case MQTT_PACKET_TYPE_CONNACK:
  case MQTT_PACKET_TYPE_PUBACK:
  case MQTT_PACKET_TYPE_SUBACK:
  case MQTT_PACKET_TYPE_UNSUBACK:
  case MQTT_PACKET_TYPE_PINGRESP:
  case DISCONNECT: break;
  default: return -TARS_E_INVALID;
  }
  int got = answer_take(&packet, event);
  event->bytes = (uint32_t)size;
  consume((uint32_t)size);
  return got;
}

/* Receives until a packet is whole or the stream has nothing more. Of a message that is too long, a buffer full of
 * bytes is skipped. */
static int receive(int64_t now_us, tars_mqtt_event *event) {
  if (client.out_size + ACK_SIZE + PINGS_ROOM > sizeof client.out)
    return 0; /* an acknowledgement or a ping would find no room */
  for (;;) {
    int taken = client.in_size ? packet_take(event) : 0;
    if (taken != 0) return taken < 0 ? taken : 0;
    int32_t got = tars_stream_receive(client.in + client.in_size, (uint32_t)sizeof client.in - client.in_size);
    if (got <= 0) return got;
    client.received_us = now_us;
    client.answer_us = now_us + ANSWER_US;
    uint32_t skipped = client.skip < (uint32_t)got ? client.skip : (uint32_t)got;
    client.in_size += (uint32_t)got;
    client.skip -= skipped;
    consume(skipped); /* `skip` is above 0 only while the buffer holds nothing else */
    event->bytes = skipped;
    if (skipped) return 0;
  }
}

/* Since when one side has been silent. While an answer is due only our own silence counts: the broker must hear from
 * us. */
static int64_t quiet_since(void) {
  return client.waiting || client.sent_us < client.received_us ? client.sent_us : client.received_us;
}

/* Asks a silent broker whether it is there, and gives one up that doesn't answer. */
static int keep_alive(int64_t now_us) {
  if ((client.connecting || client.waiting) && !client.held && now_us >= client.answer_us) return -TARS_E_TIMEOUT;
  MQTTFixedBuffer_t out = room(0);
  if (client.connecting || now_us - quiet_since() < PING_US || MQTT_SerializePingreq(&out) != MQTTSuccess) return 0;
  client.out_size += PING_SIZE;
  if (!client.waiting) client.answer_us = now_us + ANSWER_US;
  client.waiting = true;
  client.sent_us = now_us;
  return flush(now_us);
}

int tars_mqtt_poll(int64_t now_us, tars_mqtt_event *event) {
  *event = (tars_mqtt_event){ .kind = TARS_MQTT_NOTHING };
  int err = flush(now_us);
  if (now_us >= client.pause_us) client.pause_us = 0;
  if (!err && !client.held && !client.pause_us) err = receive(now_us, event);
  if (!err) err = keep_alive(now_us);
  return err;
}

const char *tars_mqtt_reason(void) { return client.refusal; }

int64_t tars_mqtt_deadline_us(void) {
  if (client.connecting) return client.answer_us;
  int64_t next_us = quiet_since() + PING_US;
  if (client.waiting && !client.held && client.answer_us < next_us) next_us = client.answer_us;
  return !client.held && client.pause_us && client.pause_us < next_us ? client.pause_us : next_us;
}
