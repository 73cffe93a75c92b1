/* The requests install.*: each is handed to the supervisor, which answers when it has finished. */
#include "command.h"
#include "tars_errors.h" /* codes */

#include <string.h>

int tars_command_install_begin(const tars_link_install_begin_request *in, tars_install_draft *draft) {
  tars_app_record *app = &draft->memory.app;
  if (in->digests.size != in->sizes.count * sizeof *app->digests || in->sizes.count > TARS_LIMIT_MODULES)
    return -TARS_E_INVALID;
  memset(app, 0, sizeof *app);
  app->count = in->sizes.count;
  memcpy(app->digests, in->digests.bytes, in->digests.size);
  memcpy(app->sizes, in->sizes.items, in->sizes.count * sizeof *app->sizes);
  draft->request.begin.class = in->class;
  draft->request.begin.store = in->store;
  draft->request.begin.app = app;
  return 0;
}

void tars_answer_install_begin(const tars_install_answer *answer, tars_link_install_begin_response *out) {
  out->missing = answer->missing;
  out->same = answer->same;
}

int tars_command_install_data(const tars_link_install_data_request *in, tars_install_draft *draft) {
  draft->request.data.module = in->module;
  draft->request.data.offset = in->offset;
  draft->request.data.bytes = in->data;
  return 0;
}

/* The gap of the swap: for so long no behaviour could react. */
void tars_answer_install_commit(const tars_install_answer *answer, tars_link_install_commit_response *out) {
  out->gap = answer->gap_us;
}
