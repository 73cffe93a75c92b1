/* The requests hello, board and reset. */
#include "command.h"
#include "board.h"        /* slots, arena */
#include "tars_calls.h"   /* digest of the contract, calls implemented */
#include "tars_engine.h"  /* its name */
#include "tars_install.h" /* boots */

#include <string.h>

static volatile bool reset_wanted; /* set by the supervisor, too, for a signed command */

/* Text of a C string. */
static tars_text text_of(const char *string) { return (tars_text){ string, (uint16_t)strlen(string) }; }

/* Opens a session. */
int tars_command_hello(tars_session *session, const tars_link_hello_request *in, tars_link_hello_response *out) {
  (void)in; /* the channel has compared the nonce */
  tars_trust_status status;
  tars_trust_read(&status);
  tars_session_reset(session);
  tars_install_leave(session->number);
  *out = (tars_link_hello_response){
    .class = text_of(tars_agent.class),
    .device = text_of(tars_agent.device),
    .firmware = text_of(TARS_VERSION),
    .abi = TARS_LIMIT_ABI,
    .contract = { tars_contract_digest, sizeof tars_contract_digest },
    .calls = { tars_call_bitmap, TARS_CALL_BITMAP },
    .boot = tars_install_boots(),
    .owned = status.owned,
    .slots = TARS_BOARD_SLOTS,
    .arena = TARS_BOARD_ARENA,
    .virtual = tars_agent.virtual_clock,
    .time = tars_agent.now_us(),
    .engine = text_of(tars_engine_name),
  };
  return 0;
}

/* The counters of frames are those of all sessions. */
int tars_command_board(tars_link_board_response *out) {
  out->time = tars_agent.now_us();
  out->pool = tars_pool_free();
  out->abandoned = tars_abandoned_count();
  out->app = tars_install_app_error();
  tars_agent.flash_counters(&out->erases, &out->programs);
  tars_sessions_count(&out->frames, &out->damaged);
  return 0;
}

/* The board restarts after the response has been sent. */
int tars_command_reset(void) {
  tars_reset_want();
  return 0;
}

void tars_reset_want(void) { reset_wanted = true; }

/* The restart waits until no answer of the supervisor is due, because the request for the restart may itself be one
 * that the supervisor answers. */
bool tars_agent_reset_wanted(void) { return reset_wanted && !tars_sessions_wait(); }
