/* Requests of the broker's agent to the supervisor: one at a time, answered later. */
#ifndef FLEET_ASK_H
#define FLEET_ASK_H

#include "tars_install.h"

/* One request and its answer: kept by the file that makes the request. */
typedef struct {
  enum { FLEET_UNASKED, FLEET_ASKED, FLEET_ANSWERED } state;
  tars_install_answer answer;
} fleet_exchange;

/* Makes the request, unless it was made or can't be now. FLEET_BUSY until it is answered; then the answer's code, and
 * the next call makes a request again. */
int tars_fleet_exchange(fleet_exchange *exchange, const tars_install_request *request);
/* Takes the supervisor's answer; true if there was one. */
bool tars_fleet_ask_step(void);
/* Says that the answer is of no interest any more. The agent waits for it all the same. With `leave`, another
 * session may take over then what the request has begun. */
void tars_fleet_ask_forget(fleet_exchange *exchange, bool leave);
/* True while an answer is due: what was lent to the supervisor must stay as it is. */
bool tars_fleet_ask_waits(void);
int64_t tars_fleet_ask_deadline_us(void);

#endif
