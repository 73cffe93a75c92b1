/* Bundles on their way into the updates of ota/device. */
#ifndef FLEET_UPDATE_H
#define FLEET_UPDATE_H

#include "tars_cbor.h" /* tars_bytes */

#include <stdbool.h>

/* A bundle; true once its bytes are no longer needed. */
bool tars_fleet_update_take(tars_bytes document);
/* Goes on; true if something happened. */
bool tars_fleet_update_step(void);
/* True, once, if the broker is to send the retained bundle again. */
bool tars_fleet_update_again(void);
/* The root document is another one: a bundle that is being fetched is looked at anew when it comes again. */
void tars_fleet_update_restart(void);
/* The connection is gone: what had come whole is kept by the store, the rest comes again. */
void tars_fleet_update_drop(void);
int64_t tars_fleet_update_deadline_us(void);

#endif
