/* The way in: requests from the link, the hooks of the core, and the order in which the supervisor works on them. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_fleet.h"  /* phases */
#include "tars_os.h"     /* lock, call of the supervisor */
#include "trust_state.h" /* whose board it is */

#include <stdarg.h>
#include <stdio.h> /* vsnprintf */
#include <string.h>

install_state tars_install;

enum {
  SILENCE_US = 30000000, /* a host that falls silent for so long has given up */
  FREE_US = 30000000,    /* so long a transfer may be slower than limits.rate */
  BYTE_US = 1000000 / TARS_LIMIT_RATE,
};

static tars_install_hooks hooks;
static uint32_t boots;
static bool boot_begun, boot_done; /* done: guarded by the core's lock */

/* One request at a time. Guarded by the core's lock. */
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
  } copy; /* of what the request points to */
} mailbox;

/* A fault in a trial; code 0: none. Guarded by the core's lock. */
static struct {
  uint8_t code, size;
  char behaviour[TARS_LIMIT_NAME];
} trial_fault;
static tars_text blamed; /* behaviour of the next phase */

/* Starts from nothing. */
void tars_install_init(const tars_install_hooks *given) {
  memset(&tars_install, 0, sizeof tars_install);
  memset(&mailbox, 0, sizeof mailbox);
  hooks = *given;
  memset(&trial_fault, 0, sizeof trial_fault);
  blamed = (tars_text){ "", 0 };
  boot_begun = boot_done = false;
  tars_trust_init();
}

/* Tells a person. */
void tars_install_note(const char *format, ...) {
  char line[TARS_LIMIT_LOG_TEXT + 1];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (hooks.note) hooks.note(line);
}

/* Copies what the request points to; -too_long if it doesn't fit. */
static int request_copy(const tars_install_request *request) {
  mailbox.request = *request;
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
  default: return 0;
  }
}

/* Hands a request to the supervisor. */
int tars_install_ask(const tars_install_request *request) {
  tars_os_lock();
  int err = mailbox.state == EMPTY ? request_copy(request) : -TARS_E_BUSY;
  if (!err) mailbox.state = ASKED;
  tars_os_unlock();
  if (!err) tars_os_supervisor_notify();
  return err;
}

/* Fetches the answer, if it is the broker's or not, as wanted. */
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

/* For each of the two. */
bool tars_install_answer_take(tars_install_answer *answer) { return answer_take(answer, false); }
bool tars_install_broker_take(tars_install_answer *answer) { return answer_take(answer, true); }

/* A session ended. */
void tars_install_leave(uint32_t owner) {
  tars_os_lock();
  if (tars_install.owner == owner) tars_install.owner = 0;
  if (tars_install.upload.owner == owner) tars_install.upload.owner = 0;
  if (tars_install.provisioner == owner) tars_install.provisioner = 0;
  tars_os_unlock();
}

bool tars_install_is_stored(void) { return tars_install.stored; }
uint32_t tars_install_boots(void) { return boots; }

/* Another session that is still there. */
bool tars_install_is_foreign(uint32_t owner) {
  tars_os_lock();
  bool foreign = tars_install.owner != 0 && tars_install.owner != owner;
  tars_os_unlock();
  return foreign;
}

/* A transfer begins. */
void tars_pace_begin(install_pace *pace) {
  *pace = (install_pace){ .begun_us = tars_install.now_us, .deadline_us = tars_install.now_us + SILENCE_US };
}

/* Bytes came: the whole transfer must be as fast as limits.rate. */
int tars_pace_add(install_pace *pace, uint32_t bytes) {
  pace->bytes += bytes;
  pace->deadline_us = tars_install.now_us + SILENCE_US;
  return tars_install.now_us > pace->begun_us + FREE_US + (int64_t)pace->bytes * BYTE_US ? -TARS_E_SLOW : 0;
}

/* Tells of a step. Apps that no bundle brought have none. */
void tars_install_phase(uint8_t phase, const tars_app_record *app, int code) {
  static const uint8_t none[TARS_BUNDLE_DIGEST];
  bool nameless =
      phase == TARS_PHASE_REJECTED && tars_install.upload.step == UPLOAD_OPEN; /* refused before it said its name */
  bool named = nameless || app->order.number || memcmp(app->order.digest, none, sizeof none) != 0;
  tars_text behaviour = blamed;
  blamed = (tars_text){ "", 0 };
  if (hooks.phase && named)
    hooks.phase(phase, app->order.digest, app->order.number, (uint8_t)(1 + app->reboots), code, behaviour);
}

/* Asks the behaviours. */
int tars_install_health(void) { return tars_health_check(&blamed); }

/* Asks the agent; a board without one has no way to lose. */
bool tars_install_way_back(void) { return !hooks.way_back || hooks.way_back(); }

/* A new install: what this or a lost session had begun is dropped first. */
static int begin_run(const tars_install_request *request, tars_install_answer *answer) {
  if (tars_install.phase == INSTALL_TRIAL) tars_trial_revert(-TARS_E_UNCONFIRMED, false);
  tars_receive_drop();
  int err = tars_receive_begin(request, answer);
  tars_os_lock();
  tars_install.owner = tars_install.phase == INSTALL_RECEIVING ? request->owner : 0;
  tars_os_unlock();
  return err;
}

/* Bytes of a module, fast enough. */
static int data_run(const tars_install_request *request) {
  bool receiving = tars_install.phase == INSTALL_RECEIVING;
  int err = receiving ? tars_pace_add(&tars_install.pace, request->data.bytes.size) : 0;
  if (!err) return tars_receive_data(request->data.module, request->data.offset, request->data.bytes);
  tars_install.outcome = err;
  tars_install_phase(TARS_PHASE_FAILED, &tars_install.app, err);
  tars_receive_drop();
  return err;
}

/* Everything is here; from now on the one who asks confirms. */
static int commit_run(const tars_install_request *request, tars_install_answer *answer) {
  int err = tars_trial_commit(&answer->gap_us);
  tars_os_lock();
  if (!err) tars_install.owner = request->owner;
  tars_os_unlock();
  return err;
}

/* Drops what was received, or reverts. */
static int abort_run(void) {
  if (tars_install.phase == INSTALL_TRIAL) tars_trial_revert(-TARS_E_UNCONFIRMED, false);
  tars_receive_drop();
  if (tars_install.upload.step == UPLOAD_VERIFIED) tars_upload_drop();
  return 0;
}

static int request_run(const tars_install_request *request, tars_install_answer *answer);

/* Forgets everything, the owner too. The board must restart then. */
static int erase_run(tars_install_answer *answer) {
  if (!tars_install.mounted) return -TARS_E_IO;
  tars_receive_drop();
  tars_install.mounted = false;
  int err = tars_store_erase();
  answer->restart = err == 0;
  return err;
}

/* A signed command; what it asks of updates is a request like any other. */
static int command_run(const tars_install_request *request, tars_install_answer *answer) {
  tars_install_draft draft;
  draft.request = (tars_install_request){
    .verb = request->verb, .owner = request->owner, .is_signed = true, .physical = request->physical
  };
  int err = hooks.command ? hooks.command(request->data.bytes, &draft) : -TARS_E_UNKNOWN;
  return err || draft.request.verb == request->verb ? err : request_run(&draft.request, answer);
}

/* Works on an allowed request. */
static int verb_run(const tars_install_request *request, tars_install_answer *answer) {
  switch (request->verb) {
  case TARS_INSTALL_BEGIN: return begin_run(request, answer);
  case TARS_INSTALL_DATA: return data_run(request);
  case TARS_INSTALL_COMMIT: return commit_run(request, answer);
  case TARS_INSTALL_CONFIRM: return tars_trial_confirm();
  case TARS_INSTALL_ABORT: return abort_run();
  case TARS_INSTALL_UPLOAD_BEGIN: return tars_upload_begin(request);
  case TARS_INSTALL_UPLOAD_DATA: return tars_upload_data(request);
  case TARS_INSTALL_UPLOAD_END: return tars_upload_end(request, answer);
  case TARS_INSTALL_NETWORK_SET: return tars_install.mounted ? tars_trust_network_set(request->network) : -TARS_E_IO;
  case TARS_INSTALL_ERASE: return erase_run(answer);
  case TARS_INSTALL_COMMAND: return command_run(request, answer);
  }
  return -TARS_E_INVALID;
}

/* Works on a request. Uploads don't disturb what somebody else installs until they begin to install themselves. */
static int request_run(const tars_install_request *request, tars_install_answer *answer) {
  bool installs = request->verb <= TARS_INSTALL_ABORT;
  int err = tars_install_permission(request);
  if (!err && installs && !request->is_signed && tars_install.phase != INSTALL_IDLE &&
      tars_install_is_foreign(request->owner))
    err = -TARS_E_BUSY;
  return err ? err : verb_run(request, answer);
}

/* Works on the request that waits, if one does. */
static void mailbox_serve(void) {
  tars_os_lock();
  bool asked = mailbox.state == ASKED; /* from here to ANSWERED only the supervisor touches the mailbox */
  tars_os_unlock();
  if (!asked) return;
  mailbox.answer = (tars_install_answer){ .owner = mailbox.request.owner, .ticket = mailbox.request.ticket };
  mailbox.answer.code = request_run(&mailbox.request, &mailbox.answer);
  tars_os_lock();
  mailbox.state = ANSWERED;
  tars_os_unlock();
  if (hooks.answered) hooks.answered();
}

/* Mounts the store and starts what it holds. A board whose flash is broken still runs dev apps. */
static void boot(void) {
  bool formatted = false;
  boot_begun = true;
  int err = tars_store_mount(&formatted);
  tars_install.mounted = err == 0;
  if (formatted) tars_install_note("the store held no file system and was formatted");
  if (err) {
    tars_install_note("the store can't be used: %s", tars_error_name(err));
    tars_trust_nonce_renew();
    return;
  }
  err = tars_store_boot(&boots);
  if (err) tars_install_note("the boot can't be counted: %s", tars_error_name(err));
  err = tars_trust_boot(tars_install.room);
  if (err) tars_install_note("key or owner of the board can't be read: %s", tars_error_name(err));
  tars_trial_boot();
}

/* Takes the fault that a behaviour of the trial had; 0 if none had. */
static uint8_t fault_take(void) {
  static char name[TARS_LIMIT_NAME];
  tars_os_lock();
  uint8_t code = trial_fault.code;
  memcpy(name, trial_fault.behaviour, sizeof name);
  blamed = (tars_text){ name, code ? trial_fault.size : 0 };
  trial_fault.code = 0;
  tars_os_unlock();
  return code;
}

/* Ends a trial that faulted or whose window is over. */
static void trial_check(void) {
  uint8_t fault = fault_take();
  if (tars_install.phase != INSTALL_TRIAL) return;
  if (fault)
    tars_trial_revert(-(int)fault, true);
  else if (tars_install.now_us >= tars_install.deadline_us && tars_install.app.unattended)
    tars_trial_decide();
  else if (tars_install.now_us >= tars_install.deadline_us)
    tars_trial_revert(-TARS_E_UNCONFIRMED, false);
}

/* Ends what nobody goes on with. */
static void deadline_check(void) {
  trial_check();
  if (tars_install.phase == INSTALL_RECEIVING && tars_install.now_us >= tars_install.pace.deadline_us) {
    tars_install_phase(TARS_PHASE_FAILED, &tars_install.app, -TARS_E_TIMEOUT);
    tars_receive_drop();
    tars_install.outcome = -TARS_E_TIMEOUT;
  }
  bool waits = tars_install.upload.step == UPLOAD_OPEN || tars_install.upload.step == UPLOAD_VERIFIED;
  if (waits && tars_install.now_us >= tars_install.upload.pace.deadline_us) tars_upload_drop();
}

/* When deadline_check has something to do. */
static int64_t deadline_next(void) {
  int64_t next = INT64_MAX;
  if (tars_install.phase == INSTALL_TRIAL) next = tars_install.deadline_us;
  if (tars_install.phase == INSTALL_RECEIVING) next = tars_install.pace.deadline_us;
  bool waits = tars_install.upload.step == UPLOAD_OPEN || tars_install.upload.step == UPLOAD_VERIFIED;
  return waits && tars_install.upload.pace.deadline_us < next ? tars_install.upload.pace.deadline_us : next;
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
  tars_install.now_us = now_us;
  if (!boot_begun) {
    boot();
    tars_os_lock();
    boot_done = true;
    tars_os_unlock();
  }
  deadline_check();
  mailbox_serve();
  if (tars_install.mounted) tars_trust_poll();
  return deadline_next();
}

/* A behaviour of the trial faulted. */
void tars_install_trial_failed(tars_text behaviour, uint8_t code) {
  if (trial_fault.code == 0) {
    trial_fault.size =
        (uint8_t)(behaviour.size < sizeof trial_fault.behaviour ? behaviour.size : sizeof trial_fault.behaviour);
    if (trial_fault.size) memcpy(trial_fault.behaviour, behaviour.text, trial_fault.size);
  }
  trial_fault.code = code;
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
