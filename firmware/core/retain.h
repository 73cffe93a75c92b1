/* Checkpoints of `retain` variables. A record is a row of {hash u32, value u64}, little endian, 12 bytes an entry. */
#ifndef RETAIN_H
#define RETAIN_H

#include "behaviour.h"

#define TARS_RETAIN_RECORD_MAX (TARS_LIMIT_STATE * 12)

/* Retained entries of a manifest. */
uint8_t tars_retain_count(const tars_manifest *manifest);
/* Reads the checkpoint anew from the guest; true if anything differs from the last one. Not while the guest runs. */
bool tars_retain_snapshot(tars_behaviour *b);
/* Writes the checkpoint into the guest's variables. */
void tars_retain_apply(tars_behaviour *b);
/* Takes over the values of another record, or of an older version's checkpoint, that this one knows too. */
void tars_retain_decode(tars_behaviour *b, const uint8_t *record, uint32_t size);
void tars_retain_adopt(tars_behaviour *b, const tars_behaviour *old);
/* The record of the last checkpoint; returns its size. */
uint32_t tars_retain_encode(const tars_behaviour *b, uint8_t record[TARS_RETAIN_RECORD_MAX]);
/* Takes a checkpoint and leaves it to the supervisor to store it. Lock held, guest not running.
 * `always`: even one that never changed, if the store has none yet. */
void tars_retain_checkpoint(tars_behaviour *b, bool always);

#endif
