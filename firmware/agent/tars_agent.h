/* The agent: sessions with hosts over any byte streams, and the requests that hosts send. It is portable: the port
 * feeds it bytes and takes bytes from it, all in one task (the link task). */
#ifndef TARS_AGENT_H
#define TARS_AGENT_H

#include "tars.h"         /* tars_hooks */
#include "tars_channel.h" /* TARS_CHANNEL_WIRE */
#include "tars_install.h" /* tars_update_step */

/* Sessions at a time. */
#ifndef TARS_AGENT_SESSIONS
#define TARS_AGENT_SESSIONS 5
#endif

/* What the agent needs from the board that it serves. All up to `flash_counters` are given. */
typedef struct {
  const char *class;  /* board class */
  const char *device; /* name of this device */
  bool virtual_clock; /* reported in `hello` */
  int64_t (*now_us)(void);
  void (*lock)(void); /* the core's lock: guards what observers write */
  void (*unlock)(void);
  void (*flash_counters)(uint32_t *erases, uint32_t *programs);
  /* may be called in any task: wakes the link task, which then takes what the sessions have to send; may be NULL */
  void (*wake)(void);
  /* From the broker's agent, NULL on a board without one: whether it is connected, or why not (static text), the way
   * back to the operator, and where steps of updates are reported (tars_install_hooks). `answered`: an answer for it
   * may wait (tars_install_broker_take), or a behaviour has faulted. */
  bool (*online)(void);
  const char *(*trouble)(void);
  bool (*way_back)(void);
  void (*phase)(const tars_update_step *step);
  void (*answered)(void);
} tars_agent_config;

typedef struct tars_session tars_session;

/* To be called before tars_init(). Returns the hooks for tars_init(), which connect the core with agent, store and
 * install. */
const tars_hooks *tars_agent_init(const tars_agent_config *config);

/* Opens a session for a new stream; NULL if all are in use. */
tars_session *tars_session_open(void);
/* Closes the session of a stream that has ended. */
void tars_session_close(tars_session *session);
/* Takes bytes that have come over the stream, and runs one request at most. Returns how many bytes it took; the rest is
 * to be given again, once the response has been sent. None are taken while a request waits (tars_session_waits). */
uint32_t tars_session_feed(tars_session *session, const uint8_t *bytes, uint32_t size);
/* True while a request waits for the supervisor's mailbox or the link's share of signatures: the session is to be fed
 * again within a few milliseconds, if need be with nothing. */
bool tars_session_waits(const tars_session *session);
/* Writes the next item for the stream to `wire`, always a whole one. Returns its bytes, 0 if there is none. */
uint32_t tars_session_take(tars_session *session, uint8_t wire[TARS_CHANNEL_WIRE]);
/* Sends the answers of the supervisor to their sessions. To be called after every wake, before tars_session_take(). */
void tars_agent_poll(void);
/* True once the store's app runs: no stream is served before. */
bool tars_agent_booted(void);
/* True once a host has asked for a reset. The port then sends what is left and restarts the board. */
bool tars_agent_reset_wanted(void);

#endif
