/* Who may ask for what: over which port, and on a board with an owner with which signature. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_link.h"   /* uses of uploads */
#include "tars_os.h"     /* lock */
#include "trust_state.h" /* whose board it is */

/* What a session may claim on a board with an owner, as bits. */
enum {
  ANYBODY = 1,     /* what comes is signed or refused; whoever erases stands before the board */
  UPLOADS = 2,     /* the document that comes in is its own, and no trial is under way */
  VERIFIED = 4,    /* the document that came in is its own, and a bundle whose signatures are right */
  INSTALLS = 8,    /* the app that comes in or is in trial is its own */
  ASKS = 16,       /* nothing is under way any more: it asks why that has ended */
  PROVISIONS = 32, /* it gave the board its owner */
};

/* One of these claims must be true. */
static const uint8_t claims_wanted[] = {
  [TARS_INSTALL_BEGIN] = VERIFIED,
  [TARS_INSTALL_DATA] = INSTALLS | ASKS,
  [TARS_INSTALL_COMMIT] = INSTALLS | ASKS | VERIFIED,
  [TARS_INSTALL_CONFIRM] = INSTALLS | ASKS,
  [TARS_INSTALL_ABORT] = INSTALLS | UPLOADS,
  [TARS_INSTALL_UPLOAD_BEGIN] = ANYBODY,
  [TARS_INSTALL_UPLOAD_DATA] = ANYBODY,
  [TARS_INSTALL_UPLOAD_END] = ANYBODY,
  [TARS_INSTALL_NETWORK] = PROVISIONS,
  [TARS_INSTALL_ERASE] = ANYBODY,
  [TARS_INSTALL_COMMAND] = ANYBODY,
};

/* The claims that are true. */
static uint8_t claims_of(uint32_t owner) {
  uint8_t claims = ANYBODY;
  tars_os_lock();
  upload_step step = tars_install.upload.step;
  if (step != UPLOAD_NONE && tars_install.upload.owner == owner)
    claims |= (tars_install.phase == INSTALL_TRIAL ? 0 : UPLOADS) | (step == UPLOAD_VERIFIED ? VERIFIED : 0);
  if (tars_install.phase != INSTALL_IDLE && tars_install.owner == owner) claims |= INSTALLS;
  if (tars_install.outcome && tars_install.phase == INSTALL_IDLE && step != UPLOAD_VERIFIED) claims |= ASKS;
  if (tars_install.provisioner == owner) claims |= PROVISIONS;
  tars_os_unlock();
  return claims;
}

/* On a board with an owner: the request is signed, or goes on with something that is. */
static int owner_check(const tars_install_request *request) {
  bool certificate = request->verb == TARS_INSTALL_UPLOAD_BEGIN && request->upload.use == TARS_UPLOAD_CA;
  uint8_t wanted = certificate ? PROVISIONS : claims_wanted[request->verb];
  return request->is_signed || (claims_of(request->owner) & wanted) ? 0 : -TARS_E_OWNED;
}

/* What must come over a physical port: the first owner, and the end of all ownership. */
static int port_check(const tars_install_request *request) {
  bool open = !tars_trust_is_owned();
  bool wanted = request->verb == TARS_INSTALL_ERASE || (request->verb == TARS_INSTALL_NETWORK && open);
  return wanted && !request->physical ? -TARS_E_DENIED : 0;
}

/* Port first, then signature. */
int tars_install_permission(const tars_install_request *request) {
  int err = port_check(request);
  if (!err && tars_trust_is_owned()) err = owner_check(request);
  return err;
}
