/* Inside the agent: commands of the link. Each runs in the link task and returns 0, a negative error, or
 * TARS_CHANNEL_LATER; `body` and `response` are the structs of its message in gen/tars_link.h. */
#ifndef COMMAND_H
#define COMMAND_H

#include "session.h"
#include "tars_install.h" /* requests that the supervisor answers */
#include "tars_link.h"    /* structs of the messages */
#include "tars_trust.h"   /* signed commands */

typedef int (*tars_command)(tars_session *session, const void *body, void *response);

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

/* command_board.c */
int tars_command_hello(tars_session *session, const void *body, void *response);
int tars_command_board(tars_session *session, const void *body, void *response);
int tars_command_reset(tars_session *session, const void *body, void *response);
/* The board restarts once its answers have left. */
void tars_reset_want(void);
/* command_app.c */
int tars_command_list(tars_session *session, const void *body, void *response);
int tars_command_start(tars_session *session, const void *body, void *response);
int tars_command_stop(tars_session *session, const void *body, void *response);
int tars_command_stats(tars_session *session, const void *body, void *response);
/* command_install.c */
int tars_command_install_begin(tars_session *session, const void *body, void *response);
int tars_command_install_data(tars_session *session, const void *body, void *response);
int tars_command_install_commit(tars_session *session, const void *body, void *response);
int tars_command_install_confirm(tars_session *session, const void *body, void *response);
int tars_command_install_abort(tars_session *session, const void *body, void *response);
/* Hands a request of a session to the supervisor: TARS_CHANNEL_LATER, or a negative error. */
int tars_command_ask(tars_session *session, const tars_install_request *request);
/* command_param.c */
int tars_command_param_list(tars_session *session, const void *body, void *response);
int tars_command_param_get(tars_session *session, const void *body, void *response);
int tars_command_param_set(tars_session *session, const void *body, void *response);
/* command_topic.c */
int tars_command_topic_list(tars_session *session, const void *body, void *response);
int tars_command_publish(tars_session *session, const void *body, void *response);
int tars_command_subscribe(tars_session *session, const void *body, void *response);
/* command_log.c */
int tars_command_logs(tars_session *session, const void *body, void *response);

/* command_upload.c */
int tars_command_identity(tars_session *session, const void *body, void *response);
int tars_command_upload_begin(tars_session *session, const void *body, void *response);
int tars_command_upload_data(tars_session *session, const void *body, void *response);
int tars_command_upload_end(tars_session *session, const void *body, void *response);
int tars_command_network_set(tars_session *session, const void *body, void *response);
int tars_command_erase(tars_session *session, const void *body, void *response);
void tars_command_network_fill(const tars_link_network_set_request *in, tars_network *network);
/* command_signed.c */
int tars_command_command(tars_session *session, const void *body, void *response);

/* Who hands a signed command in; the supervisor's answer carries both. */
typedef struct {
  uint32_t owner; /* a session's number, or TARS_INSTALL_BROKER */
  uint16_t ticket;
} tars_command_from;

/* Responses to commandable requests have no fields: an empty array, CBOR. */
static const uint8_t tars_command_nothing[] = { 0x80 };

/* Checks a signed command and runs its request: 0, a negative error, or TARS_CHANNEL_LATER: the supervisor answers, see
 * tars_install_answer_take and tars_install_broker_take. `command` is filled as far as the signatures are right; it
 * points into `document`. */
int tars_command_signed(const tars_command_from *from, tars_bytes document, tars_fleet_command_event *command);
/* The same in the supervisor's context: tars_install_hooks.command. */
int tars_command_take(tars_bytes document, tars_install_request *asked, tars_network *network);

/* commands.c: the command of a request that exists, and whether a signed command may carry it. */
tars_command tars_command_find(uint8_t id);
bool tars_command_is_commandable(uint8_t id);

#endif
