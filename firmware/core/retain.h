/* Checkpoints of `retain` variables. A record is a sequence of {hash u32, value u64}, little endian, 12 bytes for
 * each variable. */
#ifndef RETAIN_H
#define RETAIN_H

#include "behaviour.h"

#define TARS_RETAIN_RECORD_MAX (TARS_LIMIT_STATE * 12)

/* Number of retained entries of a manifest's state table. */
uint8_t tars_retain_count(const tars_manifest *manifest);
/* Names the entries of the checkpoint, which are empty. */
void tars_retain_begin(tars_behaviour *b);
/* Copies the guest's variables into the checkpoint, all or only those that it has not yet; true if the checkpoint has
 * changed. Must not be called while the guest runs. */
bool tars_retain_copy(tars_behaviour *b, bool missing);
/* Puts the value of one entry of the state table, if it is retained, into the checkpoint and leaves it to the
 * supervisor to store that; true if it must be stored. */
bool tars_retain_set(tars_behaviour *b, uint8_t entry, uint64_t bits);
/* Supervisor only, with the lock: hands a checkpoint to the store; 0 or a negative error. */
int tars_retain_store(tars_behaviour *b);
/* Writes the checkpoint into the guest's variables. */
void tars_retain_apply(tars_behaviour *b);
/* Takes over, from a stored record or from the checkpoint of an older version, the values of variables that this
 * version has too. */
void tars_retain_decode(tars_behaviour *b, const uint8_t *record, uint32_t size);
void tars_retain_adopt(tars_behaviour *b, const tars_behaviour *old);
/* Takes a checkpoint: copies the variables and, if one has changed, leaves it to the supervisor to store them. The lock
 * is held and the guest doesn't run. */
void tars_retain_checkpoint(tars_behaviour *b);
/* Takes into the checkpoint what no checkpoint has yet, so that the first values are stored too. */
void tars_retain_complete(tars_behaviour *b);
/* Flash wears out, so stores have a budget: limits.saves of a behaviour and limits.board_saves of a board at once, and
 * more as time goes on. The time from which on the next one may be made; one at a stop waits for nothing. */
int64_t tars_retain_due(const tars_behaviour *b);

#endif
