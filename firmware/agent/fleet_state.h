/* The broker's agent's state, which all its files stand on, and what others ask of it. Agent task only, unless
 * something else is said.
 *
 * Each file of the agent uses only those before it: fleet_state, fleet_text, fleet_ask, fleet_out, fleet_command,
 * fleet_fetch, fleet_update, fleet_root, fleet_in, fleet. What one of them has come to, the one above asks for. */
#ifndef FLEET_STATE_H
#define FLEET_STATE_H

#include "tars_fleet_agent.h"
#include "tars_trust.h" /* whom the board belongs to */

#define FLEET_ID_TEXT 33 /* device id in hex, with its zero */

/* What a function returns that isn't through with its work: 0 is done, a negative error that it has failed. */
#define FLEET_BUSY 1

typedef enum { FLEET_IDLE, FLEET_RESTING, FLEET_OPENING, FLEET_JOINING, FLEET_JOINED } fleet_step;

typedef struct {
  fleet_step step;
  int64_t now_us;          /* of this pass */
  int64_t begun_us;        /* of this step */
  int64_t resume_us;       /* resting: when to try again */
  uint32_t attempts;       /* that failed, one after the other */
  tars_trust_status trust; /* of this pass */
  tars_network network;    /* that the agent works with */
  char device[FLEET_ID_TEXT];
  volatile bool online, replying; /* written by the agent, read by any task */
} fleet_state;

extern fleet_state tars_fleet;

#endif
