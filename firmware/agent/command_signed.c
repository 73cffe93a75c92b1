/* Signed commands. The request inside of one is run through the same table as a request of the link. */
#include "command.h"
#include "tars_errors.h" /* codes */

/* Runs the request of a command whose signatures are right, or writes what it asks of the supervisor into the draft. */
static int request_run(const tars_fleet_command_event *command, tars_install_draft *draft) {
  tars_link_body in;
  const tars_message *message = tars_link_message(command->request);
  const tars_command_row *row = tars_command_find(command->request);
  const tars_link_rule *rule = tars_link_rule_of(command->request);
  if (!message || !row || !rule || !rule->broker) return -TARS_E_DENIED;
  int err = tars_message_decode(message, command->body.bytes, command->body.size, &in);
  if (err) return err;
  if (!row->run) return row->ask(&in, draft);
  int result = row->run(NULL, &in, NULL, NULL); /* no session and no response: see the rows */
  return result == TARS_COMMAND_KEEP ? tars_param_keep() : result;
}

/* Signature, session and counter are checked first; then the request is run like any other. */
int tars_command_take(tars_bytes document, tars_install_draft *draft, tars_install_answer *answer) {
  tars_fleet_command_event command = { 0 };
  int err = tars_trust_command(document.bytes, document.size, &command);
  answer->believed = command.device.bytes != NULL; /* filled in only if the signatures are right */
  answer->command = command.counter;
  return err ? err : request_run(&command, draft);
}
