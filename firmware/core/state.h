/* The state table: access to a guest's variables by their entry, wherever the guest keeps them. The guest must not
 * run meanwhile. */
#ifndef STATE_H
#define STATE_H

#include "behaviour.h"

/* Type of an entry; TARS_GLOBAL_OTHER if the guest has no such place. Offsets into memory are i32. */
tars_global_type tars_state_type(const tars_behaviour *b, uint32_t entry);
uint64_t tars_state_get(const tars_behaviour *b, uint32_t entry);
/* Writes the variable of an entry. A value outside of a parameter's range is ignored. */
void tars_state_put(tars_behaviour *b, uint32_t entry, uint64_t bits);
/* Copies every entry that both have: same hash, same type. */
void tars_state_copy(tars_behaviour *to, const tars_behaviour *from);

#endif
