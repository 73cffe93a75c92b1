/* The agent's functions for the core, the install and the port. */
#include "command.h" /* running requests, updates */
#include "follow.h"  /* observers */

#include <string.h>

/* The supervisor has finished a request: of a session, or of the broker's agent. */
static void answered(void) {
  tars_agent_wake();
  if (tars_agent.answered) tars_agent.answered();
}

/* The hooks of the core. */
const tars_hooks *tars_agent_init(const tars_agent_config *config) {
  const tars_install_hooks install = { .answered = answered,
                                       .note = tars_follow_note,
                                       .phase = config->phase,
                                       .way_back = config->way_back,
                                       .command = tars_command_take };
  static const tars_hooks hooks = {
    .log = tars_follow_log,
    .message = tars_follow_message,
    .status = tars_follow_status,
    .retain_save = tars_install_retain_save,
    .retain_load = tars_install_retain_load,
    .poll = tars_install_poll,
    .trial_failed = tars_install_trial_failed,
  };
  tars_agent = *config;
  tars_sessions_init(tars_command_run);
  tars_install_init(&install);
  return &hooks;
}

uint32_t tars_session_take(tars_session *session, uint8_t wire[TARS_CHANNEL_WIRE]) {
  tars_history_send(session);
  return tars_channel_take(&session->channel, wire);
}

/* Sends the response to a request that the supervisor has finished. */
static void answer_send(tars_session *session, const tars_install_answer *answer) {
  tars_link_response response;
  memset(&response, 0, sizeof response);
  const tars_command_row *row = tars_command_find(session->channel.last_id);
  if (row && row->answer) row->answer(answer, &response);
  if (answer->restart) tars_reset_want();
  tars_channel_answer(&session->channel, answer->code, &response);
}

void tars_agent_poll(void) {
  tars_install_answer answer;
  while (tars_install_answer_take(&answer))
    for (int i = 0; i < TARS_AGENT_SESSIONS; i++) {
      tars_session *session = tars_session_at(i);
      if (session && session->number == answer.owner && session->channel.last_seq == answer.ticket)
        answer_send(session, &answer);
    }
}

bool tars_agent_booted(void) { return tars_install_is_booted(); }
