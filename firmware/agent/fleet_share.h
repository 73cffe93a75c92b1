/* What the broker may cost the board in a second: bytes, messages and signatures (limits.broker_…), each of them up to
 * one second's worth at once. The agent receives nothing more from a broker that has used its share up until some of it
 * has come back, and leaves one that uses it up for limits.flood_ms on end and brings nothing useful. */
#ifndef FLEET_SHARE_H
#define FLEET_SHARE_H

#include <stdbool.h>
#include <stdint.h>

/* SIGNATURES: those that are checked, and those that are made because of what the broker sends. */
typedef enum { FLEET_BYTES, FLEET_MESSAGES, FLEET_SIGNATURES, FLEET_COSTS } fleet_cost;

/* A connection begins: what the one before it cost still counts, how long that went on doesn't. */
void tars_fleet_share_begin(void);
/* So many bytes, messages or signatures were used. */
void tars_fleet_share_take(fleet_cost cost, uint32_t count);
/* A message of so many bytes was one that the board had asked for: it costs nothing. */
void tars_fleet_share_return(uint32_t bytes);
/* Something useful came: a signature that was right, or a chunk that was asked for. */
void tars_fleet_share_useful(void);
/* True if nothing more of this kind may be used now. */
bool tars_fleet_share_is_used(fleet_cost cost);
/* When there is some again; INT64_MAX if there is some now. */
int64_t tars_fleet_share_again_us(fleet_cost cost);
/* Why the broker is left, for people; NULL: it isn't. */
const char *tars_fleet_share_flood(void);

#endif
