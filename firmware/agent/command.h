/* Inside the agent: what the handlers of gen/tars_commands.h share, and signed commands. Handlers run in the link's
 * task; those of requests that a signed command may carry also in the supervisor. */
#ifndef COMMAND_H
#define COMMAND_H

#include "session.h"
#include "tars_commands.h" /* handlers, their table */
#include "tars_trust.h"    /* signed commands */

/* What the texts and bytes of a response point into. */
union tars_command_facts {
  tars_behaviour_info behaviour;
  tars_param_info param;
  tars_topic_info topic;
  struct {
    tars_trust_status status;
    tars_network network;
  } identity;
};

/* What a handler returns if the supervisor must store something (tars_param_keep) before the answer. */
#define TARS_COMMAND_KEEP 1

/* Asks for a restart of the board, which comes once all answers have been sent. */
void tars_reset_want(void);

/* A request of the channel of a session: tars_session_request. */
int tars_command_run(tars_channel *channel, const tars_message *message, const void *in, void *out);

/* Requests that a signed command may carry have no fields in their response: an empty array, CBOR. */
static const uint8_t tars_command_nothing[] = { 0x80 };

/* Checks a signed command and runs its request, in the supervisor's context: tars_install_hooks.command. */
int tars_command_take(tars_bytes document, tars_install_draft *draft, tars_install_answer *answer);

#endif
