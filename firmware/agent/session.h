/* Inside the agent: what a session holds. */
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
  uint32_t number;      /* never used twice since the start; 0: free */
  bool logs, all_topics, typed;
  bool physical; /* comes over a port that somebody must have plugged in; loopback TCP counts */
  uint8_t topic_count;
  char topics[TARS_SESSION_TOPICS][TARS_LIMIT_TOPIC];
  uint8_t topic_sizes[TARS_SESSION_TOPICS];
  bool history;       /* lines before the next one are still to be sent */
  uint32_t next_line; /* number of the next line of history since the start */
  uint8_t ring[TARS_SESSION_RING];
};

extern tars_session tars_sessions[TARS_AGENT_SESSIONS];
extern tars_agent_config tars_agent;

/* Forgets subscriptions and what waits. */
void tars_session_reset(tars_session *session);
/* A request by a command of the table in commands.c. */
int tars_command_run(tars_channel *channel, const tars_message *message, const void *body, void *response);
/* Sends history while the ring has room. */
void tars_history_send(tars_session *session);
/* Lines logged since the start; lock held. */
uint32_t tars_history_lines(void);
/* Calls the link task. */
void tars_agent_wake(void);

/* Observers of the core and of updates. The first three run with the core's lock held. */
void tars_stream_log(int64_t time_us, tars_text behaviour, tars_text text, const tars_value *fields, int count);
void tars_stream_message(int64_t time_us, tars_text topic, const tars_value *fields, int count);
void tars_stream_status(int64_t time_us, tars_text behaviour, uint8_t status, uint8_t code);
/* A line about the board itself, to the consoles and to who follows the logs. Takes the lock. */
void tars_stream_note(const char *text);

#endif
