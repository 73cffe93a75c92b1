/* The agent: sessions with hosts over any byte streams, and the commands that they give. Portable; the port feeds it
 * bytes and takes bytes from it, all in one task (the link task). */
#ifndef TARS_AGENT_H
#define TARS_AGENT_H

#include "tars.h"         /* tars_hooks */
#include "tars_channel.h" /* TARS_CHANNEL_WIRE */

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
  void (*wake)(void); /* any task: the link task should take what the sessions have; may be NULL */
  /* From the broker's agent, NULL on a board without one: whether it is connected, the way back to the operator, and
   * where steps of updates are reported (tars_install_hooks). `answered`: an answer for it may wait
   * (tars_install_broker_take). */
  bool (*online)(void);
  bool (*way_back)(void);
  void (*phase)(uint8_t phase, const uint8_t bundle[32], uint32_t number, uint8_t attempt, int code,
                tars_text behaviour);
  void (*answered)(void);
} tars_agent_config;

typedef struct tars_session tars_session;

/* Before tars_init(): the hooks that tars_init() needs, with the store and updates behind them. */
const tars_hooks *tars_agent_init(const tars_agent_config *config);

/* A session for a new stream; NULL if all are taken. */
tars_session *tars_session_open(void);
/* The stream is gone. */
void tars_session_close(tars_session *session);
/* Bytes from the stream. */
void tars_session_feed(tars_session *session, const uint8_t *bytes, uint32_t size);
/* The next item for the stream, whole; 0 if there is nothing. */
uint32_t tars_session_take(tars_session *session, uint8_t wire[TARS_CHANNEL_WIRE]);
/* Answers what the supervisor has finished. Called before tars_session_take(), after every wake. */
void tars_agent_poll(void);
/* True once the store's app runs: no stream is served before. */
bool tars_agent_booted(void);
/* True once a host has asked for a reset: the port sends what is left and restarts the board. */
bool tars_agent_reset_wanted(void);

#endif
