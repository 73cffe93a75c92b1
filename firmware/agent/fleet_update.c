/* Hands bundles to the install of ota/device: a bundle is lent to the supervisor while that verifies it; then its
 * payload is fetched if it is detached; then its trial begins. A bundle that failed for a reason that may pass is
 * tried again after a rest, which grows with each failure. One that was refused is not tried again until another one
 * comes. */
#include "fleet_update.h"
#include "fleet_ask.h"
#include "fleet_fetch.h"
#include "fleet_share.h"
#include "fleet_state.h"
#include "tars_errors.h" /* codes */
#include "tars_fleet.h"  /* phases */
#include "tars_link.h"   /* uses of uploads */
#include "tars_sha256.h" /* which document it was */

#include <string.h>

typedef enum { UPDATE_IDLE, UPDATE_VERIFY, UPDATE_FETCH, UPDATE_COMMIT } update_step;

enum { AGAIN_MIN_US = 2000000, AGAIN_MAX_US = 300000000 };

static struct {
  update_step step;
  bool holding;        /* the message that is held is the document */
  tars_bytes document; /* until it is verified */
  fleet_exchange exchange;
  tars_install_answer verified;
  int64_t again_us;      /* when to try again; 0: never */
  uint32_t failures;     /* consecutive failures */
  uint8_t newest[32];    /* SHA-256 of the bundle that is worked on, or was settled last */
  bool settled;          /* the newest bundle needs no more work */
  bool tried;            /* because its trial has begun, or it was committed already */
  uint32_t root_version; /* version of the root document under which it was settled */
} update;

/* True for errors whose cause may pass. A wrong payload is one of them only if it is detached: then the broker may
 * have brought wrong bytes beside a right bundle. */
static bool is_passing(int code) {
  switch (-code) {
  case TARS_E_BUSY:
  case TARS_E_TIMEOUT:
  case TARS_E_STATE:
  case TARS_E_IO:
  case TARS_E_NOSPACE:
  case TARS_E_TRIALS:
  case TARS_E_SLOW: return true;
  case TARS_E_DIGEST:
  case TARS_E_PAYLOAD_SIZE:
  case TARS_E_PAYLOAD_DIGEST: return update.step == UPDATE_COMMIT && update.verified.detached;
  default: return false;
  }
}

/* True for errors that say only that somebody else installs, or has taken over. */
static bool is_crossed(int code) { return code == -TARS_E_BUSY || code == -TARS_E_STATE; }

/* Reports that a bundle couldn't be fetched. ota/device reports what happens to it afterwards. */
static void failure_report(int code) {
  if (is_crossed(code)) return;
  tars_fleet_report(&(tars_update_step){
      .phase = TARS_PHASE_FAILED, .bundle = update.verified.bundle, .number = update.verified.number, .code = code });
}

/* Ends the work on a bundle; `code` is 0 or a negative error. An error in the announcement of a detached payload is
 * reported here, because nobody else reports it. */
static void finish(int code) {
  bool again = code < 0 && (update.step == UPDATE_FETCH || is_passing(code));
  if (code < 0 && update.step == UPDATE_FETCH) failure_report(code);
  if (code < 0 && update.step == UPDATE_VERIFY && !update.exchange.answer.taken && !again)
    tars_fleet_report(&(tars_update_step){ .phase = TARS_PHASE_REJECTED, .code = code });
  tars_fleet_fetch_drop();
  update.step = UPDATE_IDLE;
  update.settled = !again;
  update.tried = code >= 0;
  update.root_version = tars_fleet.trust.root_version;
  update.failures = again ? update.failures + 1 : 0;
  int64_t rest_us = AGAIN_MIN_US;
  for (uint32_t i = 1; i < update.failures && rest_us < AGAIN_MAX_US; i++) rest_us *= 2;
  update.again_us = again ? tars_fleet.now_us + (rest_us < AGAIN_MAX_US ? rest_us : AGAIN_MAX_US) : 0;
}

/* A commit that has begun goes on without a connection. */
void tars_fleet_update_drop(void) {
  bool leave = update.step != UPDATE_IDLE && update.step != UPDATE_COMMIT;
  tars_fleet_fetch_drop();
  if (leave) tars_install_leave(TARS_INSTALL_BROKER);
  tars_fleet_ask_forget(&update.exchange, leave);
  update.step = UPDATE_IDLE;
  update.holding = false;
  update.again_us = 0; /* the next connection's subscription brings it again */
}

/* Takes the supervisor's answer to a bundle that was verified. */
static void verified_take(const tars_install_answer *answer) {
  tars_fleet_share_useful();
  update.verified = *answer;
  if (answer->same) {
    finish(0);
  } else if (answer->detached) {
    update.step = UPDATE_FETCH;
    tars_fleet_fetch_begin(answer);
  } else {
    update.step = UPDATE_COMMIT;
  }
}

/* Lends the bundle to the supervisor; true once it is verified, or refused. */
static bool verify(void) {
  const tars_install_request request = {
    .verb = TARS_INSTALL_DOCUMENT,
    .lent = true,
    .document = { .use = TARS_UPLOAD_BUNDLE, .unattended = true, .bytes = update.document },
  };
  int code = tars_fleet_exchange(&update.exchange, &request);
  if (code == FLEET_BUSY) return false;
  if (code < 0)
    finish(code);
  else
    verified_take(&update.exchange.answer);
  return true;
}

/* Follows the fetching; true if it has ended. */
static bool fetch_follow(void) {
  int result = update.step == UPDATE_FETCH ? tars_fleet_fetch_result() : FLEET_BUSY;
  if (result == FLEET_BUSY) return false;
  if (result < 0)
    finish(result);
  else
    update.step = UPDATE_COMMIT;
  return true;
}

/* Begins the trial; true once it has begun, or can't. */
static bool commit(void) {
  const tars_install_request request = { .verb = TARS_INSTALL_COMMIT };
  int code = tars_fleet_exchange(&update.exchange, &request);
  if (code == FLEET_BUSY) return false;
  finish(code);
  return true;
}

/* True if the newest bundle is neither committed nor in trial any more: whether it may be tried again is known where
 * bundles are verified. */
static bool reverted(void) {
  const uint8_t *bundle = update.verified.bundle;
  return update.tried && memcmp(bundle, tars_fleet.trust.trial, TARS_BUNDLE_DIGEST) != 0 &&
         memcmp(bundle, tars_fleet.trust.committed.digest, TARS_BUNDLE_DIGEST) != 0;
}

/* True if the newest bundle needs no more work under the root document that is in force. */
static bool is_settled(void) {
  return update.settled && update.root_version == tars_fleet.trust.root_version && !reverted();
}

/* Begins with a bundle; false if it is the one that is being fetched, or one that was settled before and nothing has
 * changed since. */
static bool bundle_begin(tars_bytes document) {
  uint8_t digest[sizeof update.newest];
  tars_sha256_of(document.bytes, document.size, digest);
  bool same = memcmp(digest, update.newest, sizeof digest) == 0;
  if (same && (update.step == UPDATE_FETCH || is_settled())) return false;
  memcpy(update.newest, digest, sizeof digest);
  memset(&update.verified, 0, sizeof update.verified);
  update.failures = same ? update.failures : 0;
  update.settled = false;
  tars_fleet_fetch_drop();
  update.document = document;
  update.step = UPDATE_VERIFY;
  update.holding = true;
  return true;
}

/* The caller keeps the bytes until the bundle is verified. A bundle that comes while another one is fetched takes
 * its place. */
bool tars_fleet_update_take(tars_bytes document) {
  fetch_follow();
  if (update.holding) {
    update.holding = update.step == UPDATE_VERIFY;
    return !update.holding;
  }
  bool free = update.step == UPDATE_IDLE || (update.step == UPDATE_FETCH && !tars_fleet_fetch_asks());
  return free && !bundle_begin(document);
}

bool tars_fleet_update_step(void) {
  switch (update.step) {
  case UPDATE_IDLE: return false;
  case UPDATE_VERIFY: return verify();
  case UPDATE_FETCH: {
    bool fetched = tars_fleet_fetch_step();
    return fetch_follow() || fetched;
  }
  case UPDATE_COMMIT: return commit();
  }
  return false;
}

bool tars_fleet_update_again(void) {
  bool due = update.step == UPDATE_IDLE && update.again_us && tars_fleet.now_us >= update.again_us;
  if (due) update.again_us = 0;
  return due;
}

/* The digest of the bundle is kept, but it counts as not settled, so that it begins again when it comes again. */
void tars_fleet_update_restart(void) {
  if (update.step != UPDATE_FETCH) return;
  tars_fleet_fetch_drop();
  update.step = UPDATE_IDLE;
}

int64_t tars_fleet_update_deadline_us(void) {
  if (update.step == UPDATE_IDLE) return update.again_us ? update.again_us : INT64_MAX;
  return update.step == UPDATE_FETCH ? tars_fleet_fetch_deadline_us() : INT64_MAX;
}
