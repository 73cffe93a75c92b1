/* Root documents from the broker: read here, checked and installed by the supervisor alone. One that somebody was in
 * the way of comes again after a while, or it would wait for the next connection. */
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
  int64_t again_us; /* it is to come again then; 0: it isn't */
} next;

/* One that is further ahead than the next is no attack: the ones between come under their versions. */
static bool is_ahead(tars_bytes document) {
  tars_root root;
  return tars_root_read(document.bytes, document.size, &root) == 0 && root.version > tars_fleet.trust.root_version + 1;
}

/* Nothing that the board does ends for a document that its owner hasn't signed. */
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

/* After a rest. */
bool tars_fleet_root_again(void) {
  bool due = next.again_us && tars_fleet.now_us >= next.again_us;
  if (due) next.again_us = 0;
  return due;
}

/* The subscription brings it again. */
void tars_fleet_root_drop(void) {
  tars_fleet_ask_forget(&next.exchange, false);
  next.again_us = 0;
}

/* When to look again. */
int64_t tars_fleet_root_deadline_us(void) { return next.again_us ? next.again_us : INT64_MAX; }
