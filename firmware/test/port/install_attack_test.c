/* The table of attacks through the real install: uploads over NOR flash. Each is refused with its code, the old app
 * runs on, and the flash isn't touched: no erase, no program. Where only the payload is wrong, and it comes after its
 * announcement, the receiving area may be written and nothing else. */
#include "attack_board.h"
#include "cases.h"
#include "check.h"
#include "fake_core.h"
#include "install_host.h"
#include "nor.h"
#include "tars_errors.h"
#include "tars_link.h"
#include "tars_sha256.h"
#include "trust_state.h"

#include <stdlib.h>
#include <string.h>

static const host_app old_app = { 2, { 1, 2 }, { 3000, 5000 } };
static uint8_t blank[TARS_BOARD_FLASH_SIZE]; /* an open board with the old app */

/* The board of a row: owner, class, calls, engine, key, what is committed and what failed. */
static void board_make(const tars_vector_bundle *row) {
  uint32_t size, root_size, failed_size, engine_size;
  uint8_t *calls = case_bytes(row->calls, &size), *key = case_bytes(row->key, &size);
  uint8_t *root = case_bytes(row->root < 0 ? NULL : tars_vectors_roots[row->root], &root_size),
          *failed = case_bytes(row->failed, &failed_size);
  uint8_t *digest = case_bytes(row->committed, &size);
  static uint8_t engine[32];
  uint8_t *condition = case_bytes(row->engine, &engine_size);
  tars_app_record app;
  memcpy(nor_bytes, blank, sizeof nor_bytes);
  memcpy(attack_calls(), calls, 4);
  strcpy(attack_class(), row->board_class);
  host_boot();
  if (root) CHECK_EQUAL(tars_store_record_write("root", root, root_size), 0);
  if (failed) CHECK_EQUAL(tars_store_record_write("failed", failed, failed_size), 0);
  CHECK_EQUAL(tars_store_app_read(TARS_STORE_APP, &app), 0);
  app.order = (tars_bundle_committed){ .epoch = row->epoch, .number = row->number };
  if (digest) memcpy(app.order.digest, digest, sizeof app.order.digest);
  CHECK_EQUAL(tars_store_app_write(TARS_STORE_APP, &app), 0);
  host_boot();
  memcpy(tars_trust.status.public_key, key, 32); /* the secret half is not needed here */
  if (condition) memcpy(engine, condition, engine_size);
  tars_trust.engine = (tars_bytes){ engine, condition ? engine_size : 0 };
  free(calls), free(key), free(root), free(failed), free(digest), free(condition);
}

/* Sends a detached payload that holds one module: the host announces what it has. */
static int payload_send(const tars_vector_bundle *row) {
  enum { HEAD = 13 }; /* [class, [module]] with a module of 256 bytes or more */
  uint32_t size;
  uint8_t *payload = case_bytes(row->payload, &size);
  tars_app_record app = { .count = 1, .sizes = { size - HEAD } };
  tars_install_request begin = {
    .verb = TARS_INSTALL_BEGIN,
    .begin = { .class = { attack_class(), (uint16_t)strlen(attack_class()) }, .store = true, .app = &app }
  };
  tars_sha256_of(payload + HEAD, size - HEAD, app.digests[0]);
  int err = host_ask(begin).code;
  for (uint32_t at = 0; at < size - HEAD && !err; at += TARS_LIMIT_CHUNK) {
    uint32_t part = size - HEAD - at < TARS_LIMIT_CHUNK ? size - HEAD - at : TARS_LIMIT_CHUNK;
    err =
        host_ask((tars_install_request){ .verb = TARS_INSTALL_DATA, .data = { 0, at, { payload + HEAD + at, part } } })
            .code;
  }
  free(payload);
  return err ? err : host_commit();
}

/* Uploads a row's bundle. */
static tars_install_answer bundle_send(const tars_vector_bundle *row, bool unattended) {
  static maker_bytes document;
  uint8_t *bytes = case_bytes(row->bytes, &document.size);
  memcpy(document.bytes, bytes, document.size);
  free(bytes);
  return host_upload(TARS_UPLOAD_BUNDLE, &document, unattended, 1);
}

/* True if the records of the store are those of before. */
static bool records_stay(const tars_vector_bundle *row) {
  tars_app_record app, next;
  bool same =
      tars_store_app_read(TARS_STORE_APP, &app) == 0 && app.order.number == row->number && app.count == old_app.count;
  return same && tars_store_app_read(TARS_STORE_NEXT, &next) == -TARS_E_UNKNOWN;
}

/* Tries one attack and looks at what it has changed. */
static void attack(const tars_vector_bundle *row, bool unattended) {
  board_make(row);
  uint32_t before = nor_operations;
  int code = bundle_send(row, unattended).code;
  CHECK_EQUAL(nor_operations, before);
  bool later = code == 0 && row->payload;
  if (later) code = payload_send(row);
  if (later && row->error == TARS_E_PAYLOAD_SIZE) CHECK_EQUAL(nor_operations, before);
  CHECK_EQUAL(code, -row->error);
  CHECK(host_runs(&old_app) && !fake_core.trial && records_stay(row));
  CHECK(host_commit() != 0);
  if (code != -row->error || !host_runs(&old_app)) printf("  in: %s (%s)\n", row->name, tars_error_name(code));
  bool announced = later && row->error == TARS_E_PAYLOAD_SIZE; /* somebody may announce it rightly */
  const host_step *last = &host_steps[host_step_count ? host_step_count - 1 : 0];
  if (row->error != TARS_E_TOO_LONG) /* a document that is too long is refused before it comes in */
    CHECK(last->code == code && last->phase == (announced ? TARS_PHASE_FAILED : TARS_PHASE_REJECTED));
  host_boot();
  CHECK(host_runs(&old_app));
}

/* A row that is no attack: its app becomes the one that runs. */
static void taken(const tars_vector_bundle *row) {
  board_make(row);
  tars_install_answer answer = bundle_send(row, false);
  CHECK_EQUAL(answer.code, 0);
  CHECK(answer.same == row->same);
  if (answer.same || (answer.detached && !row->payload)) return;
  CHECK_EQUAL(answer.detached ? payload_send(row) : host_commit(), 0);
  CHECK(fake_core.trial && !host_runs(&old_app));
  CHECK_EQUAL(host_confirm(), 0);
  tars_trust_status status;
  tars_trust_read(&status);
  CHECK(status.committed.number > row->number || status.committed.epoch > row->epoch);
}

int main(void) {
  uint32_t attacks = 0, good = 0;
  strcpy(attack_class(), "virtual");
  nor_reset();
  host_boot();
  CHECK_EQUAL(host_install(&old_app, true), 0);
  memcpy(blank, nor_bytes, sizeof blank);
  for (size_t i = 0; i < sizeof tars_vectors_bundles / sizeof *tars_vectors_bundles; i++) {
    const tars_vector_bundle *row = &tars_vectors_bundles[i];
    if (!row->error) {
      taken(row);
      good++;
      continue;
    }
    attack(row, false);
    attack(row, true);
    attacks++;
  }
  printf("%u attacks refused over the install, %u bundles taken\n", (unsigned)attacks, (unsigned)good);
  CHECK(attacks > 100 && good > 10);
  return check_report("install_attack");
}
