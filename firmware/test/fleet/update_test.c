/* Bundles that come again with each connection: which are looked at once more. */
#include "check.h"
#include "fleet_ask.h"
#include "fleet_fetch.h"
#include "fleet_share.h"
#include "fleet_state.h"
#include "fleet_update.h"
#include "tars_errors.h"
#include "tars_fleet_agent.h"

#include <string.h>

fleet_state tars_fleet;

static const tars_bytes document = { (const uint8_t *)"bundle", 6 };
static int verified_code, verifications, trials; /* what the supervisor says, and what it was asked for */

int tars_fleet_exchange(fleet_exchange *exchange, const tars_install_request *request) {
  exchange->answer = (tars_install_answer){ .bundle = { 7 } };
  if (request->verb == TARS_INSTALL_DOCUMENT) {
    verifications++;
    exchange->answer.same = tars_fleet.trust.committed.digest[0] == 7 || tars_fleet.trust.trial[0] == 7;
    return verified_code;
  }
  trials++;
  tars_fleet.trust.trial[0] = 7;
  return 0;
}
void tars_fleet_ask_forget(fleet_exchange *exchange, bool leave) { (void)exchange, (void)leave; }
void tars_install_leave(uint32_t owner) { (void)owner; }
void tars_fleet_share_useful(void) {}
void tars_fleet_report(const tars_update_step *step) { (void)step; }
void tars_fleet_fetch_begin(const tars_install_answer *verified) { (void)verified; }
void tars_fleet_fetch_drop(void) {}
bool tars_fleet_fetch_step(void) { return false; }
int tars_fleet_fetch_result(void) { return FLEET_BUSY; }
bool tars_fleet_fetch_asks(void) { return false; }
int64_t tars_fleet_fetch_deadline_us(void) { return INT64_MAX; }

/* The bundle comes with a new connection; true if it was verified. */
static bool comes(void) {
  int before = verifications;
  tars_fleet_update_drop();
  while (!tars_fleet_update_take(document)) tars_fleet_update_step();
  while (tars_fleet_update_step()) {
  }
  return verifications > before;
}

int main(void) {
  CHECK(comes() && trials == 1);
  CHECK(!comes() && trials == 1); /* it is in trial */
  tars_fleet.trust.trial[0] = 0;  /* reverted, because the broker was away: it may be tried again */
  verified_code = -TARS_E_TRIALS;
  CHECK(comes() && trials == 1);
  CHECK(comes() && tars_fleet_update_deadline_us() < INT64_MAX); /* asked for again, whoever asks */
  verified_code = 0;
  CHECK(comes() && trials == 2);
  tars_fleet.trust.trial[0] = 0;
  tars_fleet.trust.committed.digest[0] = 7;
  CHECK(!comes());
  tars_fleet.trust.committed.digest[0] = 0; /* reverted by a fault: refused once, and then not looked at */
  verified_code = -TARS_E_KNOWN_BAD;
  CHECK(comes() && !comes() && trials == 2);
  return check_report("fleet_update");
}
