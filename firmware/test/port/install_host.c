/* The host of the tests; see install_host.h. */
#include "install_host.h"
#include "fake_core.h"
#include "tars_board.h"
#include "tars_errors.h"
#include "tars_sha256.h"

#include <stdio.h>
#include <string.h>

int64_t host_now_us;
char host_note[128];

/* Byte `at` of the module that a seed makes. */
static uint8_t module_byte(uint8_t seed, uint32_t at) {
  return (uint8_t)((at * 2654435761u + seed * 40503u) >> 13);
}

/* Keeps the last note. */
static void note(const char *line) {
  snprintf(host_note, sizeof host_note, "%s", line);
}

void host_boot(void) {
  static const tars_install_hooks hooks = {.note = note};
  host_now_us = 0;
  host_note[0] = '\0';
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
  tars_install_answer answer = {.code = -TARS_E_TIMEOUT};
  request.owner = request.owner ? request.owner : 1;
  request.ticket = ++ticket;
  int err = tars_install_ask(&request);
  if (err)
    return (tars_install_answer){.code = err};
  tars_install_poll(host_now_us);
  if (!tars_install_answer_take(&answer) || answer.ticket != ticket)
    answer.code = -TARS_E_TIMEOUT;
  return answer;
}

tars_install_answer host_begin(const host_app *app, bool store) {
  tars_install_request request = {.verb = TARS_INSTALL_BEGIN};
  request.begin.class = (tars_text){tars_board_class, (uint16_t)strlen(tars_board_class)};
  request.begin.store = store;
  request.begin.app = host_record(app);
  return host_ask(request);
}

int host_send(const host_app *app, int module, uint32_t offset) {
  int err = 0;
  while (!err && offset < app->sizes[module]) {
    uint8_t bytes[TARS_LIMIT_CHUNK];
    uint32_t part = app->sizes[module] - offset < sizeof bytes ? app->sizes[module] - offset : sizeof bytes;
    for (uint32_t i = 0; i < part; i++)
      bytes[i] = module_byte(app->seeds[module], offset + i);
    tars_install_request request = {.verb = TARS_INSTALL_DATA, .data = {(uint8_t)module, offset, {bytes, part}}};
    err = host_ask(request).code;
    offset += part;
  }
  return err;
}

int host_transfer(const host_app *app, bool store) {
  tars_install_answer answer = host_begin(app, store);
  int err = answer.code;
  for (int i = 0; !err && i < app->count; i++)
    if (answer.missing >> i & 1)
      err = host_send(app, i, 0);
  return err;
}

int host_commit(void) { return host_ask((tars_install_request){.verb = TARS_INSTALL_COMMIT}).code; }
int host_confirm(void) { return host_ask((tars_install_request){.verb = TARS_INSTALL_CONFIRM}).code; }

int host_install(const host_app *app, bool store) {
  if (host_begin(app, store).same)
    return 0;
  int err = host_transfer(app, store);
  if (!err)
    err = host_commit();
  return err ? err : host_confirm();
}

bool host_runs(const host_app *app) {
  tars_app_record record = host_record(app);
  return fake_core.runs && fake_core.running.count == record.count &&
         memcmp(fake_core.running.digests, record.digests, record.count * sizeof *record.digests) == 0;
}
