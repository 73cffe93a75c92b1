/* logs, and the history that it may ask for.
 *
 * The core keeps a ring of lines. While a session still sends history, new lines reach it through that ring too, in
 * order; when it has caught up, they come straight from the observer. Lines are numbered since the start, so the place
 * in the ring of a line follows from how many there were. */
#include "command.h"
#include "board.h" /* TARS_BOARD_LOG_LINES */

#include <string.h>

/* Streams log lines and changes of status. */
int tars_command_logs(tars_session *session, const tars_link_logs_request *in) {
  tars_agent.lock();
  session->logs = in->on;
  session->history = in->on && in->history;
  session->next_line = 0;
  tars_agent.unlock();
  return 0;
}

/* Queues one line; lock held. */
static void line_send(tars_session *session, const tars_log_line *line) {
  tars_link_log_event event = {
    .time = line->time_us,
    .behaviour = { line->behaviour, (uint16_t)strlen(line->behaviour) },
    .text = { line->text, (uint16_t)strlen(line->text) },
    .fields = { .count = line->count },
  };
  memcpy(event.fields.items, line->fields, line->count * sizeof *line->fields);
  tars_channel_event(&session->channel, tars_link_message(TARS_LINK_LOG_EVENT), &event);
}

/* Index in the core's ring of the session's next line. Drops from `history` when there is none. */
static int line_index(tars_session *session, uint32_t *lines) {
  tars_agent.lock();
  *lines = tars_history_lines();
  uint32_t held = *lines < TARS_BOARD_LOG_LINES ? *lines : TARS_BOARD_LOG_LINES, oldest = *lines - held;
  if (session->next_line < oldest) session->next_line = oldest;
  if (session->next_line >= *lines) session->history = false;
  int index = session->history ? (int)(session->next_line - oldest) : -1;
  tars_agent.unlock();
  return index;
}

/* Sends lines while there are any and half of the ring is free. */
void tars_history_send(tars_session *session) {
  tars_log_line line;
  uint32_t lines;
  int index;
  while (session->history && session->channel.ring_used < TARS_SESSION_RING / 2 &&
         (index = line_index(session, &lines)) >= 0) {
    int err = tars_log_at(index, &line);
    tars_agent.lock();
    if (lines != tars_history_lines()) {
      tars_agent.unlock();
      continue; /* the ring has moved meanwhile: look again */
    }
    if (!err) line_send(session, &line);
    session->next_line++;
    tars_agent.unlock();
  }
}
