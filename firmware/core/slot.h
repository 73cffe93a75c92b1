/* The slots of the memory plan: how a module is loaded into one and unloaded. Only the supervisor calls these
 * functions. */
#ifndef SLOT_H
#define SLOT_H

#include "behaviour.h"
#include "tars_detail.h"

/* Gives every slot its arena. */
void tars_slot_init(void);
/* The first free slot; NULL if all are taken. */
tars_behaviour *tars_slot_free(void);
/* Loads a module into a free slot: reads, checks, makes an instance, binds. On an error the slot is free again. */
int tars_slot_load(tars_behaviour *b, const tars_module_source *source, tars_detail detail);
/* Frees a slot, whose behaviour must belong to no app any more. */
void tars_slot_unload(tars_behaviour *b);
/* Replaces a dead instance by a fresh one that has the values of the last checkpoint. The caller writes the live
 * parameters into it, under the lock. */
int tars_slot_renew(tars_behaviour *b);
/* Bytes of the arena in use. */
uint32_t tars_slot_used(const tars_behaviour *b);

#endif
