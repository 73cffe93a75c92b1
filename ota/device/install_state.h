/* Inside the updates: their state. Supervisor only, except `owner` and what install.c guards with the core's lock. */
#ifndef INSTALL_STATE_H
#define INSTALL_STATE_H

#include "tars_install.h"
#include "tars_sha256.h" /* digest of the module being received */

#define TARS_NO_RAM UINT32_MAX

typedef enum { INSTALL_IDLE, INSTALL_RECEIVING, INSTALL_TRIAL } install_phase;

typedef struct {
  install_phase phase;
  bool mounted;            /* the store works */
  uint32_t owner;          /* session that installs, 0 none; guarded by the core's lock */
  bool store;              /* false: dev app */
  tars_app_record app;     /* being installed or in trial */
  uint32_t missing;        /* bit i: module i is still to be received */
  int module;              /* being received, -1 none */
  uint32_t received;       /* its bytes so far */
  tars_sha256 sha;         /* over them */
  uint32_t ram_at[TARS_LIMIT_MODULES]; /* place of a dev module, TARS_NO_RAM if it isn't in RAM */
  uint32_t ram_used;
  uint8_t ram[TARS_INSTALL_RAM];
  int64_t deadline_us;     /* receiving: next bytes at the latest; trial: end of the health window */
  int outcome;             /* why the last install ended by itself, 0 if it didn't */
  bool running, old_running; /* an app was started */
  tars_app_record current, old; /* the app that runs, and the frozen one behind a trial */
  bool stored, old_stored; /* it is the one in the store */
} install_state;

extern install_state tars_install;

/* A line for a person. */
void tars_install_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* install_receive.c */
int tars_receive_begin(const tars_install_request *request, tars_install_answer *answer);
int tars_receive_data(uint8_t module, uint32_t offset, tars_bytes bytes);
void tars_receive_drop(void);
/* True if two records name the same modules in the same order. */
bool tars_app_equal(const tars_app_record *a, const tars_app_record *b);
/* True if the record names this module. */
bool tars_app_has(const tars_app_record *app, const uint8_t digest[TARS_DIGEST]);
/* Removes the modules that neither `app`, `next` nor what is being installed needs. */
int tars_install_sweep(void);

/* install_trial.c */
int tars_trial_commit(int64_t now_us, uint32_t *gap_us);
int tars_trial_confirm(void);
void tars_trial_revert(int code);
/* Starts what the store holds. */
void tars_trial_boot(int64_t now_us);

#endif
