/* The request logs. */
#include "command.h"
#include "follow.h"

int tars_command_logs(tars_session *session, const tars_link_logs_request *in) {
  tars_history_begin(session, in->on, in->history);
  return 0;
}
