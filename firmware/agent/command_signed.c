/* Signed commands: the request inside is run by the same table as one from the link. */
#include "command.h"
#include "tars_errors.h" /* codes */

#include <string.h>

/* Runs the request of a command that was checked, or leaves what it asks of the supervisor in `asked`. */
static int command_dispatch(uint8_t id, const void *in, tars_install_request *asked, tars_network *network) {
  switch (id) {
  case TARS_LINK_INSTALL_CONFIRM: asked->verb = TARS_INSTALL_CONFIRM; return 0;
  case TARS_LINK_INSTALL_ABORT: asked->verb = TARS_INSTALL_ABORT; return 0;
  case TARS_LINK_NETWORK_SET:
    tars_command_network_fill(in, network);
    asked->verb = TARS_INSTALL_NETWORK;
    asked->network = network;
    return 0;
  default: return tars_command_find(id)(NULL, in, NULL); /* none of the others looks at its session or has a response */
  }
}

/* The request of a command whose signatures are right. */
static int request_run(const tars_fleet_command_event *command, tars_install_request *asked, tars_network *network) {
  tars_link_body in;
  const tars_message *message = tars_link_message(command->request);
  if (!message || !tars_command_is_commandable(command->request)) return -TARS_E_DENIED;
  int err = tars_message_decode(message, command->body.bytes, command->body.size, &in);
  return err ? err : command_dispatch(command->request, &in, asked, network);
}

/* Signature, session and counter first; then the request is one like any other. */
int tars_command_signed(const tars_command_from *from, tars_bytes document, tars_fleet_command_event *command) {
  tars_network network;
  tars_install_request asked = {
    .verb = TARS_INSTALL_COMMAND, .owner = from->owner, .ticket = from->ticket, .is_signed = true
  };
  int err = tars_trust_command(document.bytes, document.size, command);
  if (!err) err = request_run(command, &asked, &network);
  if (err || asked.verb == TARS_INSTALL_COMMAND) return err;
  err = tars_install_ask(&asked);
  return err ? err : TARS_CHANNEL_LATER;
}

/* The supervisor's way in: from the link. */
int tars_command_take(tars_bytes document, tars_install_request *asked, tars_network *network) {
  tars_fleet_command_event command;
  int err = tars_trust_command(document.bytes, document.size, &command);
  return err ? err : request_run(&command, asked, network);
}

/* The link's way in: arithmetic of signatures is the supervisor's, who has the stack for it. */
int tars_command_command(tars_session *session, const void *body, void *response) {
  (void)response;
  const tars_link_command_request *in = body;
  return tars_command_ask(session,
                          &(tars_install_request){ .verb = TARS_INSTALL_COMMAND, .data = { 0, 0, in->document } });
}
