/* Requests of the broker's agent to the supervisor: one at a time, answered later. While the link has one under way the
 * request isn't taken, and is made again a little later. */
#include "fleet.h"
#include "tars_errors.h" /* codes */

enum { AGAIN_US = 20000 };

static struct {
  bool busy; /* an answer is due */
  uint16_t ticket;
  fleet_answered answered; /* NULL: nobody wants it */
  int64_t again_us;        /* somebody was turned away; 0: nobody */
} desk;

/* Hands a request over. */
bool tars_fleet_ask(tars_install_request *request, fleet_answered answered) {
  if (desk.busy) return false;
  request->owner = TARS_INSTALL_BROKER;
  request->ticket = (uint16_t)(desk.ticket + 1);
  int err = tars_install_ask(request);
  desk.again_us = err == -TARS_E_BUSY ? tars_fleet.now_us + AGAIN_US : 0;
  if (err == -TARS_E_BUSY) return false;
  desk.ticket = request->ticket;
  desk.busy = err == 0;
  desk.answered = answered;
  if (err) answered(&(tars_install_answer){ .owner = request->owner, .ticket = request->ticket, .code = err });
  return true;
}

/* Hands the answer out. Whoever was turned away asks again in this pass, or needs it no more. */
bool tars_fleet_ask_step(void) {
  tars_install_answer answer;
  if (tars_fleet.now_us >= desk.again_us) desk.again_us = 0;
  if (!tars_install_broker_take(&answer)) return false;
  if (!desk.busy || answer.ticket != desk.ticket) return false;
  fleet_answered answered = desk.answered;
  desk.busy = false;
  desk.answered = NULL;
  if (answered) answered(&answer);
  return true;
}

/* The ticket of the next request. */
bool tars_fleet_ask_ticket(uint16_t *ticket) {
  *ticket = (uint16_t)(desk.ticket + 1);
  return !desk.busy;
}

/* Somebody else made it. */
void tars_fleet_ask_made(uint16_t ticket, fleet_answered answered) {
  desk.ticket = ticket;
  desk.busy = true;
  desk.answered = answered;
}

/* Drops the interest in an answer; the answer is still waited for. */
void tars_fleet_ask_forget(fleet_answered answered) {
  if (desk.answered == answered) desk.answered = NULL;
}

/* When to try again. */
int64_t tars_fleet_ask_deadline_us(void) { return desk.again_us ? desk.again_us : INT64_MAX; }
