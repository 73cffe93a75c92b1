/* logs. */
#include "command.h"
#include "stream.h"

/* Streams log lines and changes of status. */
int tars_command_logs(tars_session *session, const tars_link_logs_request *in) {
  tars_history_begin(session, in->on, in->history);
  return 0;
}
