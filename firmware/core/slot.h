/* The slots of the memory plan: a module's way into one and out of it. Supervisor only. */
#ifndef SLOT_H
#define SLOT_H

#include "behaviour.h"
#include "detail.h"

/* Gives every slot its arena. */
void tars_slot_init(void);
/* A free slot; NULL if all are taken. */
tars_behaviour *tars_slot_free(void);
/* Loads a module into a free slot: reads, checks, makes an instance, binds. On an error the slot is free again. */
int tars_slot_load(tars_behaviour *b, const tars_module_source *source, tars_detail detail);
/* Frees a slot. Its behaviour is in no app any more. */
void tars_slot_unload(tars_behaviour *b);
/* Replaces a dead instance by a fresh one with its last checkpoint; the live parameters are the caller's to write, with
 * the lock. */
int tars_slot_renew(tars_behaviour *b);
/* Bytes of the arena in use. */
uint32_t tars_slot_used(const tars_behaviour *b);

#endif
