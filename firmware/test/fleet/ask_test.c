/* Requests to the supervisor: one at a time, and who is turned away asks again. */
#include "check.h"
#include "fleet.h"
#include "tars_errors.h" /* codes */

#include <string.h>

fleet_state tars_fleet; /* the time */

static int asked_code;  /* what the supervisor's mailbox says */
static int answer_code; /* of the last answer; 1: none yet */

int tars_install_ask(const tars_install_request *request) { return (void)request, asked_code; }
bool tars_install_broker_take(tars_install_answer *answer) { return (void)answer, false; }
static void answered(const tars_install_answer *answer) { answer_code = answer->code; }

/* While the link has a request under way, the agent looks again soon, but not for ever when nobody asks any more: then
 * the time to look would lie in the past, and the agent would never rest. */
static void turned_away_test(void) {
  tars_install_request request = { .verb = TARS_INSTALL_COMMIT };
  CHECK(tars_fleet_ask_deadline_us() == INT64_MAX);
  tars_fleet.now_us = 1000;
  asked_code = -TARS_E_BUSY;
  CHECK(!tars_fleet_ask(&request, answered));
  int64_t again_us = tars_fleet_ask_deadline_us();
  CHECK(again_us > 1000 && again_us < 1000000);
  CHECK(!tars_fleet_ask_step());
  CHECK(tars_fleet_ask_deadline_us() == again_us);
  tars_fleet.now_us = again_us;
  CHECK(!tars_fleet_ask_step());
  CHECK(tars_fleet_ask_deadline_us() == INT64_MAX);
  CHECK(!tars_fleet_ask(&request, answered));
  CHECK(tars_fleet_ask_deadline_us() > again_us);
}

/* What the mailbox can't take at all is answered at once; of what it took one answer is waited for. */
static void ask_test(void) {
  tars_install_request request = { .verb = TARS_INSTALL_COMMIT };
  uint16_t ticket;
  answer_code = 1;
  asked_code = -TARS_E_TOO_LONG;
  CHECK(tars_fleet_ask(&request, answered));
  CHECK_EQUAL(answer_code, -TARS_E_TOO_LONG);
  asked_code = 0;
  CHECK(tars_fleet_ask(&request, answered));
  CHECK(!tars_fleet_ask(&request, answered));
  CHECK(!tars_fleet_ask_ticket(&ticket));
}

int main(void) {
  turned_away_test();
  ask_test();
  return check_report("ask");
}
