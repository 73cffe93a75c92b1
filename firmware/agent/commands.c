/* The table of commands. */
#include "command.h"
#include "tars_errors.h" /* codes */

/* What a command of the link may do on a board with an owner. */
enum {
  FREE,   /* it only reads, or updates decide themselves */
  SIGNED, /* refused: it changes something, so it must be signed */
};

static const struct {
  uint8_t id;
  tars_command run;
  uint8_t rule;
  bool commandable; /* a signed command may carry it: `commandable` of hal/contract/wire/fleet.ts */
} commands[] = {
  { TARS_LINK_HELLO, tars_command_hello, FREE, false },
  { TARS_LINK_LIST, tars_command_list, FREE, false },
  { TARS_LINK_INSTALL_BEGIN, tars_command_install_begin, FREE, false },
  { TARS_LINK_INSTALL_DATA, tars_command_install_data, FREE, false },
  { TARS_LINK_INSTALL_COMMIT, tars_command_install_commit, FREE, false },
  { TARS_LINK_INSTALL_CONFIRM, tars_command_install_confirm, FREE, true },
  { TARS_LINK_INSTALL_ABORT, tars_command_install_abort, FREE, true },
  { TARS_LINK_START, tars_command_start, SIGNED, true },
  { TARS_LINK_STOP, tars_command_stop, SIGNED, true },
  { TARS_LINK_STATS, tars_command_stats, FREE, false },
  { TARS_LINK_BOARD, tars_command_board, FREE, false },
  { TARS_LINK_PARAM_LIST, tars_command_param_list, FREE, false },
  { TARS_LINK_PARAM_GET, tars_command_param_get, FREE, false },
  { TARS_LINK_PARAM_SET, tars_command_param_set, SIGNED, true },
  { TARS_LINK_TOPIC_LIST, tars_command_topic_list, FREE, false },
  { TARS_LINK_PUBLISH, tars_command_publish, SIGNED, true },
  { TARS_LINK_SUBSCRIBE, tars_command_subscribe, FREE, false },
  { TARS_LINK_LOGS, tars_command_logs, FREE, false },
  { TARS_LINK_RESET, tars_command_reset, SIGNED, true },
  { TARS_LINK_IDENTITY, tars_command_identity, FREE, false },
  { TARS_LINK_UPLOAD_BEGIN, tars_command_upload_begin, FREE, false },
  { TARS_LINK_UPLOAD_DATA, tars_command_upload_data, FREE, false },
  { TARS_LINK_UPLOAD_END, tars_command_upload_end, FREE, false },
  { TARS_LINK_NETWORK_SET, tars_command_network_set, FREE, true },
  { TARS_LINK_COMMAND, tars_command_command, FREE, false },
  { TARS_LINK_ERASE, tars_command_erase, FREE, false },
};

tars_command_facts tars_facts;

enum { COUNT = sizeof commands / sizeof *commands };

/* Row of a request, COUNT if there is none. */
static unsigned row_of(uint8_t id) {
  unsigned row = 0;
  while (row < COUNT && commands[row].id != id) row++;
  return row;
}

/* By id; it exists. */
tars_command tars_command_find(uint8_t id) { return commands[row_of(id)].run; }

/* By id. */
bool tars_command_is_commandable(uint8_t id) {
  unsigned row = row_of(id);
  return row < COUNT && commands[row].commandable;
}

/* True if it must be signed. */
static bool must_be_signed(unsigned row) { return commands[row].rule == SIGNED && tars_trust_is_owned(); }

/* Finds the command and runs it. */
int tars_command_run(tars_channel *channel, const tars_message *message, const void *body, void *response) {
  unsigned row = row_of(message->id);
  if (row == COUNT) return -TARS_E_UNKNOWN;
  if (must_be_signed(row)) return -TARS_E_OWNED;
  return commands[row].run((tars_session *)channel, body, response);
}
