/* Requests to the supervisor: one at a time, and who is turned away asks again. */
#include "check.h"
#include "fleet_ask.h"
#include "fleet_state.h"
#include "tars_errors.h" /* TARS_E_* */

#include <string.h>

fleet_state tars_fleet; /* its time is what the requests look at */

static int asked_code;             /* what the supervisor's mailbox says */
static tars_install_request asked; /* the last one that it took */
static int answers, left;          /* answers that wait; times that something was left */

int tars_install_ask(const tars_install_request *request) {
  if (asked_code == 0) asked = *request;
  return asked_code;
}
bool tars_install_broker_take(tars_install_answer *answer) {
  *answer = (tars_install_answer){ .owner = TARS_INSTALL_BROKER, .ticket = asked.ticket, .code = -TARS_E_STATE };
  return answers-- > 0;
}
void tars_install_leave(uint32_t owner) {
  CHECK(owner == TARS_INSTALL_BROKER);
  left++;
}

/* While the link has a request under way, the agent looks again soon, but not for ever when nobody asks any more: then
 * the time to look would lie in the past, and the agent would never rest. */
static void turned_away_test(void) {
  const tars_install_request request = { .verb = TARS_INSTALL_COMMIT };
  fleet_exchange exchange = { .state = FLEET_UNASKED };
  CHECK(tars_fleet_ask_deadline_us() == INT64_MAX);
  tars_fleet.now_us = 1000;
  asked_code = -TARS_E_BUSY;
  CHECK_EQUAL(tars_fleet_exchange(&exchange, &request), FLEET_BUSY);
  int64_t again_us = tars_fleet_ask_deadline_us();
  CHECK(again_us > 1000 && again_us < 1000000);
  CHECK(!tars_fleet_ask_step());
  CHECK(tars_fleet_ask_deadline_us() == again_us);
  tars_fleet.now_us = again_us;
  CHECK(!tars_fleet_ask_step());
  CHECK(tars_fleet_ask_deadline_us() == INT64_MAX);
  CHECK_EQUAL(tars_fleet_exchange(&exchange, &request), FLEET_BUSY);
  CHECK(tars_fleet_ask_deadline_us() > again_us);
  CHECK(!tars_fleet_ask_waits());
}

/* What the mailbox can't take at all is answered at once; of what it took one answer is waited for. */
static void ask_test(void) {
  const tars_install_request request = { .verb = TARS_INSTALL_COMMIT };
  fleet_exchange exchange = { .state = FLEET_UNASKED }, other = exchange;
  asked_code = -TARS_E_TOO_LONG;
  CHECK_EQUAL(tars_fleet_exchange(&exchange, &request), -TARS_E_TOO_LONG);
  asked_code = 0;
  CHECK_EQUAL(tars_fleet_exchange(&exchange, &request), FLEET_BUSY);
  CHECK(asked.owner == TARS_INSTALL_BROKER && tars_fleet_ask_waits());
  CHECK_EQUAL(tars_fleet_exchange(&other, &request), FLEET_BUSY);
  CHECK(other.state == FLEET_UNASKED);
  answers = 1;
  CHECK(tars_fleet_ask_step() && !tars_fleet_ask_waits());
  CHECK_EQUAL(tars_fleet_exchange(&exchange, &request), -TARS_E_STATE);
  CHECK_EQUAL(left, 0);
}

/* An answer that nobody wants any more is waited for, and what it has begun is left if that was asked for. */
static void forget_test(void) {
  const tars_install_request request = { .verb = TARS_INSTALL_COMMIT };
  for (int leave = 0; leave < 2; leave++) {
    fleet_exchange exchange = { .state = FLEET_UNASKED };
    CHECK_EQUAL(tars_fleet_exchange(&exchange, &request), FLEET_BUSY);
    tars_fleet_ask_forget(&exchange, leave);
    CHECK(tars_fleet_ask_waits() && exchange.state == FLEET_UNASKED);
    answers = 1;
    CHECK(tars_fleet_ask_step() && !tars_fleet_ask_waits());
    CHECK(exchange.state == FLEET_UNASKED);
    CHECK_EQUAL(left, leave);
  }
}

int main(void) {
  turned_away_test();
  ask_test();
  forget_test();
  return check_report("ask");
}
