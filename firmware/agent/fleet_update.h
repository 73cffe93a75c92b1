/* Hands bundles from the broker to the install of ota/device. */
#ifndef FLEET_UPDATE_H
#define FLEET_UPDATE_H

#include "tars_cbor.h" /* tars_bytes */

#include <stdbool.h>

/* Handles a bundle; true once its bytes are no longer needed. */
bool tars_fleet_update_take(tars_bytes document);
/* Goes on with the bundle that is worked on; true if something happened. */
bool tars_fleet_update_step(void);
/* True, once, if the broker is to send the retained bundle again. */
bool tars_fleet_update_again(void);
/* After a change of the root document: a bundle that is being fetched is verified again when it comes again. */
void tars_fleet_update_restart(void);
/* After the end of a connection: modules that are complete stay in the store, the others are fetched again. */
void tars_fleet_update_drop(void);
int64_t tars_fleet_update_deadline_us(void);

#endif
