/* identity, upload.*, network.set, erase: whose board it is, and what is longer than a frame. */
#include "command.h"

#include <string.h>

/* Text of a C string. */
static tars_text text_of(const char *string) { return (tars_text){ string, (uint16_t)strlen(string) }; }

/* Bytes, or none. */
static tars_bytes bytes_if(bool there, const uint8_t *bytes, uint32_t size) {
  return (tars_bytes){ bytes, there ? size : 0 };
}

/* Who the board is. */
int tars_command_identity(tars_session *session, const void *body, void *response) {
  tars_trust_status *status = &tars_facts.identity.status;
  tars_network *network = &tars_facts.identity.network;
  (void)session;
  (void)body;
  tars_trust_read(status);
  tars_trust_network(network);
  *(tars_link_identity_response *)response = (tars_link_identity_response){
    .key = bytes_if(status->has_key, status->public_key, sizeof status->public_key),
    .device = bytes_if(status->root_version, status->device, sizeof status->device),
    .nonce = { status->nonce, sizeof status->nonce },
    .root = status->root_version,
    .owner = text_of(status->owner),
    .fleet = text_of(network->fleet),
    .broker = text_of(network->broker),
    .online = tars_agent.online && tars_agent.online(),
    .epoch = status->committed.epoch,
    .number = status->committed.number,
    .bundle = bytes_if(status->committed.number, status->committed.digest, sizeof status->committed.digest),
    .freshness = status->freshness,
  };
  return 0;
}

/* Begins a document. */
int tars_command_upload_begin(tars_session *session, const void *body, void *response) {
  (void)response;
  const tars_link_upload_begin_request *in = body;
  return tars_command_ask(session, &(tars_install_request){ .verb = TARS_INSTALL_UPLOAD_BEGIN,
                                                            .upload = { .use = in->use, .size = in->size } });
}

/* Bytes of it. */
int tars_command_upload_data(tars_session *session, const void *body, void *response) {
  (void)response;
  const tars_link_upload_data_request *in = body;
  return tars_command_ask(
      session, &(tars_install_request){ .verb = TARS_INSTALL_UPLOAD_DATA, .data = { 0, in->offset, in->data } });
}

/* It is whole. */
int tars_command_upload_end(tars_session *session, const void *body, void *response) {
  (void)body;
  (void)response;
  return tars_command_ask(session, &(tars_install_request){ .verb = TARS_INSTALL_UPLOAD_END });
}

/* Copies a text that was decoded with its limit. */
static void text_copy(char *to, tars_text text) {
  memcpy(to, text.text, text.size);
  to[text.size] = '\0';
}

/* What the request asks for. */
void tars_command_network_fill(const tars_link_network_set_request *in, tars_network *network) {
  memset(network, 0, sizeof *network);
  text_copy(network->broker, in->broker);
  text_copy(network->fleet, in->fleet);
  text_copy(network->user, in->user);
  text_copy(network->password, in->password);
}

/* Names broker and fleet. */
int tars_command_network_set(tars_session *session, const void *body, void *response) {
  (void)response;
  tars_network network;
  tars_command_network_fill(body, &network);
  return tars_command_ask(session, &(tars_install_request){ .verb = TARS_INSTALL_NETWORK, .network = &network });
}

/* Erases everything; answer_send restarts the board. */
int tars_command_erase(tars_session *session, const void *body, void *response) {
  (void)body;
  (void)response;
  return tars_command_ask(session, &(tars_install_request){ .verb = TARS_INSTALL_ERASE });
}
