/* Inside the agent: commands of the link. Each runs in the link task and returns 0, a negative error, or
 * TARS_CHANNEL_LATER; `body` and `response` are the structs of its message in gen/tars_link.h. */
#ifndef COMMAND_H
#define COMMAND_H

#include "session.h"
#include "tars_link.h" /* structs of the messages */

typedef int (*tars_command)(tars_session *session, const void *body, void *response);

/* command_board.c */
int tars_command_hello(tars_session *session, const void *body, void *response);
int tars_command_board(tars_session *session, const void *body, void *response);
int tars_command_reset(tars_session *session, const void *body, void *response);
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

#endif
