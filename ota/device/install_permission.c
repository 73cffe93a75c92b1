/* Permission of requests: over which port they may come, and which signature they need on a board with an owner. */
#include "install_state.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_link.h"   /* rules of requests, uses of uploads */
#include "tars_os.h"     /* lock */
#include "trust_state.h" /* whose board it is */

/* The conditions of `rule` in the contract that hold for this session. */
static uint8_t claims_of(uint32_t owner) {
  uint8_t claims = TARS_CLAIM_NONE;
  tars_os_lock();
  upload_step step = tars_install.upload.step;
  if (step != UPLOAD_NONE && tars_install.upload.owner == owner)
    claims |= (tars_install.phase == INSTALL_TRIAL ? 0 : TARS_CLAIM_UPLOADS) |
              (step == UPLOAD_VERIFIED ? TARS_CLAIM_VERIFIED : 0);
  if (tars_install.phase != INSTALL_IDLE && tars_install.owner == owner) claims |= TARS_CLAIM_INSTALLS;
  if (tars_install.ended && tars_install.phase == INSTALL_IDLE && step != UPLOAD_VERIFIED) claims |= TARS_CLAIM_ASKS;
  if (tars_install.provisioner == owner) claims |= TARS_CLAIM_PROVISIONS;
  tars_os_unlock();
  return claims;
}

/* On a board with an owner a request must be signed, or go on with something that is. A certificate is not signed by
 * anybody, so it needs another condition. */
static int owner_check(const tars_install_request *request, const tars_link_rule *rule) {
  bool certificate = request->verb == TARS_INSTALL_UPLOAD_BEGIN && request->upload.use == TARS_UPLOAD_CA;
  uint8_t wanted = certificate ? TARS_CLAIM_PROVISIONS : rule->claims;
  return request->is_signed || (claims_of(request->owner) & wanted) ? 0 : -TARS_E_OWNED;
}

/* What a board takes that can't read whose it is: to be erased, the owner's repair, and before it the root document if
 * it has lost it. */
static bool repairs(const tars_install_request *request) {
  if (request->verb == TARS_INSTALL_UPLOAD_BEGIN)
    return request->upload.use == TARS_UPLOAD_ROOT && request->physical && !tars_trust_root();
  return request->verb == TARS_INSTALL_ERASE || request->verb == TARS_INSTALL_COMMAND ||
         request->verb == TARS_INSTALL_REPAIR || request->verb == TARS_INSTALL_UPLOAD_DATA ||
         request->verb == TARS_INSTALL_UPLOAD_END;
}

/* The port is checked first, then the signature. Documents that the broker's agent brings are signed themselves and
 * refused later if they are not; what is kept was set by a request that was allowed. */
int tars_install_permission(const tars_install_request *request) {
  if (tars_trust_is_unreadable() && !repairs(request)) return -TARS_E_UNREADABLE;
  if (request->verb >= TARS_INSTALL_DOCUMENT) return 0; /* no request of the link */
  const tars_link_rule *rule = tars_link_rule_of((uint8_t)request->verb);
  bool owned = tars_trust_is_owned();
  if (!rule) return -TARS_E_INVALID;
  if ((rule->physical || (rule->physical_while_open && !owned)) && !request->physical) return -TARS_E_DENIED;
  return owned ? owner_check(request, rule) : 0;
}
