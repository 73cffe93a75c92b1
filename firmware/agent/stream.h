/* Inside the agent: what goes to the sessions that follow it. */
#ifndef STREAM_H
#define STREAM_H

#include "session.h"

/* Observers of the core and of updates. The first three run with the core's lock held. */
void tars_stream_log(int64_t time_us, tars_text behaviour, tars_text text, const tars_value *fields, int count);
void tars_stream_message(int64_t time_us, tars_text topic, const tars_value *fields, int count);
void tars_stream_status(int64_t time_us, tars_text behaviour, uint8_t status, uint8_t code);
/* Writes a line about the board itself to all consoles and to sessions that follow the logs. Takes the lock. */
void tars_stream_note(const char *text);
/* The session follows the logs, or no longer; with `history` from the first line that the core has. */
void tars_history_begin(tars_session *session, bool on, bool history);
/* Sends history while the ring has room. */
void tars_history_send(tars_session *session);

#endif
