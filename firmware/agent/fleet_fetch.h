/* Fetching the modules of a bundle whose payload is detached. */
#ifndef FLEET_FETCH_H
#define FLEET_FETCH_H

#include "tars_install.h" /* tars_install_answer */

void tars_fleet_fetch_begin(const tars_install_answer *verified);
void tars_fleet_fetch_drop(void);
/* Goes on with fetching; true if something happened. */
bool tars_fleet_fetch_step(void);
/* FLEET_BUSY while modules are fetched, 0 once all that were missing are stored, or the negative error that ended
 * it. */
int tars_fleet_fetch_result(void);
/* True while an answer of the supervisor is due. */
bool tars_fleet_fetch_asks(void);
/* True while index or chunks are wanted. */
bool tars_fleet_fetch_runs(void);
/* A message below `blob`; `rest` is what follows. True once its bytes are no longer needed. */
bool tars_fleet_fetch_take(tars_text rest, tars_bytes payload);
int64_t tars_fleet_fetch_deadline_us(void);

#endif
