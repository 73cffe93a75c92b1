/* Checkpoints of `retain` variables. A record is a sequence of {hash u32, value u64}, little endian, 12 bytes for
 * each variable. */
#ifndef RETAIN_H
#define RETAIN_H

#include "behaviour.h"

#define TARS_RETAIN_RECORD_MAX (TARS_LIMIT_STATE * 12)

/* Number of retained entries of a manifest's state table. */
uint8_t tars_retain_count(const tars_manifest *manifest);
/* Takes a checkpoint of the guest's variables; true if it differs from the last one. Must not be called while the
 * guest runs. */
bool tars_retain_snapshot(tars_behaviour *b);
/* Writes the checkpoint into the guest's variables. */
void tars_retain_apply(tars_behaviour *b);
/* Takes over, from a stored record or from the checkpoint of an older version, the values of variables that this
 * version has too. */
void tars_retain_decode(tars_behaviour *b, const uint8_t *record, uint32_t size);
void tars_retain_adopt(tars_behaviour *b, const tars_behaviour *old);
/* The record of the last checkpoint; returns its size. */
uint32_t tars_retain_encode(const tars_behaviour *b, uint8_t record[TARS_RETAIN_RECORD_MAX]);
/* Takes a checkpoint and leaves it to the supervisor to store it. The lock is held and the guest doesn't run.
 * `always`: a checkpoint that never changed is stored too if the store has none yet. */
void tars_retain_checkpoint(tars_behaviour *b, bool always);

#endif
