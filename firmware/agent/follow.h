/* Inside the agent: events to the sessions that have subscribed to them, and the history of log lines. */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "session.h"

/* Observers of the core (tars_hooks) and of the install. The first three run in the worker with the core's lock
 * held, so they only encode events into the sessions' rings. */
void tars_follow_log(int64_t time_us, tars_text behaviour, tars_text text, const tars_value *fields, int count);
void tars_follow_message(int64_t time_us, tars_text topic, const tars_value *fields, int count);
void tars_follow_status(int64_t time_us, tars_text behaviour, uint8_t status, uint8_t code);
/* Writes a line about the board itself to all consoles and to the log. Takes the lock. */
void tars_follow_note(const char *text);
/* Begins or ends log events of a session. With `history` they begin with the first line that the core still has. */
void tars_history_begin(tars_session *session, bool on, bool history);
/* Sends history while the ring has room. */
void tars_history_send(tars_session *session);

#endif
