/* Inside the broker's agent: what its files share. Agent task only, unless something else is said. */
#ifndef FLEET_H
#define FLEET_H

#include "tars_fleet_agent.h"
#include "tars_install.h" /* uploads */
#include "tars_mqtt.h"    /* the session with the broker */
#include "tars_trust.h"   /* whom the board belongs to */

/* Bytes of the longest topic with its zero: root, fleet, device, digest, number of a chunk. */
#define FLEET_TOPIC       192
#define FLEET_ID_TEXT     33 /* device id in hex, with its zero */
#define FLEET_DIGEST_TEXT 65

typedef enum { FLEET_IDLE, FLEET_RESTING, FLEET_OPENING, FLEET_JOINING, FLEET_JOINED } fleet_step;

typedef struct {
  fleet_step step;
  int64_t now_us;          /* of this pass */
  int64_t begun_us;        /* of this step */
  int64_t resume_us;       /* resting: when to try again */
  uint32_t attempts;       /* that failed, one after the other */
  tars_trust_status trust; /* of this pass */
  tars_network network;    /* that the agent works with */
  char device[FLEET_ID_TEXT];
} fleet_state;

extern fleet_state tars_fleet;

/* A reply will be due: a restart that the command asks for waits for it. */
void tars_fleet_reply_begin(void);

/* fleet_text.c: host and port out of a broker's URL; false if it is none. */
bool tars_fleet_url(const char *url, char host[129], uint16_t *port, bool *tls);
void tars_fleet_hex(const uint8_t *bytes, uint32_t size, char *text);
/* A topic of this device; `format` is one of TARS_TOPIC_…, whose first name is the device and `rest` the others. */
void tars_fleet_topic(char topic[FLEET_TOPIC], const char *format, const char *rest);

/* fleet_out.c: births, presence, reports, replies; each waits until the broker has acknowledged it. */
/* Publishes under a topic of this device, whose format is given as `topic`; false if there is no room. */
bool tars_fleet_publish(tars_mqtt_publication publication);
void tars_fleet_out_init(void);
/* The connection is new: what wasn't acknowledged goes again. */
void tars_fleet_out_begin(void);
/* Publishes what there is room for; true if something was. */
bool tars_fleet_out_step(void);
void tars_fleet_out_acked(uint16_t id);
/* Every birth is acknowledged, and no newer one is due. */
bool tars_fleet_out_current(void);
/* True if a reply would find room. */
bool tars_fleet_out_has_room(void);
/* True while a reply waits. */
bool tars_fleet_out_replying(void);
void tars_fleet_reply(uint32_t command, int code, tars_bytes body);
/* Makes the will of the connection: `presence` that says offline. Bytes, or a negative error. */
int tars_fleet_will(uint8_t *out, uint32_t capacity);
/* A command, beacon or root document was refused. */
void tars_fleet_refused(int code);

/* fleet_in.c: subscriptions and messages. */
void tars_fleet_in_begin(void);
/* Subscribes what is due, and goes on with the message that is held; true if something happened. */
bool tars_fleet_in_step(void);
void tars_fleet_in_message(const tars_mqtt_event *event);
/* The broker is to send the retained bundle once more, and with `root` the root documents. */
void tars_fleet_in_again(bool root);

/* fleet_update.c: bundles and root documents into the updates of ota/device. True once the bytes are no longer needed.
 */
bool tars_fleet_update_take(uint8_t use, tars_bytes document);
bool tars_fleet_update_step(void);
/* The connection is gone: what had come whole is kept by the store, the rest comes again. */
void tars_fleet_update_drop(void);
int64_t tars_fleet_update_deadline_us(void);
/* The document is handled as far as it can be: code is 0 or a negative error. */
void tars_fleet_update_finish(int code);
/* Everything that its app lacked is stored. */
void tars_fleet_update_fetched(void);

/* fleet_fetch.c: the modules of a bundle whose payload is detached. */
void tars_fleet_fetch_begin(const tars_install_answer *verified);
void tars_fleet_fetch_drop(void);
bool tars_fleet_fetch_step(void);
/* True while an answer of the supervisor is due. */
bool tars_fleet_fetch_busy(void);
/* A message below `blob`; `rest` is what follows. True once its bytes are no longer needed. */
bool tars_fleet_fetch_take(tars_text rest, tars_bytes payload);
int64_t tars_fleet_fetch_deadline_us(void);

/* fleet_ask.c: one request at a time to the supervisor. */
typedef void (*fleet_answered)(const tars_install_answer *answer);
/* False if it can't take one now: try again in the next pass. */
bool tars_fleet_ask(tars_install_request *request, fleet_answered answered);
/* Hands the answer out; true if there was one. */
bool tars_fleet_ask_step(void);
/* For a request that somebody else makes for the agent: the ticket that the answer must bring, if none is due now; and
 * that it was made. */
bool tars_fleet_ask_ticket(uint16_t *ticket);
void tars_fleet_ask_made(uint16_t ticket, fleet_answered answered);
/* The answer to what was asked is of no interest any more. */
void tars_fleet_ask_forget(fleet_answered answered);
int64_t tars_fleet_ask_deadline_us(void);

/* fleet_command.c: signed requests. True once the bytes are no longer needed. */
bool tars_fleet_command(tars_bytes document);

#endif
