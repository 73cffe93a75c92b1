/* Signed commands from the broker: the same checks and the same table as the link's; every command that was believed
 * gets a signed reply, every other one a report. One whose bytes were changed can't be answered: nobody knows whose it
 * was. */
#include "fleet.h"
#include "command.h"     /* tars_command_signed */
#include "tars_errors.h" /* codes */

/* True if the command wasn't run: not signed as it must be, or not for this session. */
static bool is_refused(int code, const tars_fleet_command_event *command) {
  bool is_read = command->device.bytes != NULL; /* filled once the signatures are right */
  return code < 0 && (!is_read || code == -TARS_E_WRONG_DEVICE || code == -TARS_E_SESSION || code == -TARS_E_REPLAY);
}

static uint32_t later; /* counter of the command that the supervisor works on */

/* The supervisor has finished. */
static void later_answered(const tars_install_answer *answer) {
  tars_fleet_reply(later, answer->code, (tars_bytes){ tars_command_nothing, sizeof tars_command_nothing });
}

/* Runs it once a reply would find room. */
bool tars_fleet_command(tars_bytes document) {
  tars_fleet_command_event command = { 0 };
  tars_command_from from = { .owner = TARS_INSTALL_BROKER };
  if (!tars_fleet_out_has_room() || !tars_fleet_ask_ticket(&from.ticket)) return false;
  tars_fleet_reply_begin();
  int code = tars_command_signed(&from, document, &command);
  if (code == TARS_CHANNEL_LATER) {
    later = command.counter;
    tars_fleet_ask_made(from.ticket, later_answered);
  } else if (is_refused(code, &command)) {
    tars_fleet_refused(code);
  } else {
    tars_fleet_reply(command.counter, code,
                     (tars_bytes){ tars_command_nothing, code == 0 ? sizeof tars_command_nothing : 0 });
  }
  return true;
}
