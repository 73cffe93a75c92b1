/* Documents that are longer than a frame: bundles, root documents, certificates. They are collected in RAM, at the end
 * of the room, so a refused one has written nothing. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_link.h"   /* uses */
#include "tars_os.h"     /* lock */
#include "trust_state.h" /* root document, policy */

#include <string.h>

/* Most bytes of each use, and whether its documents come over a physical port only while the board is open. */
static const struct {
  uint32_t longest;
  bool physical;
} uses[] = {
  [TARS_UPLOAD_BUNDLE] = { TARS_LIMIT_BUNDLE, false },
  [TARS_UPLOAD_DEV] = { TARS_LIMIT_BUNDLE, false },
  [TARS_UPLOAD_ROOT] = { TARS_LIMIT_ROOT, true },
  [TARS_UPLOAD_CA] = { TARS_LIMIT_CA, true },
};

/* True if somebody else who is still there uploads. */
static bool is_foreign(uint32_t owner) {
  tars_os_lock();
  bool foreign =
      tars_install.upload.step != UPLOAD_NONE && tars_install.upload.owner != 0 && tars_install.upload.owner != owner;
  tars_os_unlock();
  return foreign;
}

/* Checks an announcement, before anything is stored. */
static int announcement_check(const tars_install_request *request) {
  uint8_t use = request->upload.use;
  if (use >= sizeof uses / sizeof *uses) return -TARS_E_INVALID;
  if (uses[use].physical && !tars_trust_is_owned() && !request->physical) return -TARS_E_DENIED;
  if (request->upload.unattended && use == TARS_UPLOAD_DEV) return -TARS_E_DENIED;
  if (request->upload.size > uses[use].longest) return -TARS_E_TOO_LONG;
  if (request->upload.size > sizeof tars_install.room) return -TARS_E_NOMEM;
  return use != TARS_UPLOAD_DEV && use != TARS_UPLOAD_ROOT && !tars_install.mounted ? -TARS_E_IO : 0;
}

/* Makes room for an upload by dropping a dev app that is being received and leaves too little. -busy if another
 * session receives it. */
static int room_make(uint32_t size, uint32_t owner) {
  bool fits = tars_install.phase != INSTALL_RECEIVING || tars_install.store ||
              tars_install.ram_wanted <= sizeof tars_install.room - size;
  if (!fits && tars_install_is_foreign(owner)) return -TARS_E_BUSY;
  if (!fits) tars_receive_drop(0);
  return 0;
}

/* Begins an upload. What the same session or one that has ended had uploaded is dropped, and what was fetched for it;
 * an operator's signature takes the place from any other session. */
int tars_upload_begin(const tars_install_request *request) {
  install_upload *upload = &tars_install.upload;
  if (!request->is_signed && is_foreign(request->owner)) return -TARS_E_BUSY;
  int err = announcement_check(request);
  if (err) return err;
  if (tars_install_bundled()) tars_receive_drop(0);
  err = room_make(request->upload.size, request->owner);
  if (err) return err;
  tars_os_lock();
  upload->owner = request->owner;
  upload->step = UPLOAD_OPEN;
  tars_os_unlock();
  upload->use = request->upload.use;
  upload->unattended = request->upload.unattended;
  upload->size = request->upload.size;
  upload->received = 0;
  upload->bytes = tars_install.room + sizeof tars_install.room - upload->size;
  tars_pace_begin(&upload->pace);
  return 0;
}

/* Takes the next bytes of the document. */
int tars_upload_data(const tars_install_request *request) {
  install_upload *upload = &tars_install.upload;
  if (is_foreign(request->owner)) return -TARS_E_BUSY;
  if (upload->step != UPLOAD_OPEN || request->data.offset != upload->received) return -TARS_E_STATE;
  int err = request->data.bytes.size > upload->size - upload->received ? -TARS_E_TOO_LONG : 0;
  if (!err) err = tars_pace_add(&upload->pace, request->data.bytes.size);
  if (err) {
    tars_upload_drop();
    return err;
  }
  memcpy(upload->bytes + upload->received, request->data.bytes.bytes, request->data.bytes.size);
  upload->received += request->data.bytes.size;
  return 0;
}

/* True if a trial is in the way. A trial of the same bundle is not: then nothing is left to do. */
static int trial_check(const install_upload *upload, bool *same) {
  const tars_app_record *app = &tars_install.app;
  if (tars_install.phase != INSTALL_TRIAL || app->order.number == 0) return 0;
  *same = upload->unattended && memcmp(app->order.digest, upload->facts.digest, TARS_BUNDLE_DIGEST) == 0;
  return !*same && app->unattended ? -TARS_E_BUSY : 0;
}

/* Makes every check that needs no detached module. A committed bundle is installed again if a dev app runs instead
 * of it. */
static int bundle_check(install_upload *upload, bool *same) {
  tars_bundle_policy policy;
  tars_trust_policy(&policy, upload->use == TARS_UPLOAD_DEV);
  policy.detail = tars_install_detail();
  int err = tars_bundle_verify(upload->bytes, upload->size, &policy, &upload->facts);
  *same = !err && upload->facts.same && tars_install_runs_any() && tars_install.stored;
  if (!err && !*same) err = trial_check(upload, same);
  if (!err && !*same && upload->facts.same && !upload->facts.detached)
    err = tars_bundle_payload(upload->facts.payload.bytes, upload->facts.payload.size, &policy, &upload->facts);
  /* the committed one, which has crashed the board (tars_trial_boot) */
  if (!err && !*same && upload->facts.same && tars_trust_failed_has(upload->facts.digest)) err = -TARS_E_KNOWN_BAD;
  if (!err && !*same && upload->use == TARS_UPLOAD_BUNDLE && tars_trust_rests()) err = -TARS_E_TRIALS;
  return err;
}

/* Works on a bundle that has come in completely. */
static int bundle_end(install_upload *upload, tars_install_answer *answer) {
  int err = bundle_check(upload, &answer->same);
  tars_app_record app;
  tars_bundle_record(&app);
  bool reported = upload->use == TARS_UPLOAD_BUNDLE;
  if (!err) memcpy(answer->bundle, upload->facts.digest, sizeof answer->bundle);
  if (err && tars_install.detail[0])
    tars_install_refusal_note(err); /* its signatures are right: no flood of forgeries */
  if (err || answer->same) {
    if (err && err != -TARS_E_BUSY && reported)
      tars_install_phase(err == -TARS_E_TRIALS ? TARS_PHASE_FAILED : TARS_PHASE_REJECTED, &app, err);
    tars_upload_drop();
    return err;
  }
  upload->step = UPLOAD_VERIFIED;
  answer->detached = upload->facts.detached;
  answer->number = upload->facts.number;
  memcpy(answer->payload, upload->facts.payload_digest, sizeof answer->payload);
  if (!reported || answer->detached) return 0;
  tars_install_phase(TARS_PHASE_RECEIVED, &app, 0);
  tars_install_phase(TARS_PHASE_VERIFIED, &app, 0);
  return 0;
}

/* Works on a root document that has come in completely. The first one gives the board an owner: what came unsigned
 * before is not installed any more. */
static int root_end(const install_upload *upload, tars_install_answer *answer) {
  bool first = !tars_trust_is_owned();
  int err = tars_trust_root_install(upload->bytes, upload->size, &answer->same);
  if (!err && first) {
    tars_receive_drop(0);
    tars_os_lock();
    tars_install.provisioner = upload->owner;
    tars_os_unlock();
  }
  return err;
}

int tars_upload_end(const tars_install_request *request, tars_install_answer *answer) {
  install_upload *upload = &tars_install.upload;
  if (is_foreign(request->owner)) return -TARS_E_BUSY;
  if (upload->step != UPLOAD_OPEN) return -TARS_E_STATE;
  if (upload->received != upload->size) {
    tars_upload_drop();
    return -TARS_E_TRUNCATED;
  }
  if (upload->use <= TARS_UPLOAD_DEV) return bundle_end(upload, answer);
  int err =
      upload->use == TARS_UPLOAD_ROOT ? root_end(upload, answer) : tars_trust_ca_install(upload->bytes, upload->size);
  tars_upload_drop();
  return err;
}

/* Installs the owner's next root document. A bundle that was verified under the old one must be verified again. */
static int root_whole(const tars_install_request *request, tars_install_answer *answer) {
  tars_bytes document = request->document.bytes;
  if (is_foreign(request->owner)) return -TARS_E_BUSY;
  if (document.size > TARS_LIMIT_ROOT) return -TARS_E_TOO_LONG;
  if (!tars_install.mounted) return -TARS_E_IO;
  int err = tars_trust_root_install(document.bytes, document.size, &answer->same);
  if (err || answer->same) return err;
  if (tars_install_bundled()) tars_receive_drop(0);
  tars_upload_drop();
  return 0;
}

/* A bundle is copied before it is checked, so that nobody can change it afterwards. */
int tars_upload_whole(const tars_install_request *request, tars_install_answer *answer) {
  tars_bytes document = request->document.bytes;
  if (request->document.use == TARS_UPLOAD_ROOT) return root_whole(request, answer);
  tars_install_request part = { .verb = TARS_INSTALL_UPLOAD_BEGIN, .owner = request->owner };
  part.upload.use = request->document.use;
  part.upload.size = document.size;
  part.upload.unattended = request->document.unattended;
  int err = tars_upload_begin(&part);
  if (err) return err;
  answer->taken = true;
  part =
      (tars_install_request){ .verb = TARS_INSTALL_UPLOAD_DATA, .owner = request->owner, .data = { 0, 0, document } };
  err = tars_upload_data(&part);
  return err ? err : tars_upload_end(request, answer);
}
