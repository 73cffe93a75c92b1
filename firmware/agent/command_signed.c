/* Signed commands: the request inside is run by the same table as one from the link. */
#include "command.h"
#include "tars_errors.h" /* codes */

#include <string.h>

/* Hands a signed request to the supervisor. */
static int ask_signed(const tars_command_from *from, tars_install_request *request) {
  request->owner = from->owner;
  request->ticket = from->ticket;
  request->is_signed = true;
  int err = tars_install_ask(request);
  return err ? err : TARS_CHANNEL_LATER;
}

/* Runs the request of a command that was checked. */
static int command_dispatch(const tars_command_from *from, uint8_t id, const void *in, void *response) {
  tars_install_request request;
  memset(&request, 0, sizeof request);
  switch (id) {
    case TARS_LINK_INSTALL_CONFIRM: request.verb = TARS_INSTALL_CONFIRM; return ask_signed(from, &request);
    case TARS_LINK_INSTALL_ABORT: request.verb = TARS_INSTALL_ABORT; return ask_signed(from, &request);
    case TARS_LINK_NETWORK_SET:
      request.verb = TARS_INSTALL_NETWORK;
      tars_command_network_fill(in, &request.network);
      return ask_signed(from, &request);
    default: return tars_command_find(id)(NULL, in, response); /* none of the others looks at its session */
  }
}

/* Signature, session and counter first; then the request is one like any other. */
int tars_command_signed(const tars_command_from *from, tars_bytes document, tars_fleet_command_event *command, uint8_t *body, uint32_t *size) {
  tars_link_body in;
  tars_link_response response;
  *size = 0;
  int err = tars_trust_command(document.bytes, document.size, command);
  if (err)
    return err;
  const tars_message *message = tars_link_message(command->request);
  if (!message || !tars_command_is_commandable(command->request))
    return -TARS_E_DENIED;
  err = tars_message_decode(message, command->body.bytes, command->body.size, &in);
  if (err)
    return err;
  memset(&response, 0, sizeof response);
  err = command_dispatch(from, command->request, &in, &response);
  if (err)
    return err;
  const tars_message fields = {.fields = message->response, .count = message->response_count};
  int written = tars_message_encode(&fields, &response, body, TARS_COMMAND_BODY);
  *size = written < 0 ? 0 : (uint32_t)written;
  return written < 0 ? written : 0;
}

/* The link's way in. */
int tars_command_command(tars_session *session, const void *body, void *response) {
  static uint8_t answer[TARS_COMMAND_BODY]; /* the response points to it until it is encoded */
  tars_fleet_command_event command;
  uint32_t size;
  const tars_command_from from = {session->number, session->channel.last_seq};
  int err = tars_command_signed(&from, ((const tars_link_command_request *)body)->document, &command, answer, &size);
  ((tars_link_command_response *)response)->body = (tars_bytes){answer, size};
  return err;
}
