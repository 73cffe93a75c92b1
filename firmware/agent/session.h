/* Inside the agent: sessions, and what the board has told the agent of itself. */
#ifndef SESSION_H
#define SESSION_H

#include "tars_agent.h"
#include "tars_channel.h"
#include "tars_limits.h"

/* Version of the firmware. */
#ifndef TARS_VERSION
#define TARS_VERSION "0.1.0"
#endif

/* Bytes of events that wait for one session, and topics it can subscribe to by name. */
#ifndef TARS_SESSION_RING
#define TARS_SESSION_RING 8192
#endif
#ifndef TARS_SESSION_TOPICS
#define TARS_SESSION_TOPICS 8
#endif

struct tars_session {
  tars_channel channel; /* first: a channel of the agent is a session */
  uint32_t number;      /* unique since the start of the board; 0: the place is free */
  bool logs, all_topics, typed;
  bool physical; /* comes over a port that needs physical access, or over loopback TCP */
  uint8_t topic_count;
  char topics[TARS_SESSION_TOPICS][TARS_LIMIT_TOPIC];
  uint8_t topic_sizes[TARS_SESSION_TOPICS];
  bool history;       /* history is still to be sent, from next_line on */
  uint32_t next_line; /* number of the next line of history since the start */
  uint8_t ring[TARS_SESSION_RING];
};

extern tars_agent_config tars_agent;

/* Runs a request of the link through the table of commands (commands.c). */
typedef int (*tars_session_request)(tars_channel *channel, const tars_message *message, const void *body,
                                    void *response);
void tars_sessions_init(tars_session_request request);
/* The session in one of TARS_AGENT_SESSIONS places; NULL if the place is free. */
tars_session *tars_session_at(int index);
/* Frames that have come and that were damaged, in all sessions since the start. */
void tars_sessions_count(uint32_t *frames, uint32_t *damaged);
/* True while a session waits for an answer of the supervisor. */
bool tars_sessions_wait(void);
/* Forgets the session's subscriptions and the events that wait. */
void tars_session_reset(tars_session *session);
/* `on`: subscribes to a topic; else unsubscribes. An empty topic means all topics. 0 or -full. */
int tars_session_subscribe(tars_session *session, tars_text topic, bool on);
/* True if the session has subscribed to this topic; lock held. */
bool tars_session_follows(const tars_session *session, tars_text topic);
/* Wakes the link task. */
void tars_agent_wake(void);

#endif
