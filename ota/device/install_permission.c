/* Who may ask for what: over which port, and on a board with an owner with which signature. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_link.h"   /* uses of uploads */
#include "tars_os.h"     /* lock */
#include "trust_state.h" /* whose board it is */

/* On a board with an owner: whether the request is signed, or goes on with something that is. */
static int owner_check(const tars_install_request *request) {
  tars_os_lock();
  bool uploads = tars_install.upload.step != UPLOAD_NONE && tars_install.upload.owner == request->owner;
  bool installs = tars_install.phase != INSTALL_IDLE && tars_install.owner == request->owner;
  bool provisions = tars_install.provisioner == request->owner, verified = tars_install.upload.step == UPLOAD_VERIFIED;
  tars_os_unlock();
  bool asks = tars_install.outcome && tars_install.phase == INSTALL_IDLE && !verified; /* why what it had begun has ended */
  bool allowed = false;
  switch (request->verb) {
    case TARS_INSTALL_BEGIN: allowed = uploads && verified; break;
    case TARS_INSTALL_DATA: allowed = installs || asks; break;
    case TARS_INSTALL_COMMIT: allowed = installs || asks || (uploads && verified); break;
    case TARS_INSTALL_CONFIRM: allowed = installs || asks; break;
    case TARS_INSTALL_ABORT: allowed = installs || uploads; break;
    case TARS_INSTALL_UPLOAD_BEGIN: allowed = request->upload.use != TARS_UPLOAD_CA || provisions; break;
    case TARS_INSTALL_UPLOAD_DATA:
    case TARS_INSTALL_UPLOAD_END:
    case TARS_INSTALL_COMMAND: allowed = true; break; /* what comes is signed, or it is refused */
    case TARS_INSTALL_NETWORK: allowed = provisions; break;
    case TARS_INSTALL_ERASE: allowed = true; break; /* who stands before it may: it must be wanted there */
  }
  return allowed || request->is_signed ? 0 : -TARS_E_OWNED;
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
  if (!err && tars_trust_is_owned())
    err = owner_check(request);
  return err;
}
