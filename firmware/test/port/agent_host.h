/* A host that talks to the agent over frames, and the rest of the core that commands ask: for tests over fake_core. */
#ifndef AGENT_HOST_H
#define AGENT_HOST_H

#include "tars_agent.h"
#include "tars_frame.h"
#include "tars_link.h"

/* A session as its host has it. */
typedef struct {
  tars_session *session;
  tars_frame_receiver receiver;
  uint16_t seq, event_seq;
  tars_frame frame;    /* last one received */
  int events, changes; /* all of them, and changes of status */
} host;

extern int64_t host_now_us; /* time of the board: goes on while a request waits for its share, and otherwise stands */
extern const tars_hooks *hooks;
extern tars_link_response response; /* fields of the last response */

/* Power on. */
void host_start(const tars_agent_config *more);
/* Takes frames until there are none; true if the last one was a response. Events are counted and must have no gap. */
bool host_take(host *self);
/* Sends a request. */
void host_send_frame(host *self, uint8_t id, uint16_t seq, const void *body);
/* Sends a request and lets the supervisor run. Returns the code; `response` has the fields then. */
int host_request(host *self, uint8_t id, const void *body);
/* A session that has said hello. */
host host_open(uint32_t nonce);
tars_text text(const char *string);

#endif
