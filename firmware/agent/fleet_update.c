/* Bundles and root documents on their way into the updates of ota/device: uploaded in pieces from the message that is
 * held, then committed. What failed for a reason that may pass is tried again later, each time after a longer rest;
 * what was refused is not, until something else comes. */
#include "fleet.h"
#include "tars_errors.h" /* codes */
#include "tars_fleet.h"  /* phases */
#include "tars_link.h"   /* uses of uploads */
#include "tars_sha256.h" /* which document it was */

#include <string.h>

typedef enum { UPDATE_IDLE, UPDATE_BEGIN, UPDATE_DATA, UPDATE_END, UPDATE_FETCH, UPDATE_COMMIT } update_step;

enum { AGAIN_MIN_US = 2000000, AGAIN_MAX_US = 300000000 };

static struct {
  update_step step;
  bool asked;   /* an answer is due */
  bool holding; /* the message that is held is the document */
  uint8_t use;
  tars_bytes document; /* until END is answered */
  uint32_t offset;
  tars_install_answer verified;
  int64_t again_us;      /* try again then; 0: don't */
  bool root_waits;       /* a root document, too */
  uint32_t failures;     /* one after the other */
  uint8_t newest[32];    /* SHA-256 of the bundle that is worked on, or was settled last */
  bool settled;          /* nothing more is to be done for it ... */
  uint32_t root_version; /* ... under this root document */
} update;

static void answered(const tars_install_answer *answer);

/* Reasons that may pass. What is wrong with the payload is one only if the broker brought it apart from the bundle. */
static bool is_passing(int code) {
  switch (-code) {
  case TARS_E_BUSY:
  case TARS_E_TIMEOUT:
  case TARS_E_STATE:
  case TARS_E_IO:
  case TARS_E_NOSPACE:
  case TARS_E_SLOW: return true;
  case TARS_E_DIGEST:
  case TARS_E_PAYLOAD_SIZE:
  case TARS_E_PAYLOAD_DIGEST: return update.step == UPDATE_COMMIT && update.verified.detached;
  default: return false;
  }
}

/* Nothing went wrong: somebody else was first, or took over. */
static bool is_crossed(int code) { return code == -TARS_E_BUSY || code == -TARS_E_STATE; }

/* Says that a bundle couldn't be fetched. What ota/device does with one it reports itself. */
static void failure_report(int code) {
  if (is_crossed(code)) return;
  tars_fleet_report(TARS_PHASE_FAILED, update.verified.bundle, update.verified.number, 0, code, (tars_text){ "", 0 });
}

/* A root document is handled: one that somebody was in the way of comes again, or it would wait for the next
 * connection. */
static void root_finish(int code) {
  update.root_waits = is_crossed(code);
  if (update.root_waits)
    update.again_us = tars_fleet.now_us + AGAIN_MIN_US;
  else if (code < 0)
    tars_fleet_refused(code);
}

/* The document is handled as far as it can be. */
void tars_fleet_update_finish(int code) {
  bool is_bundle = update.use == TARS_UPLOAD_BUNDLE;
  bool again = is_bundle && code < 0 && (update.step == UPDATE_FETCH || is_passing(code));
  if (is_bundle && update.step == UPDATE_FETCH && code < 0) failure_report(code);
  if (is_bundle && update.step < UPDATE_END && code < 0 && !again)
    tars_fleet_report(TARS_PHASE_REJECTED, NULL, 0, 0, code, (tars_text){ "", 0 });
  tars_fleet_fetch_drop();
  update.step = UPDATE_IDLE;
  if (!is_bundle) {
    root_finish(code);
    return;
  }
  update.settled = !again;
  update.root_version = tars_fleet.trust.root_version;
  update.failures = again ? update.failures + 1 : 0;
  int64_t rest_us = AGAIN_MIN_US;
  for (uint32_t i = 1; i < update.failures && rest_us < AGAIN_MAX_US; i++) rest_us *= 2;
  if (again || !update.root_waits)
    update.again_us = again ? tars_fleet.now_us + (rest_us < AGAIN_MAX_US ? rest_us : AGAIN_MAX_US) : 0;
}

/* The connection is gone. */
void tars_fleet_update_drop(void) {
  tars_fleet_fetch_drop();
  if (update.step != UPDATE_IDLE && update.step != UPDATE_COMMIT) tars_install_leave(TARS_INSTALL_BROKER);
  update.step = UPDATE_IDLE;
  update.asked = update.holding = false;
  tars_fleet_ask_forget(answered);
  update.again_us = 0; /* the subscription brings it again */
}

/* What comes after a bundle was verified. */
static void verified_take(const tars_install_answer *answer) {
  update.verified = *answer;
  if (answer->same) {
    tars_fleet_update_finish(0);
  } else if (answer->detached) {
    update.step = UPDATE_FETCH;
    tars_fleet_fetch_begin(answer);
  } else {
    update.step = UPDATE_COMMIT;
  }
}

/* The supervisor has answered. */
static void answered(const tars_install_answer *answer) {
  update.asked = false;
  if (answer->code < 0) {
    tars_fleet_update_finish(answer->code);
    return;
  }
  switch (update.step) {
  case UPDATE_BEGIN: update.step = UPDATE_DATA; break;
  case UPDATE_DATA: update.step = update.offset == update.document.size ? UPDATE_END : UPDATE_DATA; break;
  case UPDATE_END:
    if (update.use == TARS_UPLOAD_BUNDLE)
      verified_take(answer);
    else
      tars_fleet_update_finish(0);
    break;
  default: tars_fleet_update_finish(0); break;
  }
}

/* Asks for what comes next; true if it was asked. */
static bool step_ask(void) {
  tars_install_request request = { .verb = TARS_INSTALL_COMMIT };
  uint32_t size = update.document.size - update.offset;
  if (size > TARS_LIMIT_CHUNK) size = TARS_LIMIT_CHUNK;
  switch (update.step) {
  case UPDATE_BEGIN:
    request.verb = TARS_INSTALL_UPLOAD_BEGIN;
    request.upload.use = update.use;
    request.upload.size = update.document.size;
    request.upload.unattended = update.use == TARS_UPLOAD_BUNDLE;
    break;
  case UPDATE_DATA:
    request.verb = TARS_INSTALL_UPLOAD_DATA;
    request.data.offset = update.offset;
    request.data.bytes = (tars_bytes){ update.document.bytes + update.offset, size };
    break;
  case UPDATE_END: request.verb = TARS_INSTALL_UPLOAD_END; break;
  case UPDATE_COMMIT: break;
  default: return false;
  }
  update.asked = true; /* before: the answer may come at once */
  bool taken = tars_fleet_ask(&request, answered);
  if (!taken)
    update.asked = false;
  else if (request.verb == TARS_INSTALL_UPLOAD_DATA)
    update.offset += size;
  return taken;
}

/* Starts. */
static void begin(uint8_t use, tars_bytes document) {
  memset(&update.verified, 0, sizeof update.verified);
  update.use = use;
  update.document = document;
  update.offset = 0;
  update.step = UPDATE_BEGIN;
  update.holding = true;
}

/* A bundle; false if it is the one that is being fetched, or was settled before and nothing has changed since. */
static bool bundle_begin(tars_bytes document) {
  uint8_t digest[sizeof update.newest];
  tars_sha256_of(document.bytes, document.size, digest);
  bool same = memcmp(digest, update.newest, sizeof digest) == 0;
  if (same && (update.step == UPDATE_FETCH || (update.settled && update.root_version == tars_fleet.trust.root_version)))
    return false;
  memcpy(update.newest, digest, sizeof digest);
  update.failures = same ? update.failures : 0;
  update.settled = false;
  tars_fleet_fetch_drop();
  begin(TARS_UPLOAD_BUNDLE, document);
  return true;
}

/* A document: its bytes stay until the upload has ended. What comes while a bundle is fetched goes first; a root
 * document then brings the bundle back by itself, because its subscription is renewed. */
bool tars_fleet_update_take(uint8_t use, tars_bytes document) {
  if (update.holding) {
    update.holding = update.step != UPDATE_IDLE && update.step <= UPDATE_END;
    return !update.holding;
  }
  bool free = update.step == UPDATE_IDLE || (update.step == UPDATE_FETCH && !tars_fleet_fetch_busy());
  if (!free) return false;
  if (use == TARS_UPLOAD_BUNDLE) return !bundle_begin(document);
  if (update.step == UPDATE_FETCH) tars_fleet_in_again(false);
  tars_fleet_fetch_drop();
  begin(use, document);
  return false;
}

/* Everything was fetched. */
void tars_fleet_update_fetched(void) { update.step = UPDATE_COMMIT; }

/* Goes on. */
bool tars_fleet_update_step(void) {
  if (update.step == UPDATE_IDLE && update.again_us && tars_fleet.now_us >= update.again_us) {
    update.again_us = 0;
    tars_fleet_in_again(update.root_waits);
    return true;
  }
  if (update.step == UPDATE_FETCH) return tars_fleet_fetch_step();
  return update.step != UPDATE_IDLE && !update.asked && step_ask();
}

/* When to look again. */
int64_t tars_fleet_update_deadline_us(void) {
  if (update.step == UPDATE_IDLE) return update.again_us ? update.again_us : INT64_MAX;
  return update.step == UPDATE_FETCH ? tars_fleet_fetch_deadline_us() : INT64_MAX;
}
