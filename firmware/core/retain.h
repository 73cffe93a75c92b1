/* Checkpoints of `retain` variables. A record is a sequence of {hash u32, value u64}, little endian, 12 bytes for
 * each variable. */
#ifndef RETAIN_H
#define RETAIN_H

#include "behaviour.h"

#define TARS_RETAIN_RECORD_MAX (TARS_LIMIT_STATE * 12)

/* Number of retained entries of a manifest's state table. */
uint8_t tars_retain_count(const tars_manifest *manifest);
/* Copies the guest's variables into the checkpoint; true if one has changed. Must not be called while the guest
 * runs. */
bool tars_retain_copy(tars_behaviour *b);
/* Writes the checkpoint into the guest's variables. */
void tars_retain_apply(tars_behaviour *b);
/* Takes over, from a stored record or from the checkpoint of an older version, the values of variables that this
 * version has too. */
void tars_retain_decode(tars_behaviour *b, const uint8_t *record, uint32_t size);
void tars_retain_adopt(tars_behaviour *b, const tars_behaviour *old);
/* Writes the last checkpoint as a record; returns its size. */
uint32_t tars_retain_encode(const tars_behaviour *b, uint8_t record[TARS_RETAIN_RECORD_MAX]);
/* Takes a checkpoint: copies the variables, and leaves it to the supervisor to store them. The lock is held and the
 * guest doesn't run. `always`: variables that never changed are stored too if the store has no checkpoint yet. */
void tars_retain_checkpoint(tars_behaviour *b, bool always);
/* Flash wears out, so stores have a budget: limits.saves of a behaviour and limits.board_saves of a board at once, and
 * more as time goes on. The time from which on the next one may be made; one at a stop waits for nothing. */
int64_t tars_retain_due(const tars_behaviour *b);
void tars_retain_spend(tars_behaviour *b);

#endif
