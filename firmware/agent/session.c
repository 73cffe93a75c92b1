/* Sessions: how they are opened and closed, bytes that come in, and what each has subscribed to. */
#include "session.h"
#include "tars_errors.h"  /* codes */
#include "tars_install.h" /* what a session that ends leaves */
#include "tars_link.h"    /* messages */

#include <string.h>

tars_agent_config tars_agent;

static tars_session sessions[TARS_AGENT_SESSIONS];

void tars_agent_wake(void) {
  if (tars_agent.wake) tars_agent.wake();
}

/* Answers a line that a person types on the console with a sentence that says what this device is. */
static void console_byte(tars_channel *channel, uint8_t byte) {
  tars_session *session = (tars_session *)channel;
  if (byte != '\r' && byte != '\n') {
    session->typed = true;
    return;
  }
  if (!session->typed) return;
  session->typed = false;
  tars_agent.lock();
  tars_channel_print(channel, "This is a TARS board. Talk to it with `tars ps`, `tars logs` or `tars flash`.\r\n");
  tars_agent.unlock();
}

/* Guards the rings of the sessions. */
static void sessions_lock(void) { tars_agent.lock(); }
static void sessions_unlock(void) { tars_agent.unlock(); }

static tars_channel_service service = {
  .message = tars_link_message,
  .hello = TARS_LINK_HELLO,
  .console = console_byte,
  .lock = sessions_lock,
  .unlock = sessions_unlock,
};

/* Once, before the first session opens. */
void tars_sessions_init(tars_session_request request) { service.request = request; }

tars_session *tars_session_at(int index) { return sessions[index].number ? &sessions[index] : NULL; }

/* Adds up all places, whether their sessions are open or not: the counters run since the start of the board. */
void tars_sessions_count(uint32_t *frames, uint32_t *damaged) {
  *frames = *damaged = 0;
  for (int i = 0; i < TARS_AGENT_SESSIONS; i++) {
    *frames += sessions[i].channel.receiver.frames;
    *damaged += sessions[i].channel.receiver.damaged;
  }
}

bool tars_sessions_wait(void) {
  bool waits = false;
  for (int i = 0; i < TARS_AGENT_SESSIONS; i++) waits |= sessions[i].number && sessions[i].channel.working;
  return waits;
}

tars_session *tars_session_open(void) {
  static uint32_t numbers;
  for (int i = 0; i < TARS_AGENT_SESSIONS; i++) {
    tars_session *session = &sessions[i];
    if (session->number) continue;
    uint32_t frames = session->channel.receiver.frames, damaged = session->channel.receiver.damaged;
    tars_agent.lock();
    tars_channel_init(&session->channel, &service, session->ring, sizeof session->ring);
    session->channel.receiver.frames = frames; /* the counters run since the start of the board */
    session->channel.receiver.damaged = damaged;
    session->logs = session->all_topics = session->typed = session->history = false;
    session->topic_count = 0;
    session->physical = true; /* ports serve serial lines and the loopback, nothing else */
    session->number = ++numbers;
    tars_agent.unlock();
    return session;
  }
  return NULL;
}

void tars_session_reset(tars_session *session) {
  tars_agent.lock();
  session->logs = session->all_topics = session->history = false;
  session->topic_count = 0;
  tars_agent.unlock();
  tars_channel_clear(&session->channel);
}

void tars_session_close(tars_session *session) {
  tars_install_leave(session->number);
  tars_agent.lock();
  session->number = 0;
  tars_agent.unlock();
}

uint32_t tars_session_feed(tars_session *session, const uint8_t *bytes, uint32_t size) {
  return tars_channel_feed(&session->channel, bytes, size);
}

bool tars_session_waits(const tars_session *session) { return session->channel.again; }

/* Index of a topic that the session subscribes to, or their count. */
static int topic_index(const tars_session *session, tars_text topic) {
  for (int i = 0; i < session->topic_count; i++)
    if (session->topic_sizes[i] == topic.size && memcmp(session->topics[i], topic.text, topic.size) == 0) return i;
  return session->topic_count;
}

/* Adds a topic; -full if there is no place. */
static int topic_add(tars_session *session, tars_text topic) {
  int i = topic_index(session, topic);
  if (i == TARS_SESSION_TOPICS) return -TARS_E_FULL;
  if (i == session->topic_count) session->topic_count++;
  memcpy(session->topics[i], topic.text, topic.size);
  session->topic_sizes[i] = (uint8_t)topic.size;
  return 0;
}

/* Removes a topic, if it is there. */
static void topic_remove(tars_session *session, tars_text topic) {
  int i = topic_index(session, topic);
  if (i == session->topic_count) return;
  int last = --session->topic_count;
  memcpy(session->topics[i], session->topics[last], sizeof session->topics[i]);
  session->topic_sizes[i] = session->topic_sizes[last];
}

int tars_session_subscribe(tars_session *session, tars_text topic, bool on) {
  int err = 0;
  tars_agent.lock();
  if (topic.size == 0) {
    session->all_topics = on;
    session->topic_count = on ? session->topic_count : 0;
  } else if (on) {
    err = topic_add(session, topic);
  } else {
    topic_remove(session, topic);
  }
  tars_agent.unlock();
  return err;
}

bool tars_session_follows(const tars_session *session, tars_text topic) {
  return session->all_topics || topic_index(session, topic) < session->topic_count;
}
