/* Signed commands from the broker. */
#ifndef FLEET_COMMAND_H
#define FLEET_COMMAND_H

#include "tars_cbor.h" /* tars_bytes */

#include <stdbool.h>

/* Handles a command; true once its bytes are no longer needed. */
bool tars_fleet_command_take(tars_bytes document);
/* The connection is new: a command of the last one that was answered meanwhile gets its reply. */
void tars_fleet_command_begin(void);
/* True while the supervisor works on one: its reply is yet to come. */
bool tars_fleet_command_waits(void);

#endif
