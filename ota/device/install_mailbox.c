/* The mailbox between other tasks and the install: one request at a time waits here for the supervisor, then its
 * answer waits for the task that asked. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_os.h"     /* lock, call of the supervisor */

#include <string.h>

/* Guarded by the core's lock. */
static struct {
  enum { EMPTY, ASKED, ANSWERED } state;
  tars_install_request request;
  tars_install_answer answer;
  union {
    struct {
      char class[TARS_LIMIT_NAME];
      tars_app_record app;
    } begin;
    tars_network network;
    uint8_t bytes[TARS_LIMIT_CHUNK];
  } copy; /* copy of what the request points to */
} mailbox;

void tars_mailbox_init(void) { memset(&mailbox, 0, sizeof mailbox); }

/* Copies what the request points to; -too_long if it doesn't fit. */
static int request_copy(const tars_install_request *request) {
  mailbox.request = *request;
  if (request->lent) return 0;
  switch (request->verb) {
  case TARS_INSTALL_BEGIN:
    if (request->begin.class.size > sizeof mailbox.copy.begin.class) return -TARS_E_TOO_LONG;
    memcpy(mailbox.copy.begin.class, request->begin.class.text, request->begin.class.size);
    mailbox.request.begin.class.text = mailbox.copy.begin.class;
    mailbox.copy.begin.app = *request->begin.app;
    mailbox.request.begin.app = &mailbox.copy.begin.app;
    return 0;
  case TARS_INSTALL_DATA:
  case TARS_INSTALL_UPLOAD_DATA:
  case TARS_INSTALL_COMMAND:
    if (request->data.bytes.size > sizeof mailbox.copy.bytes) return -TARS_E_TOO_LONG;
    memcpy(mailbox.copy.bytes, request->data.bytes.bytes, request->data.bytes.size);
    mailbox.request.data.bytes.bytes = mailbox.copy.bytes;
    return 0;
  case TARS_INSTALL_NETWORK_SET:
    mailbox.copy.network = *request->network;
    mailbox.request.network = &mailbox.copy.network;
    return 0;
  case TARS_INSTALL_DOCUMENT: /* always lent */
  case TARS_INSTALL_UPLOAD_BEGIN:
  case TARS_INSTALL_UPLOAD_END:
  case TARS_INSTALL_COMMIT:
  case TARS_INSTALL_CONFIRM:
  case TARS_INSTALL_ABORT:
  case TARS_INSTALL_BEACON:
  case TARS_INSTALL_KEEP:
  case TARS_INSTALL_ERASE:
  case TARS_INSTALL_REPAIR: return 0; /* they point to nothing */
  }
  return 0;
}

int tars_install_ask(const tars_install_request *request) {
  tars_os_lock();
  int err = mailbox.state == EMPTY ? request_copy(request) : -TARS_E_BUSY;
  if (!err) mailbox.state = ASKED;
  tars_os_unlock();
  if (!err) tars_os_supervisor_notify();
  return err;
}

/* Takes the answer if it belongs to the broker's agent (`broker`), or to a session of the link otherwise. */
static bool answer_take(tars_install_answer *answer, bool broker) {
  tars_os_lock();
  bool found = mailbox.state == ANSWERED && (mailbox.answer.owner == TARS_INSTALL_BROKER) == broker;
  if (found) {
    *answer = mailbox.answer;
    mailbox.state = EMPTY;
  }
  tars_os_unlock();
  return found;
}

bool tars_install_answer_take(tars_install_answer *answer) { return answer_take(answer, false); }
bool tars_install_broker_take(tars_install_answer *answer) { return answer_take(answer, true); }

/* Until the answer is given, only the supervisor uses the mailbox. */
const tars_install_request *tars_mailbox_request(void) {
  tars_os_lock();
  bool asked = mailbox.state == ASKED;
  tars_os_unlock();
  return asked ? &mailbox.request : NULL;
}

/* Puts the answer into the mailbox and tells the layers above (`hooks.answered`). */
void tars_mailbox_answer(const tars_install_answer *answer) {
  tars_os_lock();
  mailbox.answer = *answer;
  mailbox.state = ANSWERED;
  tars_os_unlock();
  if (tars_install.hooks.answered) tars_install.hooks.answered();
}

void tars_install_leave(uint32_t owner) {
  tars_os_lock();
  if (tars_install.owner == owner) tars_install.owner = 0;
  if (tars_install.upload.owner == owner) tars_install.upload.owner = 0;
  if (tars_install.provisioner == owner) tars_install.provisioner = 0;
  tars_os_unlock();
}

bool tars_install_is_stored(void) { return tars_install.stored; }
uint32_t tars_install_boots(void) { return tars_install.boots; }
uint8_t tars_install_app_error(void) { return (uint8_t)-tars_install.app_error; }

bool tars_install_is_booted(void) {
  tars_os_lock();
  bool done = tars_install.boot_done;
  tars_os_unlock();
  return done;
}
