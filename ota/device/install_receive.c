/* Receives the modules of an app that are missing, and checks that each has the digest that was announced. */
#include "install_state.h"
#include "board.h"       /* size of an arena */
#include "tars_board.h"  /* class */
#include "tars_engine.h" /* whether it borrows images */
#include "tars_errors.h" /* codes of the contract */

#include <string.h>

/* True if the core runs this module as behaviour `i` of its app; false past the end. */
static bool runs_at(int i, const uint8_t digest[TARS_DIGEST]) {
  tars_behaviour_info info;
  return tars_behaviour_at(i, &info) == 0 && memcmp(info.digest, digest, TARS_DIGEST) == 0;
}

bool tars_install_runs_any(void) {
  tars_behaviour_info info;
  return tars_behaviour_at(0, &info) == 0;
}

bool tars_install_runs(const uint8_t digest[TARS_DIGEST]) {
  int i = 0;
  while (i < TARS_LIMIT_MODULES && !runs_at(i, digest)) i++;
  return i < TARS_LIMIT_MODULES;
}

/* True if the app has this module. */
static bool app_has(const tars_app_record *app, const uint8_t digest[TARS_DIGEST]) {
  for (int i = 0; i < app->count; i++)
    if (memcmp(app->digests[i], digest, TARS_DIGEST) == 0) return true;
  return false;
}

/* True for a module that a record (`app` or `next`) or the running install needs. */
static bool sweep_keep(const void *context, const uint8_t digest[TARS_DIGEST]) {
  const tars_app_record *kept = context;
  return app_has(&kept[0], digest) || app_has(&kept[1], digest) ||
         (tars_install.phase != INSTALL_IDLE && tars_install.store && app_has(&tars_install.app, digest));
}

/* Reads a record. A corrupt one counts as empty. */
static int record_keep(tars_store_slot slot, tars_app_record *record) {
  int err = tars_store_app_read(slot, record);
  return err == -TARS_E_UNKNOWN || err == -TARS_E_CORRUPT ? 0 : err;
}

/* Removes the modules that nobody needs. A record that can't be read now stops it: its modules might be needed. */
int tars_install_sweep(void) {
  tars_app_record kept[2];
  memset(kept, 0, sizeof kept);
  int err = record_keep(TARS_STORE_APP, &kept[0]);
  if (!err) err = record_keep(TARS_STORE_NEXT, &kept[1]);
  return err ? err : tars_store_modules_sweep(sweep_keep, kept);
}

int tars_receive_check(const tars_install_request *request) {
  const tars_app_record *app = request->begin.app;
  tars_text class = request->begin.class;
  if (class.size != strlen(tars_board_class) || memcmp(class.text, tars_board_class, class.size) != 0)
    return -TARS_E_CLASS;
  if (app->count == 0) return -TARS_E_INVALID;
  for (int i = 0; i < app->count; i++)
    if (app->sizes[i] == 0 || app->sizes[i] > TARS_LIMIT_MODULE) return -TARS_E_TOO_LONG;
  return 0;
}

/* True if the module need not be sent. A dev app may use a module that runs already, because staging loads only
 * those that don't. A signed app needs the bytes: they are compared with the signed digest. */
static bool is_here(int module) {
  const tars_app_record *app = &tars_install.app;
  for (int i = 0; i < module; i++)
    if (memcmp(app->digests[i], app->digests[module], TARS_DIGEST) == 0) return true;
  if (!tars_install.store && !tars_install_bundled() && tars_install_runs(app->digests[module])) return true;
  return tars_install.mounted && tars_store_module_has(app->digests[module], app->sizes[module]);
}

/* Checks that the missing modules fit, by their announced sizes, before anything is written. Dev modules inside of a
 * bundle stay in its bytes. */
static int room_check(void) {
  bool inside = tars_install_bundled() && !tars_install.upload.facts.detached;
  uint32_t flash = 0;
  for (int i = 0; i < tars_install.app.count; i++)
    if (tars_install.missing >> i & 1) {
      tars_install.ram_wanted += inside ? 0 : tars_install.app.sizes[i];
      flash += tars_install.app.sizes[i] + TARS_STORE_CHUNK;
    }
  if (!tars_install.store) return tars_install.ram_wanted > tars_install_room() ? -TARS_E_NOMEM : 0;
  return flash > tars_store_free() ? -TARS_E_NOSPACE : 0;
}

/* True if exactly this app runs and, for one that is to be stored, is committed. */
static bool is_same(const tars_app_record *app, bool store) {
  bool same = !store || tars_install.stored;
  for (int i = 0; same && i < app->count; i++) same = runs_at(i, app->digests[i]);
  tars_behaviour_info more;
  return same && tars_behaviour_at(app->count, &more) != 0;
}

int tars_receive_begin(const tars_install_request *request, tars_install_answer *answer) {
  const tars_app_record *app = request->begin.app;
  if (request->begin.store && !tars_install.mounted) return -TARS_E_IO;
  tars_install.ended = 0;
  answer->same = is_same(app, request->begin.store);
  if (answer->same) return 0;
  int err = tars_receive_start(app, request->begin.store);
  answer->missing = tars_install.missing;
  return err;
}

int tars_receive_start(const tars_app_record *app, bool store) {
  int err = 0;
  tars_install.ended = 0;
  tars_install.phase = INSTALL_RECEIVING;
  tars_install.store = store;
  tars_install.app = *app;
  tars_pace_begin(&tars_install.pace);
  tars_install.app.reboots = tars_install.app.failures = 0;
  tars_install.module = -1;
  tars_install.missing = tars_install.ram_wanted = tars_install.ram_used = 0;
  if (tars_install.store) err = tars_install_sweep();
  for (int i = 0; i < app->count; i++) {
    tars_install.ram_at[i] = NULL;
    if (!is_here(i)) tars_install.missing |= 1u << i;
    /* The engine's own needs come on top; staging knows them. */
    if (!tars_engine_borrows && app->sizes[i] >= TARS_BOARD_ARENA) err = -TARS_E_NOMEM;
  }
  if (!err) err = room_check();
  if (err) tars_receive_drop(0);
  return err;
}

/* The caller has computed the announced digest from these very bytes, so they are not verified again. */
void tars_receive_lend(uint8_t module, tars_bytes bytes) {
  tars_install.ram_at[module] = bytes.bytes;
  tars_install.missing &= ~(1u << module);
}

/* Begins to receive a module. */
static int module_begin(uint8_t module) {
  if (tars_install.store) {
    int err = tars_store_part_begin(tars_install.app.digests[module], tars_install.app.sizes[module]);
    if (err) return err;
  } else {
    tars_install.ram_at[module] = tars_install.room + tars_install.ram_used;
  }
  tars_install.module = module;
  tars_install.received = 0;
  tars_sha256_begin(&tars_install.sha);
  return 0;
}

/* Drops the module that is being received. */
static void module_drop(void) {
  int module = tars_install.module;
  if (module < 0) return;
  tars_install.module = -1;
  if (tars_install.store)
    tars_store_part_cancel();
  else
    tars_install.ram_at[module] = NULL;
}

/* Verifies a module that is complete, and finishes its file or keeps its place in RAM. */
static int module_finish(void) {
  int module = tars_install.module;
  uint8_t digest[TARS_DIGEST];
  tars_sha256_end(&tars_install.sha, digest);
  if (memcmp(digest, tars_install.app.digests[module], TARS_DIGEST) != 0) return -TARS_E_DIGEST;
  tars_install.module = -1;
  int err = tars_install.store ? tars_store_part_finish() : 0;
  if (err) return err;
  if (!tars_install.store) tars_install.ram_used += tars_install.received;
  tars_install.missing &= ~(1u << module);
  return 0;
}

/* Stores bytes of the module that is being received. */
static int bytes_store(tars_bytes bytes) {
  int err = 0;
  if (tars_install.store)
    err = tars_store_part_append(bytes.bytes, bytes.size);
  else
    memcpy(tars_install.room + tars_install.ram_used + tars_install.received, bytes.bytes, bytes.size);
  tars_sha256_add(&tars_install.sha, bytes.bytes, bytes.size);
  tars_install.received += bytes.size;
  if (!err && tars_install.received == tars_install.app.sizes[tars_install.module]) err = module_finish();
  return err;
}

/* An error drops what was received of the module. Offset 0 begins it anew. */
int tars_receive_data(uint8_t module, uint32_t offset, tars_bytes bytes) {
  if (tars_install.phase != INSTALL_RECEIVING) return tars_install_absent();
  if (module >= tars_install.app.count || !(tars_install.missing >> module & 1) || bytes.size == 0)
    return -TARS_E_INVALID;
  int err = 0;
  if (offset == 0) {
    module_drop();
    err = module_begin(module);
  } else if (module != tars_install.module || offset != tars_install.received) {
    return -TARS_E_STATE;
  }
  if (!err && bytes.size > tars_install.app.sizes[module] - tars_install.received) err = -TARS_E_TOO_LONG;
  if (!err) err = bytes_store(bytes);
  if (err) module_drop();
  return err;
}

/* Modules that are complete stay in the store until the next install, which may need them. */
void tars_receive_drop(int why) {
  if (tars_install.phase != INSTALL_RECEIVING) return;
  module_drop();
  tars_install.phase = INSTALL_IDLE;
  tars_install.ended = why;
  if (tars_install_bundled()) tars_upload_drop();
}
