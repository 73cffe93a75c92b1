/* The host of the tests; see install_host.h. */
#include "install_host.h"
#include "fake_core.h"
#include "tars_board.h"
#include "tars_errors.h"
#include "tars_link.h"
#include "tars_sha256.h"

#include <stdio.h>
#include <string.h>

int64_t host_now_us;
char host_note[128];

/* Byte `at` of the module that a seed makes. */
static uint8_t module_byte(uint8_t seed, uint32_t at) { return (uint8_t)((at * 2654435761u + seed * 40503u) >> 13); }

static void note(const char *line) { snprintf(host_note, sizeof host_note, "%s", line); }

host_step host_steps[32];
int host_step_count;
bool host_way_back = true;

static void step(const tars_update_step *seen) {
  if (host_step_count == sizeof host_steps / sizeof *host_steps) return;
  host_step *at = &host_steps[host_step_count++];
  *at = (host_step){
    .phase = seen->phase, .attempt = seen->attempt, .first = seen->bundle[0], .number = seen->number, .code = seen->code
  };
  memcpy(at->behaviour, seen->behaviour.text, seen->behaviour.size);
  snprintf(at->detail, sizeof at->detail, "%s", seen->detail ? seen->detail : "");
}

static bool way_back(void) { return host_way_back; }

void host_boot(void) {
  static const tars_install_hooks hooks = { .note = note, .phase = step, .way_back = way_back };
  host_now_us = 0;
  host_note[0] = '\0';
  host_step_count = 0;
  fake_core_reset();
  tars_install_init(&hooks);
  tars_install_poll(host_now_us);
}

void host_wait(int64_t us) {
  host_now_us += us;
  tars_install_poll(host_now_us);
}

tars_app_record host_record(const host_app *app) {
  tars_app_record record;
  memset(&record, 0, sizeof record);
  record.count = app->count;
  for (int i = 0; i < app->count; i++) {
    tars_sha256 sha;
    tars_sha256_begin(&sha);
    for (uint32_t at = 0; at < app->sizes[i]; at++) {
      uint8_t byte = module_byte(app->seeds[i], at);
      tars_sha256_add(&sha, &byte, 1);
    }
    tars_sha256_end(&sha, record.digests[i]);
    record.sizes[i] = app->sizes[i];
  }
  return record;
}

tars_install_answer host_ask(tars_install_request request) {
  static uint16_t ticket;
  tars_install_answer answer = { .code = -TARS_E_TIMEOUT };
  request.owner = request.owner ? request.owner : 1;
  request.ticket = ++ticket;
  int err = tars_install_ask(&request);
  if (err) return (tars_install_answer){ .code = err };
  tars_install_poll(host_now_us);
  if (!tars_install_answer_take(&answer) || answer.ticket != ticket) answer.code = -TARS_E_TIMEOUT;
  return answer;
}

tars_install_answer host_begin(const host_app *app, bool store) {
  tars_install_request request = { .verb = TARS_INSTALL_BEGIN };
  request.begin.class = (tars_text){ tars_board_class, (uint16_t)strlen(tars_board_class) };
  request.begin.store = store;
  tars_app_record record = host_record(app);
  request.begin.app = &record;
  return host_ask(request);
}

int host_send(const host_app *app, int module, uint32_t offset) {
  int err = 0;
  while (!err && offset < app->sizes[module]) {
    uint8_t bytes[TARS_LIMIT_CHUNK];
    uint32_t part = app->sizes[module] - offset < sizeof bytes ? app->sizes[module] - offset : sizeof bytes;
    for (uint32_t i = 0; i < part; i++) bytes[i] = module_byte(app->seeds[module], offset + i);
    tars_install_request request = { .verb = TARS_INSTALL_DATA, .data = { (uint8_t)module, offset, { bytes, part } } };
    err = host_ask(request).code;
    offset += part;
  }
  return err;
}

int host_transfer(const host_app *app, bool store) {
  tars_install_answer answer = host_begin(app, store);
  int err = answer.code;
  for (int i = 0; !err && i < app->count; i++)
    if (answer.missing >> i & 1) err = host_send(app, i, 0);
  return err;
}

int host_commit(void) { return host_ask((tars_install_request){ .verb = TARS_INSTALL_COMMIT }).code; }
int host_confirm(void) { return host_ask((tars_install_request){ .verb = TARS_INSTALL_CONFIRM }).code; }

int host_install(const host_app *app, bool store) {
  if (host_begin(app, store).same) return 0;
  int err = host_transfer(app, store);
  if (!err) err = host_commit();
  return err ? err : host_confirm();
}

bool host_runs(const host_app *app) {
  tars_app_record record = host_record(app);
  return fake_core.runs && fake_core.running.count == record.count &&
         memcmp(fake_core.running.digests, record.digests, record.count * sizeof *record.digests) == 0;
}

maker_key host_root_key, host_release_key, host_operator_key, host_dev_key;

static void keys_make(void) {
  host_root_key = maker_key_make(1, 1u << TARS_ROLE_ROOT);
  host_release_key = maker_key_make(2, 1u << TARS_ROLE_RELEASE);
  host_operator_key = maker_key_make(3, 1u << TARS_ROLE_OPERATOR);
  host_dev_key = maker_key_make(4, 1u << TARS_ROLE_DEV);
}

void host_root_make(uint32_t version, uint16_t epoch, maker_bytes *out) {
  keys_make();
  const maker_root root = { .version = version,
                            .epoch = epoch,
                            .keys = { &host_root_key, &host_release_key, &host_operator_key, &host_dev_key },
                            .signers = { &host_root_key } };
  maker_root_make(&root, out);
}

tars_install_answer host_upload(uint8_t use, const maker_bytes *document, bool unattended, uint32_t owner) {
  tars_install_request begin = { .verb = TARS_INSTALL_UPLOAD_BEGIN,
                                 .owner = owner,
                                 .physical = owner != TARS_INSTALL_BROKER,
                                 .upload = { .use = use, .size = document->size, .unattended = unattended } };
  tars_install_answer answer = host_ask(begin);
  for (uint32_t at = 0; !answer.code && at < document->size; at += TARS_LIMIT_CHUNK) {
    uint32_t part = document->size - at < TARS_LIMIT_CHUNK ? document->size - at : TARS_LIMIT_CHUNK;
    answer = host_ask((tars_install_request){
        .verb = TARS_INSTALL_UPLOAD_DATA, .owner = owner, .data = { 0, at, { document->bytes + at, part } } });
  }
  return answer.code ? answer : host_ask((tars_install_request){ .verb = TARS_INSTALL_UPLOAD_END, .owner = owner });
}

void host_own(void) {
  static maker_bytes root;
  host_root_make(1, 0, &root);
  host_upload(TARS_UPLOAD_ROOT, &root, false, 1);
}

static uint8_t image[TARS_LIMIT_MODULES * TARS_LIMIT_MODULE];

void host_bundle_make(const maker_app *app, uint16_t epoch, uint32_t number, bool detached, const maker_key *key,
                      maker_bytes *out) {
  const maker_bundle bundle = { .epoch = epoch,
                                .number = number,
                                .health_ms = 2000,
                                .detached = detached,
                                .image = image,
                                .size = maker_image(app, image, sizeof image),
                                .signers = { key } };
  maker_bundle_make(&bundle, out);
}

static tars_app_record app_record(const maker_app *app) {
  static uint8_t module[TARS_LIMIT_MODULE];
  tars_app_record record;
  memset(&record, 0, sizeof record);
  record.count = app->count;
  for (int i = 0; i < app->count; i++) {
    maker_module(app->seeds[i], app->sizes[i], module);
    tars_sha256_of(module, app->sizes[i], record.digests[i]);
    record.sizes[i] = app->sizes[i];
  }
  return record;
}

tars_install_answer host_app_begin(const maker_app *app, bool store) {
  tars_install_request request = { .verb = TARS_INSTALL_BEGIN };
  request.begin.class = (tars_text){ tars_board_class, (uint16_t)strlen(tars_board_class) };
  request.begin.store = store;
  tars_app_record record = app_record(app);
  request.begin.app = &record;
  return host_ask(request);
}

int host_app_send(const maker_app *app, uint32_t missing) {
  static uint8_t module[TARS_LIMIT_MODULE];
  int err = 0;
  for (uint8_t i = 0; i < app->count && !err; i++) {
    if (!(missing >> i & 1)) continue;
    maker_module(app->seeds[i], app->sizes[i], module);
    for (uint32_t at = 0; at < app->sizes[i] && !err; at += TARS_LIMIT_CHUNK) {
      uint32_t part = app->sizes[i] - at < TARS_LIMIT_CHUNK ? app->sizes[i] - at : TARS_LIMIT_CHUNK;
      err =
          host_ask((tars_install_request){ .verb = TARS_INSTALL_DATA, .data = { i, at, { module + at, part } } }).code;
    }
  }
  return err;
}

bool host_app_runs(const maker_app *app) {
  tars_app_record record = app_record(app);
  return fake_core.runs && fake_core.running.count == record.count &&
         memcmp(fake_core.running.digests, record.digests, record.count * sizeof *record.digests) == 0;
}

int host_bundle_install(const maker_app *app, uint32_t number, bool unattended) {
  static maker_bytes bundle;
  host_bundle_make(app, 0, number, false, &host_release_key, &bundle);
  int err = host_upload(TARS_UPLOAD_BUNDLE, &bundle, unattended, 1).code;
  return err ? err : host_commit();
}

uint32_t host_committed(void) {
  tars_trust_status status;
  tars_trust_read(&status);
  return status.committed.number;
}

int host_last_phase(void) { return host_step_count ? host_steps[host_step_count - 1].phase : -1; }
