/* The app of a verified bundle: taken out of the bundle, or fetched module by module and then compared with what was
 * signed. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_link.h"   /* uses of uploads */
#include "tars_module.h" /* where a manifest lies */
#include "trust_state.h" /* class of the board */

#include <string.h>

enum { HEAD_MAX = 1 + 5 + TARS_LIMIT_NAME + 1 }; /* of an app image: array, class, array */

/* Fills the record with what is known of the bundle; a refused one may lack even a digest. */
void tars_bundle_record(tars_app_record *app) {
  const install_upload *upload = &tars_install.upload;
  memset(app, 0, sizeof *app);
  if (upload->use == TARS_UPLOAD_DEV) return; /* no number, no report, no trial after a reset */
  app->unattended = upload->unattended;
  app->health_ms = upload->facts.health_ms;
  app->order.epoch = upload->facts.epoch;
  app->order.number = upload->facts.number;
  if (upload->facts.digest) memcpy(app->order.digest, upload->facts.digest, sizeof app->order.digest);
}

/* Starts to receive; a trial that the same host had begun is over. */
static int app_begin(const tars_app_record *app) {
  bool store = tars_install.upload.use == TARS_UPLOAD_BUNDLE;
  if (tars_install.phase == INSTALL_TRIAL) tars_trial_drop();
  tars_install.upload.step = UPLOAD_BEGUN;
#ifdef TARS_PLANT_COMMIT_EARLY /* a fault for ota/sim to find: committed before anything is there or verified */
  tars_store_app_write(TARS_STORE_APP, app);
#endif
  int err = tars_receive_start(app, store);
  if (err) tars_install_phase(TARS_PHASE_FAILED, app, err);
  return err;
}

/* Writes an image as far as its first module. */
static void image_begin(tars_cbor_writer *out, tars_text class, uint8_t count) {
  tars_cbor_write_array(out, 2);
  tars_cbor_write_text(out, class);
  tars_cbor_write_array(out, count);
}

/* Size of the image that class and modules make. */
static uint32_t image_size(tars_text class, const tars_app_record *app) {
  tars_cbor_writer out = { NULL, 0, 0 }; /* which only counts */
  image_begin(&out, class, app->count);
  for (int i = 0; i < app->count; i++) {
    tars_cbor_write_bytes_head(&out, app->sizes[i]);
    out.size += app->sizes[i];
  }
  return out.size;
}

/* The announcement of a detached app must make an image of the signed size: nothing is written for another. */
int tars_bundle_begin(const tars_install_request *request, tars_install_answer *answer) {
  tars_app_record app;
  if (!tars_install.upload.facts.detached) return -TARS_E_STATE;
  tars_bundle_record(&app);
  if (image_size(request->begin.class, request->begin.app) != tars_install.upload.facts.payload_size) {
    tars_install_phase(TARS_PHASE_FAILED, &app, -TARS_E_PAYLOAD_SIZE); /* somebody else may announce it rightly */
    return -TARS_E_PAYLOAD_SIZE;
  }
  app.count = request->begin.app->count;
  memcpy(app.digests, request->begin.app->digests, sizeof app.digests);
  memcpy(app.sizes, request->begin.app->sizes, sizeof app.sizes);
  int err = app_begin(&app);
  answer->missing = tars_install.missing;
  return err;
}

/* Reads the digests of all modules first, then stores the modules that the store lacks; those of a dev app stay in the
 * bundle. */
int tars_bundle_unpack(void) {
  tars_bytes payload = tars_install.upload.facts.payload, module = { NULL, 0 };
  tars_cbor_reader in = { payload.bytes, payload.size, 0 }, again;
  tars_app_record app;
  tars_text class;
  uint32_t count;
  tars_image_open(&in, &class, &count); /* the form was checked with the bundle */
  again = in;
  tars_bundle_record(&app);
  app.count = (uint8_t)count;
  for (uint32_t i = 0; i < count; i++) {
    tars_image_next(&in, &module);
    app.sizes[i] = module.size;
    tars_sha256_of(module.bytes, module.size, app.digests[i]);
  }
  int err = app_begin(&app);
  for (uint32_t i = 0; i < count && !err; i++) {
    tars_image_next(&again, &module);
    if (tars_install.missing >> i & 1) {
      if (tars_install.store)
        err = tars_receive_data((uint8_t)i, 0, module);
      else
        tars_receive_lend((uint8_t)i, module);
    }
    if (err) tars_install_phase(TARS_PHASE_FAILED, &app, err);
  }
  return err;
}

/* Reads the manifest of a module into the free part of `room` and checks it against the grant. */
static int manifest_check(install_place *place, uint32_t size) {
  uint8_t *room = tars_install.room + tars_install.ram_used;
  uint32_t offset, bytes;
  int err = tars_module_find(tars_place_read, place, size, &offset, &bytes);
  if (!err && bytes > tars_install_room() - tars_install.ram_used) err = -TARS_E_NOMEM;
  if (!err) err = tars_place_read(place, offset, room, bytes);
  return err ? err
             : tars_bundle_manifest((tars_bytes){ room, bytes }, &tars_install.upload.facts, tars_install_detail());
}

/* One module where it lies: its bytes go into the digest of the image, and its manifest must fit the grant. */
static int module_check(int module, tars_sha256 *sha) {
  uint32_t size = tars_install.app.sizes[module];
  install_place place = tars_place_of(&tars_install.app, module);
  uint8_t head[5];
  tars_cbor_writer out = { head, sizeof head, 0 };
  tars_cbor_write_bytes_head(&out, size);
  tars_sha256_add(sha, head, out.size);
  int err = tars_place_verify(&place, size, sha);
  return err ? err : manifest_check(&place, size);
}

/* Checks the digest of the payload before what its modules ask for, because nothing that wasn't signed is believed.
 * Errors of flash come first: the digest can only be computed over all modules. */
static int image_check(void) {
  const tars_bundle_facts *facts = &tars_install.upload.facts;
  uint8_t head[HEAD_MAX], digest[TARS_DIGEST];
  tars_cbor_writer out = { head, sizeof head, 0 };
  tars_bundle_policy policy;
  tars_sha256 sha;
  int err = 0, code, flash = 0;
  tars_trust_policy(&policy, false);
  image_begin(&out, policy.board_class, tars_install.app.count);
  tars_sha256_begin(&sha);
  tars_sha256_add(&sha, head, out.size);
  for (int i = 0; i < tars_install.app.count; i++) {
    code = module_check(i, &sha);
    err = err ? err : code;
    flash = code == -TARS_E_CORRUPT || code == -TARS_E_IO || code == -TARS_E_NOMEM ? code : flash;
  }
  tars_sha256_end(&sha, digest);
  if (flash) return flash;
  return memcmp(digest, facts->payload_digest, sizeof digest) ? -TARS_E_PAYLOAD_DIGEST : err;
}

/* Modules that came inside were checked with the bundle. */
int tars_bundle_complete(void) {
  if (!tars_install.upload.facts.detached) return 0;
  tars_install_phase(TARS_PHASE_RECEIVED, &tars_install.app, 0);
  int err = image_check();
  if (err && tars_install.detail[0]) tars_install_refusal_note(err);
  tars_install_phase(tars_install_phase_of(err, TARS_PHASE_VERIFIED), &tars_install.app, err);
  return err;
}
