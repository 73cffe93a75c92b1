/* Passes log lines, changes of status and messages of behaviours to the sessions that follow them, and sends history.
 *
 * The core keeps a ring of lines; a change of status is one of them. While a session still sends history, new lines
 * reach it through that ring too, in order; when it has caught up, they come straight from the observer. Lines are
 * numbered since the start, so the place in the ring of a line follows from how many there were. */
#include "follow.h"
#include "board.h"     /* TARS_BOARD_LOG_LINES */
#include "tars_link.h" /* events */

#include <string.h>

static uint32_t lines; /* logged since the start */

/* Copies at most limits.fields values. */
static tars_values values_of(const tars_value *fields, int count) {
  tars_values values = { .count = (uint8_t)(count < TARS_LIMIT_FIELDS ? count : TARS_LIMIT_FIELDS) };
  if (count > 0) memcpy(values.items, fields, values.count * sizeof *fields);
  return values;
}

/* Sends the newest line to every session that follows the logs; one that sends history gets it from there. */
static void logs_send(uint8_t id, const void *event) {
  lines++;
  for (int i = 0; i < TARS_AGENT_SESSIONS; i++) {
    tars_session *session = tars_session_at(i);
    if (session && session->logs && !session->history)
      tars_channel_event(&session->channel, tars_link_message(id), event);
  }
  tars_agent_wake();
}

void tars_follow_log(int64_t time_us, tars_text behaviour, tars_text text, const tars_value *fields, int count) {
  tars_link_log_event event = {
    .time = time_us, .behaviour = behaviour, .text = text, .fields = values_of(fields, count)
  };
  logs_send(TARS_LINK_LOG_EVENT, &event);
}

void tars_follow_status(int64_t time_us, tars_text behaviour, uint8_t status, uint8_t code) {
  tars_link_status_event event = { .time = time_us, .behaviour = behaviour, .status = status, .code = code };
  logs_send(TARS_LINK_STATUS_EVENT, &event);
  if (code && tars_agent.answered) tars_agent.answered(); /* the next birth says what has faulted */
}

void tars_follow_message(int64_t time_us, tars_text topic, const tars_value *fields, int count) {
  tars_link_message_event event = { .time = time_us, .topic = topic, .fields = values_of(fields, count) };
  bool sent = false;
  for (int i = 0; i < TARS_AGENT_SESSIONS; i++) {
    tars_session *session = tars_session_at(i);
    if (!session || !tars_session_follows(session, topic)) continue;
    tars_channel_event(&session->channel, tars_link_message(TARS_LINK_MESSAGE_EVENT), &event);
    sent = true;
  }
  if (sent) tars_agent_wake();
}

void tars_follow_note(const char *text) {
  tars_log_note((tars_text){ text, (uint16_t)strlen(text) });
  tars_agent.lock();
  for (int i = 0; i < TARS_AGENT_SESSIONS; i++) {
    tars_session *session = tars_session_at(i);
    if (!session) continue;
    tars_channel_print(&session->channel, text);
    tars_channel_print(&session->channel, "\r\n");
  }
  tars_agent.unlock();
}

/* From the first line that the core still has. */
void tars_history_begin(tars_session *session, bool on, bool history) {
  tars_agent.lock();
  session->logs = on;
  session->history = on && history;
  session->next_line = 0;
  tars_agent.unlock();
}

/* Queues one line as an event of the session. Lock held. */
static void line_send(tars_session *session, const tars_log_line *line) {
  tars_text behaviour = { line->behaviour, (uint16_t)strlen(line->behaviour) };
  tars_link_status_event status = {
    .time = line->time_us, .behaviour = behaviour, .status = line->status, .code = line->code
  };
  tars_link_log_event log = {
    .time = line->time_us,
    .behaviour = behaviour,
    .text = { line->text, (uint16_t)strlen(line->text) },
    .fields = values_of(line->fields, line->count),
  };
  tars_channel_event(&session->channel,
                     tars_link_message(line->is_status ? TARS_LINK_STATUS_EVENT : TARS_LINK_LOG_EVENT),
                     line->is_status ? (const void *)&status : (const void *)&log);
}

/* Index in the core's ring of the session's next line. Drops from `history` when there is none. */
static int line_index(tars_session *session, uint32_t *logged) {
  tars_agent.lock();
  uint32_t held = lines < TARS_BOARD_LOG_LINES ? lines : TARS_BOARD_LOG_LINES, oldest = lines - held;
  *logged = lines;
  if (session->next_line < oldest) session->next_line = oldest;
  if (session->next_line >= lines) session->history = false;
  int index = session->history ? (int)(session->next_line - oldest) : -1;
  tars_agent.unlock();
  return index;
}

/* Sends lines while there are any and half of the ring is free. */
void tars_history_send(tars_session *session) {
  tars_log_line line;
  uint32_t logged;
  int index;
  while (session->history && session->channel.ring_used < TARS_SESSION_RING / 2 &&
         (index = line_index(session, &logged)) >= 0) {
    int err = tars_log_at(index, &line);
    tars_agent.lock();
    if (logged != lines) {
      tars_agent.unlock();
      continue; /* the ring has moved meanwhile: look again */
    }
    if (!err) line_send(session, &line);
    session->next_line++;
    tars_agent.unlock();
  }
}
