/* A host that installs apps, for tests: modules with made-up bytes, requests served at once. */
#ifndef INSTALL_HOST_H
#define INSTALL_HOST_H

#include "tars_install.h"

#include <stdint.h>

/* An app of `count` modules; module i has the bytes that `seeds[i]` makes, `sizes[i]` of them. */
typedef struct {
  uint8_t count;
  uint8_t seeds[TARS_LIMIT_MODULES];
  uint32_t sizes[TARS_LIMIT_MODULES];
} host_app;

extern int64_t host_now_us;  /* time of the board */
extern char host_note[128];  /* last note of the board */

/* Power on: the board boots with what the flash holds. */
void host_boot(void);
/* Lets the board's time pass. */
void host_wait(int64_t us);
/* The record of an app. */
tars_app_record host_record(const host_app *app);
/* One request and its answer, by session 1 unless `request` says otherwise. */
tars_install_answer host_ask(tars_install_request request);
tars_install_answer host_begin(const host_app *app, bool store);
/* Sends a module from `offset` on; the last code. */
int host_send(const host_app *app, int module, uint32_t offset);
/* Begin and all missing modules; 0 or the first error. */
int host_transfer(const host_app *app, bool store);
int host_commit(void);
int host_confirm(void);
/* Transfer, commit, confirm, unless the app is there already. */
int host_install(const host_app *app, bool store);
/* True if exactly this app runs in the core. */
bool host_runs(const host_app *app);

#endif
