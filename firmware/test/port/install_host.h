/* A host that installs apps, for tests: modules with made-up bytes, requests served at once. */
#ifndef INSTALL_HOST_H
#define INSTALL_HOST_H

#include "maker.h"
#include "tars_install.h"

#include <stdint.h>

/* An app of `count` modules; module i has the bytes that `seeds[i]` makes, `sizes[i]` of them. */
typedef struct {
  uint8_t count;
  uint8_t seeds[TARS_LIMIT_MODULES];
  uint32_t sizes[TARS_LIMIT_MODULES];
} host_app;

extern int64_t host_now_us; /* time of the board */
extern char host_note[128]; /* last note of the board */

/* Power on: the board boots with what the flash holds. */
void host_boot(void);
/* Lets the board's time pass. */
void host_wait(int64_t us);
/* The record of an app. */
tars_app_record host_record(const host_app *app);
/* One request and its answer, by session 1 unless `request` says otherwise. */
tars_install_answer host_ask(tars_install_request request);
tars_install_answer host_begin(const host_app *app, bool store);
/* Sends a module from `offset` on; returns the last code. */
int host_send(const host_app *app, int module, uint32_t offset);
/* Announces an app and sends all missing modules; 0 or the first error. */
int host_transfer(const host_app *app, bool store);
int host_commit(void);
int host_confirm(void);
/* Transfers, commits and confirms an app, unless it runs already. */
int host_install(const host_app *app, bool store);
/* True if exactly this app runs in the core. */
bool host_runs(const host_app *app);

/* ---- boards with an owner ---- */

/* One step of an update, as it was reported. */
typedef struct {
  uint8_t phase, attempt, first; /* first byte of the bundle's digest */
  uint32_t number;
  int code;
  char behaviour[33], detail[81];
} host_step;

extern host_step host_steps[32]; /* all since the boot */
extern int host_step_count;
extern bool host_way_back; /* what the hook `way_back` answers */

/* Uploads a document in session `owner` (0: session 1); returns the last answer. */
tars_install_answer host_upload(uint8_t use, const maker_bytes *document, bool unattended, uint32_t owner);
/* Root document of version 1: `root` has the role root, `release` the role release, `operator` operator, `dev` dev. */
extern maker_key host_root_key, host_release_key, host_operator_key, host_dev_key;
void host_root_make(uint32_t version, uint16_t epoch, maker_bytes *out);
/* Gives the board its owner. */
void host_own(void);
/* Makes a bundle of an app, signed with `key`. */
void host_bundle_make(const maker_app *app, uint16_t epoch, uint32_t number, bool detached, const maker_key *key,
                      maker_bytes *out);
/* Announces the app of a detached bundle. */
tars_install_answer host_app_begin(const maker_app *app, bool store);
int host_app_send(const maker_app *app, uint32_t missing);
/* Uploads a bundle of an app with this number, payload inside, and commits it; 0 or the first error. */
int host_bundle_install(const maker_app *app, uint32_t number, bool unattended);
/* True if exactly this app runs in the core. */
bool host_app_runs(const maker_app *app);
/* Number of the bundle that is committed. */
uint32_t host_committed(void);
/* Phase of the last step; -1: none. */
int host_last_phase(void);

#endif
