/* The state of the broker's agent, which all of its files share. Only the agent's task calls their functions, unless
 * a comment says something else. Each file uses only those before it in this list: fleet_state, fleet_text,
 * fleet_share, fleet_ask, fleet_out, fleet_command, fleet_fetch, fleet_update, fleet_root, fleet_in, fleet. A file
 * never calls a later one; the later one asks it for its result. */
#ifndef FLEET_STATE_H
#define FLEET_STATE_H

#include "tars_fleet_agent.h"
#include "tars_trust.h" /* whom the board belongs to */

#define FLEET_ID_TEXT 33 /* device id in hex, with its zero */

/* Result of a function that has not finished its work yet. 0 means that it is done, a negative error that it has
 * failed. */
#define FLEET_BUSY 1

typedef enum { FLEET_IDLE, FLEET_RESTING, FLEET_OPENING, FLEET_JOINING, FLEET_JOINED } fleet_step;

typedef struct {
  fleet_step step;
  int64_t now_us;          /* time of this pass */
  int64_t begun_us;        /* of this step */
  int64_t resume_us;       /* resting: when to try again */
  uint32_t attempts;       /* consecutive attempts that failed */
  tars_trust_status trust; /* copied at the beginning of this pass */
  tars_network network;    /* that the agent works with */
  char device[FLEET_ID_TEXT];
  volatile bool online, replying; /* written by the agent, read by any task */
  const char *volatile trouble;   /* the same: why there is no session, static text; empty if there is one */
} fleet_state;

extern fleet_state tars_fleet;

#endif
