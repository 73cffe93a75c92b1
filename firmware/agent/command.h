/* Inside the agent: what the handlers of gen/tars_commands.h share, and signed commands. Handlers run in the link's
 * task; those of requests that a signed command may carry also in the supervisor and in the task of the broker's agent.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "session.h"
#include "tars_commands.h" /* handlers, their table */
#include "tars_trust.h"    /* signed commands */

/* What the texts and bytes of a response point into until it is encoded: the link's task makes one after the other. */
typedef union {
  tars_behaviour_info behaviour;
  tars_param_info param;
  tars_topic_info topic;
  struct {
    tars_trust_status status;
    tars_network network;
  } identity;
} tars_command_facts;
extern tars_command_facts tars_facts;

/* The board restarts once its answers have left. */
void tars_reset_want(void);

/* Who hands a signed command in; the supervisor's answer carries both. */
typedef struct {
  uint32_t owner; /* a session's number, or TARS_INSTALL_BROKER */
  uint16_t ticket;
} tars_command_from;

/* Requests that a signed command may carry have no fields in their response: an empty array, CBOR. */
static const uint8_t tars_command_nothing[] = { 0x80 };

/* Checks a signed command and runs its request: 0, a negative error, or TARS_CHANNEL_LATER: the supervisor answers, see
 * tars_install_answer_take and tars_install_broker_take. `command` is filled as far as the signatures are right; it
 * points into `document`. */
int tars_command_signed(const tars_command_from *from, tars_bytes document, tars_fleet_command_event *command);
/* The same in the supervisor's context: tars_install_hooks.command. */
int tars_command_take(tars_bytes document, tars_install_draft *draft);

#endif
