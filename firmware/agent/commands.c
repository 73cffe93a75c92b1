/* Finds a request of the link in the generated table, and runs or refuses it. */
#include "command.h"
#include "tars_errors.h" /* codes */

/* True if the share of signatures of the link is used up; otherwise a document is counted against it. */
static bool is_used_up(tars_install_verb verb) {
  enum { SECOND_MS = 1000 };
  static uint32_t used_ms; /* the share is free again by then; ahead of the clock by a second at most */
  if (tars_agent.virtual_clock || (verb != TARS_INSTALL_COMMAND && verb != TARS_INSTALL_UPLOAD_END)) return false;
  uint32_t now_ms = (uint32_t)(tars_agent.now_us() / 1000), ahead_ms = used_ms - now_ms;
  if (ahead_ms > SECOND_MS) ahead_ms = 0; /* it was free before */
  if (ahead_ms + SECOND_MS / TARS_LIMIT_LINK_SIGNATURES > SECOND_MS) return true;
  used_ms = now_ms + ahead_ms + SECOND_MS / TARS_LIMIT_LINK_SIGNATURES;
  return false;
}

/* The supervisor's mailbox is in use, for a moment: the request is made again. */
static int ask_result(int err) { return err == -TARS_E_BUSY ? TARS_CHANNEL_AGAIN : err ? err : TARS_CHANNEL_LATER; }

/* Hands a request to the supervisor. The channel's sequence number is the ticket that the answer comes back with. */
static int supervisor_ask(const tars_session *session, const tars_command_row *row, const void *in) {
  tars_install_draft draft;
  draft.request = (tars_install_request){ .owner = session->number,
                                          .ticket = session->channel.last_seq,
                                          .physical = session->physical };
  int err = row->ask(in, &draft);
  if (err) return err;
  return is_used_up(draft.request.verb) ? TARS_CHANNEL_AGAIN : ask_result(tars_install_ask(&draft.request));
}

/* Answers a request that has been run once the supervisor has stored what it set. */
static int keep_ask(const tars_session *session) {
  const tars_install_request request = { .verb = TARS_INSTALL_KEEP,
                                         .owner = session->number,
                                         .ticket = session->channel.last_seq };
  return ask_result(tars_install_ask(&request));
}

/* Runs a request or hands it to the supervisor. On a board with an owner, a request that must be signed is refused. */
int tars_command_run(tars_channel *channel, const tars_message *message, const void *in, void *out) {
  static tars_command_facts facts; /* the channel encodes a response before it takes the next request */
  tars_session *session = (tars_session *)channel;
  const tars_command_row *row = tars_command_find(message->id);
  const tars_link_rule *rule = tars_link_rule_of(message->id);
  if (!row || !rule) return -TARS_E_UNKNOWN;
  if (!rule->claims && tars_trust_is_owned()) return -TARS_E_OWNED;
  if (!row->run) return supervisor_ask(session, row, in);
  int result = row->run(session, in, out, &facts);
  return result == TARS_COMMAND_KEEP ? keep_ask(session) : result;
}
