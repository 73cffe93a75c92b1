/* Root documents from the broker. The supervisor checks and installs them. If an install of somebody else was in the
 * way, the document is subscribed to again after a while; otherwise it would come only with the next connection. */
#include "fleet_root.h"
#include "fleet_ask.h"
#include "fleet_out.h"
#include "fleet_state.h"
#include "fleet_update.h"
#include "tars_errors.h" /* codes */
#include "tars_link.h"   /* uses of uploads */

enum { AGAIN_US = 2000000 };

static struct {
  fleet_exchange exchange;
  int64_t again_us; /* when to subscribe again; 0: never */
} next;

/* True for a document that is further ahead than the next version. That is no attack: the versions between are
 * published under topics of their own. */
static bool is_ahead(tars_bytes document) {
  tars_root root;
  return tars_root_read(document.bytes, document.size, &root) == 0 && root.version > tars_fleet.trust.root_version + 1;
}

/* The document is checked before anything that is under way is ended for it. */
bool tars_fleet_root_take(tars_bytes document) {
  const tars_install_request request = { .verb = TARS_INSTALL_DOCUMENT,
                                         .lent = true,
                                         .document = { .use = TARS_UPLOAD_ROOT, .bytes = document } };
  if (next.exchange.state == FLEET_UNASKED && is_ahead(document)) return true;
  int code = tars_fleet_exchange(&next.exchange, &request);
  if (code == FLEET_BUSY) return false;
  if (code == -TARS_E_BUSY || code == -TARS_E_STATE)
    next.again_us = tars_fleet.now_us + AGAIN_US;
  else if (code < 0)
    tars_fleet_refused(code);
  else if (!next.exchange.answer.same)
    tars_fleet_update_restart();
  return true;
}

bool tars_fleet_root_again(void) {
  bool due = next.again_us && tars_fleet.now_us >= next.again_us;
  if (due) next.again_us = 0;
  return due;
}

void tars_fleet_root_drop(void) {
  tars_fleet_ask_forget(&next.exchange, false);
  next.again_us = 0;
}

int64_t tars_fleet_root_deadline_us(void) { return next.again_us ? next.again_us : INT64_MAX; }
