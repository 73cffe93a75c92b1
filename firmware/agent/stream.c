/* What behaviours say, to the sessions that follow it. Runs in the worker with the core's lock held, so it only encodes
 * into the sessions' rings. */
#include "session.h"
#include "tars_link.h" /* events */

#include <string.h>

static uint32_t lines; /* logged since the start */

uint32_t tars_history_lines(void) { return lines; }

/* Copies at most limits.fields values. */
static tars_values values_of(const tars_value *fields, int count) {
  tars_values values = { .count = (uint8_t)(count < TARS_LIMIT_FIELDS ? count : TARS_LIMIT_FIELDS) };
  if (count > 0) memcpy(values.items, fields, values.count * sizeof *fields);
  return values;
}

/* Sends an event to every session that follows the logs; a session that sends history gets lines from there. */
static void logs_send(uint8_t id, const void *event) {
  for (int i = 0; i < TARS_AGENT_SESSIONS; i++)
    if (tars_sessions[i].number && tars_sessions[i].logs && !(tars_sessions[i].history && id == TARS_LINK_LOG_EVENT))
      tars_channel_event(&tars_sessions[i].channel, tars_link_message(id), event);
  tars_agent_wake();
}

/* A behaviour logged a line. */
void tars_stream_log(int64_t time_us, tars_text behaviour, tars_text text, const tars_value *fields, int count) {
  tars_link_log_event event = {
    .time = time_us, .behaviour = behaviour, .text = text, .fields = values_of(fields, count)
  };
  lines++;
  logs_send(TARS_LINK_LOG_EVENT, &event);
}

/* A behaviour changed its status. */
void tars_stream_status(int64_t time_us, tars_text behaviour, uint8_t status, uint8_t code) {
  tars_link_status_event event = { .time = time_us, .behaviour = behaviour, .status = status, .code = code };
  logs_send(TARS_LINK_STATUS_EVENT, &event);
}

/* True if the session follows this topic. */
static bool follows(const tars_session *session, tars_text topic) {
  if (!session->number || session->all_topics) return session->number != 0;
  for (int i = 0; i < session->topic_count; i++)
    if (session->topic_sizes[i] == topic.size && memcmp(session->topics[i], topic.text, topic.size) == 0) return true;
  return false;
}

/* A message was published. */
void tars_stream_message(int64_t time_us, tars_text topic, const tars_value *fields, int count) {
  tars_link_message_event event = { .time = time_us, .topic = topic, .fields = values_of(fields, count) };
  bool sent = false;
  for (int i = 0; i < TARS_AGENT_SESSIONS; i++) {
    if (!follows(&tars_sessions[i], topic)) continue;
    tars_channel_event(&tars_sessions[i].channel, tars_link_message(TARS_LINK_MESSAGE_EVENT), &event);
    sent = true;
  }
  if (sent) tars_agent_wake();
}

/* A line about the board itself. */
void tars_stream_note(const char *text) {
  tars_link_log_event event = { .time = tars_agent.now_us(),
                                .behaviour = { "", 0 },
                                .text = { text, (uint16_t)strlen(text) } };
  tars_agent.lock();
  logs_send(TARS_LINK_LOG_EVENT, &event);
  for (int i = 0; i < TARS_AGENT_SESSIONS; i++) {
    tars_channel_print(&tars_sessions[i].channel, text);
    tars_channel_print(&tars_sessions[i].channel, "\r\n");
  }
  tars_agent.unlock();
}
