/* The requests of hal/contract/wire/link-owner.ts: identity, network.set, command, and upload.* for documents that are
 * longer than a frame. */
#include "command.h"
#include "tars_errors.h" /* TARS_E_INVALID */
#include "tars_kinds.h"  /* tars_text_is */

#include <string.h>

enum { TROUBLE_MAX = 120 };

/* Text of a C string. */
static tars_text text_of(const char *string) { return (tars_text){ string, (uint16_t)strlen(string) }; }

/* The bytes if they are there, otherwise an empty byte string. */
static tars_bytes bytes_if(bool there, const uint8_t *bytes, uint32_t size) {
  return (tars_bytes){ bytes, there ? size : 0 };
}

/* Why there is no session with the broker, as far as it fits the field. */
static tars_text trouble(void) {
  tars_text text = text_of(tars_agent.trouble ? tars_agent.trouble() : "");
  if (text.size > TROUBLE_MAX) text.size = TROUBLE_MAX;
  return text;
}

int tars_command_identity(tars_link_identity_response *out, tars_command_facts *facts) {
  tars_trust_status *status = &facts->identity.status;
  tars_network *network = &facts->identity.network;
  tars_trust_read(status);
  tars_trust_network(network);
  *out = (tars_link_identity_response){
    .key = bytes_if(status->has_key, status->public_key, sizeof status->public_key),
    .device = bytes_if(status->root_version, status->device, sizeof status->device),
    /* Over the link the nonce for commands is told; the one for beacons serves a broker only. */
    .nonce = { status->nonce, tars_trust_nonce_give(status->nonce) },
    .root = status->root_version,
    .owner = text_of(status->owner),
    .fleet = text_of(network->fleet),
    .broker = text_of(network->broker),
    .online = tars_agent.online && tars_agent.online(),
    .trouble = trouble(),
    .epoch = status->committed.epoch,
    .number = status->committed.number,
    .bundle = bytes_if(status->committed.number, status->committed.digest, sizeof status->committed.digest),
    .freshness = status->freshness,
    .unreadable = status->unreadable,
  };
  return 0;
}

int tars_command_upload_begin(const tars_link_upload_begin_request *in, tars_install_draft *draft) {
  draft->request.upload.use = in->use;
  draft->request.upload.size = in->size;
  return 0;
}

int tars_command_upload_data(const tars_link_upload_data_request *in, tars_install_draft *draft) {
  draft->request.data.offset = in->offset;
  draft->request.data.bytes = in->data;
  return 0;
}

void tars_answer_upload_end(const tars_install_answer *answer, tars_link_upload_end_response *out) {
  out->same = answer->same;
  out->detached = answer->detached;
}

/* Copies a text, whose length the decoder has checked already. */
static void text_copy(char *to, tars_text text) {
  memcpy(to, text.text, text.size);
  to[text.size] = '\0';
}

int tars_command_network_set(const tars_link_network_set_request *in, tars_install_draft *draft) {
  tars_network *network = &draft->memory.network;
  if (!tars_text_is(in->fleet, TARS_NAME_FLEET)) return -TARS_E_INVALID; /* it becomes a part of topics */
  memset(network, 0, sizeof *network);
  text_copy(network->broker, in->broker);
  text_copy(network->fleet, in->fleet);
  text_copy(network->user, in->user);
  text_copy(network->password, in->password);
  draft->request.network = network;
  return 0;
}

int tars_command_repair(const tars_link_repair_request *in, tars_install_draft *draft) {
  draft->request.number = in->number;
  return 0;
}

/* A signed command that comes over the link. The supervisor checks it, because only its stack is large enough for
 * the arithmetic of signatures. */
int tars_command_command(const tars_link_command_request *in, tars_install_draft *draft) {
  draft->request.data.bytes = in->document;
  return 0;
}

void tars_answer_command(const tars_install_answer *answer, tars_link_command_response *out) {
  (void)answer;
  out->body = (tars_bytes){ tars_command_nothing, sizeof tars_command_nothing };
}
