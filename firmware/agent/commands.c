/* The table of commands. */
#include "command.h"
#include "tars_errors.h" /* TARS_E_UNKNOWN */

static const struct {
  uint8_t id;
  tars_command run;
} commands[] = {
    {TARS_LINK_HELLO, tars_command_hello},
    {TARS_LINK_LIST, tars_command_list},
    {TARS_LINK_INSTALL_BEGIN, tars_command_install_begin},
    {TARS_LINK_INSTALL_DATA, tars_command_install_data},
    {TARS_LINK_INSTALL_COMMIT, tars_command_install_commit},
    {TARS_LINK_INSTALL_CONFIRM, tars_command_install_confirm},
    {TARS_LINK_INSTALL_ABORT, tars_command_install_abort},
    {TARS_LINK_START, tars_command_start},
    {TARS_LINK_STOP, tars_command_stop},
    {TARS_LINK_STATS, tars_command_stats},
    {TARS_LINK_BOARD, tars_command_board},
    {TARS_LINK_PARAM_LIST, tars_command_param_list},
    {TARS_LINK_PARAM_GET, tars_command_param_get},
    {TARS_LINK_PARAM_SET, tars_command_param_set},
    {TARS_LINK_TOPIC_LIST, tars_command_topic_list},
    {TARS_LINK_PUBLISH, tars_command_publish},
    {TARS_LINK_SUBSCRIBE, tars_command_subscribe},
    {TARS_LINK_LOGS, tars_command_logs},
    {TARS_LINK_RESET, tars_command_reset},
};

/* Finds the command and runs it. */
int tars_command_run(tars_channel *channel, const tars_message *message, const void *body, void *response) {
  for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++)
    if (commands[i].id == message->id)
      return commands[i].run((tars_session *)channel, body, response);
  return -TARS_E_UNKNOWN;
}
