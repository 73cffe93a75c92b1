/* Inside the install: its state. Only the supervisor uses it, except `owner` and what is guarded by the core's lock. */
#ifndef INSTALL_STATE_H
#define INSTALL_STATE_H

#include "tars_detail.h" /* reasons of refusals */
#include "tars_install.h"
#include "tars_sha256.h" /* digest of the module being received */

/* Bytes of a detail, with the zero at its end: as long as the field of a report. */
#define TARS_INSTALL_DETAIL 81

/* What a failure of the board is evidence against, from one boot to the next (tars_os_evidence_take): nothing; the
 * committed app, while the boot starts it and until its window is over; the app whose record is `next`, from staging
 * on; one that is in RAM only; the committed app later, which counts nothing. */
typedef enum { EVIDENCE_NONE, EVIDENCE_APP, EVIDENCE_TRIAL, EVIDENCE_DEV, EVIDENCE_LATER } install_evidence;

typedef enum { INSTALL_IDLE, INSTALL_RECEIVING, INSTALL_TRIAL } install_phase;
/* VERIFIED: a bundle whose signatures are right, and whose app was not begun yet. BEGUN: its app is being received. */
typedef enum { UPLOAD_NONE, UPLOAD_OPEN, UPLOAD_VERIFIED, UPLOAD_BEGUN } upload_step;

/* The pace of a transfer. */
typedef struct {
  int64_t begun_us;    /* time of the first byte */
  int64_t deadline_us; /* time by which the next byte must come */
  uint32_t bytes;
} install_pace;

/* A document that is longer than a frame and is being uploaded. */
typedef struct {
  upload_step step;
  uint32_t owner; /* session that uploads, 0 if it has ended; guarded by the core's lock */
  uint8_t use;
  bool unattended;
  uint32_t size, received;
  install_pace pace;
  tars_bundle_facts facts; /* from VERIFIED on; point into the bytes */
  uint8_t *bytes;          /* in tars_install.room */
} install_upload;

/* Where a module lies; `digest` names it in the store. */
typedef struct {
  const uint8_t *digest;
  const uint8_t *ram; /* NULL: in the store */
} install_place;

typedef struct {
  tars_install_hooks hooks;
  uint32_t boots;
  bool boot_done; /* guarded by the core's lock */
  int64_t now_us; /* time of this turn of the supervisor */
  install_phase phase;
  bool mounted;                  /* the store is mounted */
  uint32_t owner;                /* session that installs, 0 none; guarded by the core's lock */
  bool store;                    /* false: dev app */
  tars_app_record app;           /* being installed or in trial */
  uint32_t missing;              /* bit i: module i is still to be received */
  int module;                    /* being received, -1 none */
  uint32_t received;             /* its bytes so far */
  tars_sha256 sha;               /* over them */
  uint32_t ram_wanted, ram_used; /* bytes of dev modules: all that were announced, and those that are there */
  const uint8_t *ram_at[TARS_LIMIT_MODULES]; /* a dev module, NULL if it isn't in RAM */
  install_pace pace;                         /* of the modules being received */
  int64_t deadline_us;                       /* end of the health window of a trial, or of the committed app */
  int64_t patience_us;                       /* unattended trial: the way back must be open by then */
  uint32_t provisioner; /* session that gave the board its owner, 0 none; guarded by the core's lock */
  int ended;            /* why the last install ended by itself, 0 if it didn't: for requests that go on with it */
  int app_error;        /* why the committed app wasn't started, 0 if it was or there is none */
  char detail[TARS_INSTALL_DETAIL]; /* what to say beside the error of this turn of the supervisor; may be empty */
  bool stored, old_stored;          /* the app that runs, and the frozen one behind a trial, is the one in the store */
  install_upload upload;
  /* Memory for what comes in and is not written to the store: dev modules from its beginning on, an uploaded
   * document at its end. It is the last member, so that the members before it are reached by short instructions. */
  uint8_t room[TARS_INSTALL_RAM];
} install_state;

extern install_state tars_install;

/* True while `app` comes from a bundle. */
static inline bool tars_install_bundled(void) { return tars_install.upload.step == UPLOAD_BEGUN; }
/* Bytes of `room` that are free for modules: a document that is being uploaded lies at its end. */
static inline uint32_t tars_install_room(void) {
  return (uint32_t)sizeof tars_install.room - (tars_install.upload.step == UPLOAD_NONE ? 0 : tars_install.upload.size);
}

/* The files, each of which uses only those before it: install_state.c, install_mailbox.c, install_permission.c,
 * install_health.c, install_place.c, install_receive.c, install_trial.c, install_bundle.c, install_upload.c,
 * install.c. */

/* install_state.c: true if somebody else who is still there installs. */
bool tars_install_is_foreign(uint32_t owner);
/* Reports a step of the update of a bundle (TARS_PHASE_…). The other function names the behaviour that has failed. */
void tars_install_phase(uint8_t phase, const tars_app_record *app, int code);
void tars_install_phase_blame(uint8_t phase, const tars_app_record *app, int code, tars_text behaviour);
/* The step to report for an error: failed or rejected; `fine` if there is none. */
uint8_t tars_install_phase_of(int err, uint8_t fine);
/* The error of a request that goes on with an install while there is none. */
int tars_install_absent(void);
/* True if the connection to the operator is open (hooks.way_back). */
bool tars_install_way_back(void);
/* Begins a transfer, or adds bytes that have come: 0 or -slow. */
void tars_pace_begin(install_pace *pace);
int tars_pace_add(install_pace *pace, uint32_t bytes);
/* Where to say more about an error. */
tars_detail tars_install_detail(void);
/* Says why an app is refused, with the detail. */
void tars_install_refusal_note(int err);
/* A line for a person. */
void tars_install_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Forgets the upload. */
void tars_upload_drop(void);

/* install_mailbox.c: the request that waits, NULL if none does, and its answer. */
void tars_mailbox_init(void);
const tars_install_request *tars_mailbox_request(void);
void tars_mailbox_answer(const tars_install_answer *answer);

/* install_permission.c: 0, -denied or -owned. */
int tars_install_permission(const tars_install_request *request);

/* install_receive.c: what is announced has the board's class, and sizes that a module may have. */
int tars_receive_check(const tars_install_request *request);
int tars_receive_begin(const tars_install_request *request, tars_install_answer *answer);
int tars_receive_data(uint8_t module, uint32_t offset, tars_bytes bytes);
/* The same once class, number of modules and sizes are known to be right; says in tars_install.missing what must
 * come. */
int tars_receive_start(const tars_app_record *app, bool store);
/* Forgets an app that isn't staged yet; `why`: the negative error if it ended by itself, else 0. */
void tars_receive_drop(int why);
/* Takes a dev module that is in RAM already. */
void tars_receive_lend(uint8_t module, tars_bytes bytes);
/* True if an app runs; true if this module runs. */
bool tars_install_runs_any(void);
bool tars_install_runs(const uint8_t digest[TARS_DIGEST]);
/* Removes the modules that neither `app`, `next` nor what is being installed needs. */
int tars_install_sweep(void);

/* install_place.c: a module of `tars_install.app` or of the store's app; reading is a tars_read_fn, whose context is
 * the place. */
install_place tars_place_of(const tars_app_record *app, int module);
int tars_place_read(void *context, uint32_t offset, void *bytes, uint32_t size);
/* 0 if the bytes are those of the digest, -corrupt or -io; `image` (may be NULL) gets them too. */
int tars_place_verify(install_place *place, uint32_t size, tars_sha256 *image);

/* install_upload.c */
int tars_upload_begin(const tars_install_request *request);
int tars_upload_data(const tars_install_request *request);
int tars_upload_end(const tars_install_request *request, tars_install_answer *answer);
/* A document whose bytes the caller holds as a whole. A bundle is copied as if it had come in pieces; a root
 * document is checked where it lies, because no upload may be dropped for one that is refused. */
int tars_upload_whole(const tars_install_request *request, tars_install_answer *answer);
/* install_bundle.c: the app of the bundle that was verified. */
/* Makes the record of the bundle's app, still without modules. */
void tars_bundle_record(tars_app_record *app);
/* Begins the app of a bundle with a detached payload, as the request announces it. */
int tars_bundle_begin(const tars_install_request *request, tars_install_answer *answer);
/* Unpacks an integrated payload and stores the modules that the store lacks. */
int tars_bundle_unpack(void);
/* Called when all modules are there: checks that the image they make has the signed digest, and that they ask for no
 * more than is granted. */
int tars_bundle_complete(void);

/* install_health.c: the health of a trial. */
void tars_health_begin(void);
/* 0, or the negative error of the first behaviour with which something is wrong; `behaviour` tells which. */
int tars_health_check(tars_text *behaviour);

/* install_trial.c: stages what was received, writes the record of the trial, and swaps. */
int tars_trial_start(uint32_t *gap_us);
int tars_trial_confirm(void);
/* Ends a trial that nobody confirmed. */
void tars_trial_drop(void);
/* Ends a trial whose app has failed; its bundle is never tried again. `behaviour` is empty if none in particular has
 * failed. */
void tars_trial_fail(int code, tars_text behaviour);
/* Commits or reverts an unattended trial at the end of its window. */
void tars_trial_decide(void);
/* Ends the window of the committed app, which has run through it: what counts against it is forgotten. */
void tars_trial_window_end(void);
/* Starts the app in the store, and goes on with a trial that a power cut has interrupted. */
void tars_trial_boot(void);

#endif
