/* Root documents from the broker. */
#ifndef FLEET_ROOT_H
#define FLEET_ROOT_H

#include "tars_cbor.h" /* tars_bytes */

#include <stdbool.h>

/* Handles a root document; true once its bytes are no longer needed. */
bool tars_fleet_root_take(tars_bytes document);
/* True, once, if the agent should subscribe to root documents again, because an install was in the way of one. */
bool tars_fleet_root_again(void);
/* The connection is gone. */
void tars_fleet_root_drop(void);
int64_t tars_fleet_root_deadline_us(void);

#endif
