/* install.*: handed to the supervisor, answered when it has finished. */
#include "command.h"
#include "tars_errors.h" /* codes */

#include <string.h>

/* Hands a request over; the channel's sequence number is the ticket that the answer comes back with. */
int tars_command_ask(tars_session *session, const tars_install_request *request) {
  tars_install_request asked = *request;
  asked.owner = session->number;
  asked.ticket = session->channel.last_seq;
  asked.physical = session->physical;
  int err = tars_install_ask(&asked);
  return err ? err : TARS_CHANNEL_LATER;
}

/* Announces an app. */
int tars_command_install_begin(tars_session *session, const void *body, void *response) {
  (void)response;
  const tars_link_install_begin_request *in = body;
  tars_app_record app;
  if (in->digests.size != in->sizes.count * sizeof *app.digests || in->sizes.count > TARS_LIMIT_MODULES)
    return -TARS_E_INVALID;
  memset(&app, 0, sizeof app);
  app.count = in->sizes.count;
  memcpy(app.digests, in->digests.bytes, in->digests.size);
  memcpy(app.sizes, in->sizes.items, in->sizes.count * sizeof *app.sizes);
  return tars_command_ask(session,
                          &(tars_install_request){ .verb = TARS_INSTALL_BEGIN,
                                                   .begin = { .class = in->class, .store = in->store, .app = &app } });
}

/* Bytes of a module. */
int tars_command_install_data(tars_session *session, const void *body, void *response) {
  (void)response;
  const tars_link_install_data_request *in = body;
  tars_install_request request = { .verb = TARS_INSTALL_DATA, .data = { in->module, in->offset, in->data } };
  return tars_command_ask(session, &request);
}

/* Checks, stages and swaps. */
int tars_command_install_commit(tars_session *session, const void *body, void *response) {
  (void)body;
  (void)response;
  return tars_command_ask(session, &(tars_install_request){ .verb = TARS_INSTALL_COMMIT });
}

/* Ends the trial. */
int tars_command_install_confirm(tars_session *session, const void *body, void *response) {
  (void)body;
  (void)response;
  return tars_command_ask(session, &(tars_install_request){ .verb = TARS_INSTALL_CONFIRM });
}

/* Drops what was received, or reverts. */
int tars_command_install_abort(tars_session *session, const void *body, void *response) {
  (void)body;
  (void)response;
  return tars_command_ask(session, &(tars_install_request){ .verb = TARS_INSTALL_ABORT });
}
