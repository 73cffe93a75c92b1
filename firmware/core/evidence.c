/* Whose doing it was, if the board fails now. A reset alone proves nothing against an app: power, people, operators and
 * other tasks cause resets, too. */
#include "core.h"

void tars_app_blame(uint8_t what) { tars_core.blamed = what; }

void tars_app_blame_committed(uint8_t what) { tars_core.blamed_committed = what; }

/* Behaviours that the running app has taken over as they are belong to no trial. */
uint8_t tars_evidence_of(const tars_behaviour *b) {
  return b->side == SIDE_NEW ? tars_core.blamed : tars_core.blamed_committed;
}

uint8_t tars_worker_evidence(void) {
  const tars_behaviour *b = tars_core.running;
  if (b != NULL) return tars_evidence_of(b);
  return tars_core.switch_wanted == SWITCH_SWAP ? tars_core.blamed : 0;
}

uint8_t tars_supervisor_evidence(void) { return tars_core.loading; }
