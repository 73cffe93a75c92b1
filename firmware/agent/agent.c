/* Sessions: opening, closing, what goes in and out. */
#include "command.h" /* table of commands, updates */

#include <string.h>

tars_session tars_sessions[TARS_AGENT_SESSIONS];
tars_agent_config tars_agent;

/* A person typed a line on the console: say what this is. */
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

static const tars_channel_service service = {
  .message = tars_link_message,
  .hello = TARS_LINK_HELLO,
  .request = tars_command_run,
  .console = console_byte,
  .lock = sessions_lock,
  .unlock = sessions_unlock,
};

/* Calls the link task. */
void tars_agent_wake(void) {
  if (tars_agent.wake) tars_agent.wake();
}

/* The supervisor has finished a request: of a session, or of the broker's agent. */
static void answered(void) {
  tars_agent_wake();
  if (tars_agent.answered) tars_agent.answered();
}

/* The hooks of the core. */
const tars_hooks *tars_agent_init(const tars_agent_config *config) {
  const tars_install_hooks install = { .answered = answered,
                                       .note = tars_stream_note,
                                       .phase = config->phase,
                                       .way_back = config->way_back,
                                       .command = tars_command_take };
  static const tars_hooks hooks = {
    .log = tars_stream_log,
    .message = tars_stream_message,
    .status = tars_stream_status,
    .retain_save = tars_install_retain_save,
    .retain_load = tars_install_retain_load,
    .poll = tars_install_poll,
    .trial_failed = tars_install_trial_failed,
  };
  tars_agent = *config;
  tars_install_init(&install);
  return &hooks;
}

/* A session for a new stream. */
tars_session *tars_session_open(void) {
  static uint32_t numbers;
  for (int i = 0; i < TARS_AGENT_SESSIONS; i++) {
    tars_session *session = &tars_sessions[i];
    if (session->number) continue;
    uint32_t frames = session->channel.receiver.frames, damaged = session->channel.receiver.damaged;
    tars_agent.lock();
    tars_channel_init(&session->channel, &service, session->ring, sizeof session->ring);
    session->channel.receiver.frames = frames; /* they count since the start of the board */
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

/* Forgets what a host had asked for. */
void tars_session_reset(tars_session *session) {
  tars_agent.lock();
  session->logs = session->all_topics = session->history = false;
  session->topic_count = 0;
  tars_agent.unlock();
  tars_channel_clear(&session->channel);
}

/* The stream is gone. */
void tars_session_close(tars_session *session) {
  tars_install_leave(session->number);
  tars_agent.lock();
  session->number = 0;
  tars_agent.unlock();
}

/* Bytes from the stream. */
void tars_session_feed(tars_session *session, const uint8_t *bytes, uint32_t size) {
  tars_channel_feed(&session->channel, bytes, size);
}

/* The next item for the stream. */
uint32_t tars_session_take(tars_session *session, uint8_t wire[TARS_CHANNEL_WIRE]) {
  tars_history_send(session);
  return tars_channel_take(&session->channel, wire);
}

/* Response to a request that the supervisor has finished. */
static void answer_send(tars_session *session, const tars_install_answer *answer) {
  tars_link_response response;
  memset(&response, 0, sizeof response);
  const tars_command_row *row = tars_command_find(session->channel.last_id);
  if (row && row->answer) row->answer(answer, &response);
  if (answer->restart) tars_reset_want();
  tars_channel_answer(&session->channel, answer->code, &response);
}

/* Answers what the supervisor has finished. */
void tars_agent_poll(void) {
  tars_install_answer answer;
  while (tars_install_answer_take(&answer))
    for (int i = 0; i < TARS_AGENT_SESSIONS; i++)
      if (tars_sessions[i].number == answer.owner && tars_sessions[i].channel.last_seq == answer.ticket)
        answer_send(&tars_sessions[i], &answer);
}

/* As the install says. */
bool tars_agent_booted(void) { return tars_install_is_booted(); }
