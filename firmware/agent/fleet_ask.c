/* Requests of the broker's agent to the supervisor. While the link has one under way the agent's isn't taken, and is
 * made again a little later. */
#include "fleet_ask.h"
#include "fleet_share.h"
#include "fleet_state.h" /* time */
#include "tars_errors.h" /* codes */

enum { AGAIN_US = 20000 };

static struct {
  bool busy; /* an answer is due */
  bool leave;
  uint16_t ticket;
  fleet_exchange *exchange; /* NULL: the answer is of no interest any more */
  int64_t again_us;         /* when a request that was turned away may be made again; 0: none was */
} desk;

/* True for requests with signatures to check. */
static bool is_signed(tars_install_verb verb) {
  return verb == TARS_INSTALL_COMMAND || verb == TARS_INSTALL_DOCUMENT || verb == TARS_INSTALL_BEACON;
}

/* Hands a request to the supervisor. If it can't be taken for another reason than that one is under way, its error
 * is the answer. */
static void request_make(fleet_exchange *exchange, const tars_install_request *request) {
  tars_install_request asked = *request;
  asked.owner = TARS_INSTALL_BROKER;
  asked.ticket = (uint16_t)(desk.ticket + 1);
  bool signatures = is_signed(asked.verb);
  int err = signatures && tars_fleet_share_is_used(FLEET_SIGNATURES) ? -TARS_E_BUSY : tars_install_ask(&asked);
  desk.again_us = err == -TARS_E_BUSY ? tars_fleet.now_us + AGAIN_US : 0;
  if (err == -TARS_E_BUSY) return;
  if (signatures && !err) tars_fleet_share_take(FLEET_SIGNATURES, 1);
  desk.ticket = asked.ticket;
  desk.busy = err == 0;
  desk.leave = false;
  desk.exchange = exchange;
  exchange->state = err ? FLEET_ANSWERED : FLEET_ASKED;
  exchange->answer = (tars_install_answer){ .code = err };
}

int tars_fleet_exchange(fleet_exchange *exchange, const tars_install_request *request) {
  if (exchange->state == FLEET_UNASKED && !desk.busy) request_make(exchange, request);
  if (exchange->state != FLEET_ANSWERED) return FLEET_BUSY;
  exchange->state = FLEET_UNASKED;
  return exchange->answer.code;
}

/* Takes the supervisor's answer. Clears the wait after a `busy`, so that the caller may ask again in this pass. */
bool tars_fleet_ask_step(void) {
  tars_install_answer answer;
  if (tars_fleet.now_us >= desk.again_us) desk.again_us = 0;
  if (!tars_install_broker_take(&answer)) return false;
  if (!desk.busy || answer.ticket != desk.ticket) return false;
  desk.busy = false;
  if (desk.leave) tars_install_leave(TARS_INSTALL_BROKER);
  if (!desk.exchange) return true;
  desk.exchange->answer = answer;
  desk.exchange->state = FLEET_ANSWERED;
  desk.exchange = NULL;
  return true;
}

void tars_fleet_ask_forget(fleet_exchange *exchange, bool leave) {
  exchange->state = FLEET_UNASKED;
  if (desk.exchange != exchange) return;
  desk.exchange = NULL;
  desk.leave = leave;
}

bool tars_fleet_ask_waits(void) { return desk.busy; }

int64_t tars_fleet_ask_deadline_us(void) { return desk.again_us ? desk.again_us : INT64_MAX; }
