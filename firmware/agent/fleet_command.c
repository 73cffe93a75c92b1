/* Signed commands from the broker: the supervisor checks and runs them as it does those from the link. A command
 * with right signatures gets a signed reply, every other one a report: without right signatures its sender is not
 * known. */
#include "fleet_command.h"
#include "command.h" /* tars_command_nothing */
#include "fleet_ask.h"
#include "fleet_out.h"
#include "fleet_share.h"
#include "fleet_state.h"
#include "tars_errors.h" /* codes */

static fleet_exchange exchange;

/* True if the command wasn't run: not signed as it must be, or not for now. */
static bool is_refused(const tars_install_answer *answer) {
  int code = answer->code;
  return code < 0 &&
         (!answer->believed || code == -TARS_E_WRONG_DEVICE || code == -TARS_E_NONCE || code == -TARS_E_REPLAY);
}

/* Makes the reply or the report of a command that the supervisor has worked on. */
static void answer_take(const tars_install_answer *answer) {
  if (is_refused(answer)) {
    tars_fleet_refused(answer->code);
    return;
  }
  tars_fleet_share_useful();
  uint32_t size = answer->code == 0 ? sizeof tars_command_nothing : 0;
  tars_fleet_reply(answer->command, answer->code, (tars_bytes){ tars_command_nothing, size });
}

/* A command is handed to the supervisor once its reply would find room, and a restart waits until that has left. An
 * empty message asks for a nonce, which every reply carries. */
bool tars_fleet_command_take(tars_bytes document) {
  const tars_install_request request = { .verb = TARS_INSTALL_COMMAND, .lent = true, .data = { .bytes = document } };
  if (exchange.state == FLEET_UNASKED && !tars_fleet_out_has_room()) return false;
  tars_fleet.replying = true;
  if (document.size == 0) {
    tars_fleet_reply(0, 0, document);
    return true;
  }
  if (tars_fleet_exchange(&exchange, &request) == FLEET_BUSY) return false;
  answer_take(&exchange.answer);
  return true;
}

/* The message of a command is gone with its connection, but the command has been run. */
void tars_fleet_command_begin(void) {
  if (exchange.state != FLEET_ANSWERED) return;
  exchange.state = FLEET_UNASKED;
  answer_take(&exchange.answer);
}

bool tars_fleet_command_waits(void) { return exchange.state != FLEET_UNASKED; }
