/* The way in: requests from the link, the hooks of the core, and the order in which the supervisor works on them. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_os.h"     /* lock, call of the supervisor */

#include <stdarg.h>
#include <stdio.h> /* vsnprintf */
#include <string.h>

install_state tars_install;

enum { RECEIVE_TIMEOUT_US = 30000000 }; /* a host that falls silent for so long has given up */

static tars_install_hooks hooks;
static uint32_t boots;
static bool boot_begun, boot_done; /* done: guarded by the core's lock */

/* One request at a time. Guarded by the core's lock. */
static struct {
  enum { EMPTY, ASKED, ANSWERED } state;
  tars_install_request request;
  tars_install_answer answer;
  char class[TARS_LIMIT_NAME];
  uint8_t bytes[TARS_LIMIT_CHUNK];
} mailbox;

static volatile uint8_t trial_fault; /* code of a fault in a trial, 0 none */

/* Starts from nothing. */
void tars_install_init(const tars_install_hooks *given) {
  memset(&tars_install, 0, sizeof tars_install);
  memset(&mailbox, 0, sizeof mailbox);
  hooks = *given;
  boot_begun = boot_done = false;
  trial_fault = 0;
}

/* Tells a person. */
void tars_install_note(const char *format, ...) {
  char line[TARS_LIMIT_LOG_TEXT + 1];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (hooks.note)
    hooks.note(line);
}

/* Copies what the request points to; -too_long if it doesn't fit. */
static int request_copy(const tars_install_request *request) {
  mailbox.request = *request;
  if (request->verb == TARS_INSTALL_BEGIN) {
    if (request->begin.class.size > sizeof mailbox.class)
      return -TARS_E_TOO_LONG;
    memcpy(mailbox.class, request->begin.class.text, request->begin.class.size);
    mailbox.request.begin.class.text = mailbox.class;
  }
  if (request->verb == TARS_INSTALL_DATA) {
    if (request->data.bytes.size > sizeof mailbox.bytes)
      return -TARS_E_TOO_LONG;
    memcpy(mailbox.bytes, request->data.bytes.bytes, request->data.bytes.size);
    mailbox.request.data.bytes.bytes = mailbox.bytes;
  }
  return 0;
}

/* Hands a request to the supervisor. */
int tars_install_ask(const tars_install_request *request) {
  tars_os_lock();
  int err = mailbox.state == EMPTY ? request_copy(request) : -TARS_E_BUSY;
  if (!err)
    mailbox.state = ASKED;
  tars_os_unlock();
  if (!err)
    tars_os_supervisor_notify();
  return err;
}

/* Fetches the answer. */
bool tars_install_answer_take(tars_install_answer *answer) {
  tars_os_lock();
  bool found = mailbox.state == ANSWERED;
  if (found) {
    *answer = mailbox.answer;
    mailbox.state = EMPTY;
  }
  tars_os_unlock();
  return found;
}

/* A session ended. */
void tars_install_leave(uint32_t owner) {
  tars_os_lock();
  if (tars_install.owner == owner)
    tars_install.owner = 0;
  tars_os_unlock();
}

bool tars_install_is_stored(void) { return tars_install.stored; }
uint32_t tars_install_boots(void) { return boots; }

/* True if another session that is still there installs. */
static bool is_foreign(uint32_t owner) {
  tars_os_lock();
  bool foreign = tars_install.owner != 0 && tars_install.owner != owner;
  tars_os_unlock();
  return foreign;
}

/* While an app is received, its next bytes must come within this time. */
static void receiving_touch(int64_t now_us) {
  if (tars_install.phase == INSTALL_RECEIVING)
    tars_install.deadline_us = now_us + RECEIVE_TIMEOUT_US;
}

/* A new install: what this or a lost session had begun is dropped first. */
static int begin_run(const tars_install_request *request, tars_install_answer *answer) {
  if (tars_install.phase == INSTALL_TRIAL)
    tars_trial_revert(-TARS_E_UNCONFIRMED);
  tars_receive_drop();
  int err = tars_receive_begin(request, answer);
  tars_os_lock();
  tars_install.owner = tars_install.phase == INSTALL_RECEIVING ? request->owner : 0;
  tars_os_unlock();
  return err;
}

/* Drops what was received, or reverts. */
static int abort_run(void) {
  if (tars_install.phase == INSTALL_TRIAL)
    tars_trial_revert(-TARS_E_UNCONFIRMED);
  tars_receive_drop();
  return 0;
}

/* Works on a request. */
static int request_run(const tars_install_request *request, tars_install_answer *answer, int64_t now_us) {
  if (tars_install.phase != INSTALL_IDLE && is_foreign(request->owner))
    return -TARS_E_BUSY;
  switch (request->verb) {
    case TARS_INSTALL_BEGIN: return begin_run(request, answer);
    case TARS_INSTALL_DATA: return tars_receive_data(request->data.module, request->data.offset, request->data.bytes);
    case TARS_INSTALL_COMMIT: return tars_trial_commit(now_us, &answer->gap_us);
    case TARS_INSTALL_CONFIRM: return tars_trial_confirm();
    case TARS_INSTALL_ABORT: return abort_run();
    default: return -TARS_E_UNKNOWN; /* uploads come next */
  }
  return -TARS_E_INVALID;
}

/* Works on the request that waits, if one does. */
static void mailbox_serve(int64_t now_us) {
  tars_os_lock();
  bool asked = mailbox.state == ASKED; /* from here to ANSWERED only the supervisor touches the mailbox */
  tars_os_unlock();
  if (!asked)
    return;
  mailbox.answer = (tars_install_answer){.owner = mailbox.request.owner, .ticket = mailbox.request.ticket};
  mailbox.answer.code = request_run(&mailbox.request, &mailbox.answer, now_us);
  receiving_touch(now_us);
  tars_os_lock();
  mailbox.state = ANSWERED;
  tars_os_unlock();
  if (hooks.answered)
    hooks.answered();
}

/* Mounts the store and starts what it holds. A board whose flash is broken still runs dev apps. */
static void boot(int64_t now_us) {
  bool formatted = false;
  boot_begun = true;
  int err = tars_store_mount(&formatted);
  tars_install.mounted = err == 0;
  if (formatted)
    tars_install_note("the store held no file system and was formatted");
  if (err) {
    tars_install_note("the store can't be used: %s", tars_error_name(err));
    return;
  }
  err = tars_store_boot(&boots);
  if (err)
    tars_install_note("the boot can't be counted: %s", tars_error_name(err));
  tars_trial_boot(now_us);
}

/* Ends a trial that faulted or wasn't confirmed in time, and an install whose host has given up. */
static void deadline_check(int64_t now_us) {
  uint8_t fault = trial_fault;
  trial_fault = 0;
  bool late = now_us >= tars_install.deadline_us;
  if (tars_install.phase == INSTALL_TRIAL && (fault || late))
    tars_trial_revert(fault ? -(int)fault : -TARS_E_UNCONFIRMED);
  if (tars_install.phase == INSTALL_RECEIVING && late) {
    tars_receive_drop();
    tars_install.outcome = -TARS_E_TIMEOUT;
  }
}

/* True once the app of the store runs, or it is known that there is none. */
bool tars_install_is_booted(void) {
  tars_os_lock();
  bool done = boot_done;
  tars_os_unlock();
  return done;
}

/* The supervisor's turn. */
int64_t tars_install_poll(int64_t now_us) {
  if (!boot_begun) {
    boot(now_us);
    tars_os_lock();
    boot_done = true;
    tars_os_unlock();
  }
  deadline_check(now_us);
  mailbox_serve(now_us);
  return tars_install.phase == INSTALL_IDLE ? INT64_MAX : tars_install.deadline_us;
}

/* A behaviour of the trial faulted. */
void tars_install_trial_failed(tars_text behaviour, uint8_t code) {
  (void)behaviour;
  trial_fault = code;
  tars_os_supervisor_notify();
}

/* Stores a checkpoint. */
int tars_install_retain_save(tars_text behaviour, const uint8_t *record, uint32_t size) {
  return tars_install.mounted ? tars_store_retain_save(behaviour, record, size) : -TARS_E_IO;
}

/* Loads one. */
int tars_install_retain_load(tars_text behaviour, uint8_t *record, uint32_t capacity) {
  return tars_install.mounted ? tars_store_retain_load(behaviour, record, capacity) : -TARS_E_IO;
}
