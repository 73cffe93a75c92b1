/* What the supervisor does for installs in each turn: it works on requests, deadlines and faults in a trial, in this
 * order. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_fleet.h"  /* phases */
#include "tars_os.h"     /* lock, call of the supervisor */
#include "trust_state.h" /* whose board it is */

#include <stdio.h> /* snprintf */
#include <string.h>

/* A fault in a trial; code 0: none. Guarded by the core's lock. */
typedef struct {
  uint8_t code, size;
  char behaviour[TARS_LIMIT_NAME];
  char reason[40]; /* the engine's words; may be empty */
} install_fault;
static install_fault trial_fault;

void tars_install_init(const tars_install_hooks *given) {
  memset(&tars_install, 0, sizeof tars_install);
  tars_install.hooks = *given;
  tars_mailbox_init();
  memset(&trial_fault, 0, sizeof trial_fault);
  tars_trust_init();
}

/* Begins an install. What this session or one that has ended had begun is dropped first. */
static int begin_run(const tars_install_request *request, tars_install_answer *answer) {
  if (tars_install.phase == INSTALL_TRIAL) tars_trial_drop();
  tars_receive_drop(0);
  int err = tars_receive_check(request);
  if (!err && tars_install.upload.step == UPLOAD_VERIFIED)
    err = tars_bundle_begin(request, answer);
  else if (!err)
    err = tars_receive_begin(request, answer);
  tars_os_lock();
  tars_install.owner = tars_install.phase == INSTALL_RECEIVING ? request->owner : 0;
  tars_os_unlock();
  return err;
}

/* Takes bytes of a module; -slow if the transfer is behind limits.rate. */
static int data_run(const tars_install_request *request) {
  bool receiving = tars_install.phase == INSTALL_RECEIVING;
  int err = receiving ? tars_pace_add(&tars_install.pace, request->data.bytes.size) : 0;
  if (!err) return tars_receive_data(request->data.module, request->data.offset, request->data.bytes);
  tars_install_phase(TARS_PHASE_FAILED, &tars_install.app, err);
  tars_receive_drop(err);
  return err;
}

/* Compares what was received with what was signed, and begins the trial. */
static int received_commit(uint32_t *gap_us) {
  int err = 0;
  if (tars_install.upload.step == UPLOAD_VERIFIED && !tars_install.upload.facts.detached) err = tars_bundle_unpack();
  if (err) {
    tars_receive_drop(0);
    return err;
  }
  if (tars_install.phase != INSTALL_RECEIVING || tars_install.missing) return tars_install_absent();
  bool bundled = tars_install_bundled();
  if (bundled) err = tars_bundle_complete();
  if (!err) err = tars_trial_start(gap_us);
  if (err)
    tars_receive_drop(0);
  else if (bundled)
    tars_upload_drop();
  return err;
}

/* Commits what was received. The session that asks must confirm the trial. */
static int commit_run(const tars_install_request *request, tars_install_answer *answer) {
  int err = received_commit(&answer->gap_us);
  tars_os_lock();
  if (!err) tars_install.owner = request->owner;
  tars_os_unlock();
  return err;
}

/* Drops what was received, or reverts the trial. */
static int abort_run(void) {
  if (tars_install.phase == INSTALL_TRIAL) tars_trial_drop();
  tars_receive_drop(0);
  if (tars_install.upload.step == UPLOAD_VERIFIED) tars_upload_drop();
  return 0;
}

static int request_run(const tars_install_request *request, tars_install_answer *answer);

/* Erases the store, with the owner in it. The board must restart afterwards. */
static int erase_run(tars_install_answer *answer) {
  tars_receive_drop(0);
  tars_install.mounted = false;
  int err = tars_store_erase();
  answer->restart = err == 0;
  return err;
}

/* Makes the store of a board usable again that can't read its owner's documents or its number as a whole. Its app is
 * gone; what is installed next has at least the number that the owner names, and at least the one that can be read. */
static int repair_run(uint32_t number, tars_install_answer *answer) {
  tars_app_record app, floor = { 0 };
  const tars_root *root = tars_trust_root();
  if (!tars_trust_is_unreadable() || !root) return -TARS_E_STATE;
  if (tars_store_app_read(TARS_STORE_APP, &app) == 0) floor.order = app.order;
  if (floor.order.epoch != root->epoch || floor.order.number + 1 < number)
    floor.order = (tars_bundle_committed){ .epoch = root->epoch, .number = number ? number - 1 : 0 };
  int err = tars_store_rescue();
  if (!err) err = tars_store_app_write(TARS_STORE_APP, &floor);
  if (!err) err = tars_store_next_remove();
  if (!err) err = tars_store_believe();
  answer->restart = err == 0;
  return err;
}

/* Checks and runs a signed command. If its request is one of the install, it is worked on like any other. */
static int command_run(const tars_install_request *request, tars_install_answer *answer) {
  tars_install_draft draft;
  draft.request = (tars_install_request){
    .verb = request->verb, .owner = request->owner, .is_signed = true, .physical = request->physical
  };
  const tars_install_hooks *hooks = &tars_install.hooks;
  int err = hooks->command ? hooks->command(request->data.bytes, &draft, answer) : -TARS_E_UNKNOWN;
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
  case TARS_INSTALL_REPAIR: return repair_run(request->number, answer);
  case TARS_INSTALL_COMMAND: return command_run(request, answer);
  case TARS_INSTALL_DOCUMENT: return tars_upload_whole(request, answer);
  case TARS_INSTALL_BEACON: return tars_trust_beacon(request->data.bytes.bytes, request->data.bytes.size);
  case TARS_INSTALL_KEEP: return tars_param_keep();
  }
  return -TARS_E_INVALID;
}

/* Works on a request. An upload doesn't disturb somebody else's install until its own install begins. */
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
  const tars_install_request *request = tars_mailbox_request();
  if (!request) return;
  tars_install_answer answer = { .owner = request->owner, .ticket = request->ticket };
  tars_install.detail[0] = '\0';
  answer.code = request_run(request, &answer);
  tars_mailbox_answer(&answer);
}

/* True for a behaviour that runs. In a trial the old app may come back, and before the app is started nobody knows. */
static bool is_wanted(tars_text behaviour) {
  tars_behaviour_info info;
  bool wanted = tars_install.phase != INSTALL_IDLE || !tars_install.boot_done;
  for (int i = 0; !wanted && tars_behaviour_at(i, &info) == 0; i++)
    wanted = info.name.size == behaviour.size && memcmp(info.name.text, behaviour.text, behaviour.size) == 0;
  return wanted;
}

/* Mounts the store and starts the app in it. */
static void boot(void) {
  bool fresh = false;
  int store = tars_store_mount(&fresh, is_wanted);
  int err = tars_trust_boot(tars_install.room, &tars_install.boots);
  tars_install.mounted = store == 0;
  if (fresh) tars_install_note("the flash was erased; a new store was begun");
  if (err) tars_install_note("key or owner of the board can't be read or the boot counted: %s", tars_error_name(err));
  if (!store && tars_store_is_rescued()) store = -TARS_E_CORRUPT;
  if (store) {
    tars_install_note("the store can't be used: %s; erase the board, or repair it as its owner",
                      tars_error_name(store));
    tars_trust_unreadable_set();
  } else {
    tars_trial_boot();
  }
}

/* Takes the fault that a behaviour of the trial had; code 0 if none had. */
static void fault_take(install_fault *fault) {
  tars_os_lock();
  *fault = trial_fault;
  trial_fault.code = 0;
  tars_os_unlock();
}

/* Ends a trial in which a behaviour faulted, or the window of a trial or of the committed app. */
static void window_check(void) {
  install_fault fault;
  fault_take(&fault);
  bool over = tars_install.now_us >= tars_install.deadline_us;
  if (tars_install.phase != INSTALL_TRIAL) {
    if (over) tars_trial_window_end();
    return;
  }
  if (fault.code)
    tars_trial_fail(tars_detail_say(tars_install_detail(), -(int)fault.code, "%s", fault.reason),
                    (tars_text){ fault.behaviour, fault.size });
  else if (over && tars_install.app.unattended)
    tars_trial_decide();
  else if (over)
    tars_trial_drop();
}

/* Ends installs and uploads whose deadline has passed. */
static void deadline_check(void) {
  window_check();
  if (tars_install.phase == INSTALL_RECEIVING && tars_install.now_us >= tars_install.pace.deadline_us) {
    tars_install_phase(TARS_PHASE_FAILED, &tars_install.app, -TARS_E_TIMEOUT);
    tars_receive_drop(-TARS_E_TIMEOUT);
  }
  bool waits = tars_install.upload.step == UPLOAD_OPEN || tars_install.upload.step == UPLOAD_VERIFIED;
  if (waits && tars_install.now_us >= tars_install.upload.pace.deadline_us) tars_upload_drop();
}

/* The next time at which deadline_check() has something to do. */
static int64_t deadline_next(void) {
  int64_t next = tars_install.deadline_us;
  bool receives = tars_install.phase == INSTALL_RECEIVING;
  if (receives && tars_install.pace.deadline_us < next) next = tars_install.pace.deadline_us;
  bool waits = tars_install.upload.step == UPLOAD_OPEN || tars_install.upload.step == UPLOAD_VERIFIED;
  return waits && tars_install.upload.pace.deadline_us < next ? tars_install.upload.pace.deadline_us : next;
}

int64_t tars_install_poll(int64_t now_us) {
  tars_install.now_us = now_us;
  tars_install.detail[0] = '\0';
  if (!tars_install.boot_done) {
    boot();
    tars_os_lock();
    tars_install.boot_done = true;
    tars_os_unlock();
  }
  deadline_check();
  mailbox_serve();
  if (tars_install.mounted) tars_trust_poll();
  return deadline_next();
}

void tars_install_trial_failed(tars_text behaviour, uint8_t code, const char *reason) {
  if (trial_fault.code == 0) {
    snprintf(trial_fault.reason, sizeof trial_fault.reason, "%s", reason);
    trial_fault.size =
        (uint8_t)(behaviour.size < sizeof trial_fault.behaviour ? behaviour.size : sizeof trial_fault.behaviour);
    if (trial_fault.size) memcpy(trial_fault.behaviour, behaviour.text, trial_fault.size);
    trial_fault.code = code;
  }
  tars_os_supervisor_notify();
}

int tars_install_retain_save(tars_text behaviour, const uint8_t *record, uint32_t size) {
  return tars_install.mounted ? tars_store_retain_save(behaviour, record, size) : -TARS_E_IO;
}

int tars_install_retain_load(tars_text behaviour, uint8_t *record, uint32_t capacity) {
  return tars_install.mounted ? tars_store_retain_load(behaviour, record, capacity) : -TARS_E_IO;
}
