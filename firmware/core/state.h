/* The state table: access to a guest's variables by their entry, wherever the guest keeps them. The guest must not
 * run meanwhile. */
#ifndef STATE_H
#define STATE_H

#include "behaviour.h"

/* Type of an entry; TARS_GLOBAL_OTHER if the guest has no such global. In memory 4 and 8 bytes are i32 and i64. */
tars_global_type tars_state_type(const tars_behaviour *b, uint32_t entry);
/* Whether the guest has the variable that an entry says, with that size. */
bool tars_state_exists(const tars_behaviour *b, uint32_t entry);
/* Bits of an entry of at most 8 bytes. */
uint64_t tars_state_get(const tars_behaviour *b, uint32_t entry);
/* True if the entry has a value to keep. Only a parameter may have none: one that nobody has set has its initial value,
 * and that of the next version goes before it. */
bool tars_state_is_own(const tars_behaviour *b, uint32_t entry);
/* Writes the variable of such an entry. A value outside of a parameter's range is ignored; any other becomes the
 * parameter's own. */
void tars_state_put(tars_behaviour *b, uint32_t entry, uint64_t bits);
/* Copies every entry that both have (same hash, same size, same type) and that has a value to keep. */
void tars_state_copy(tars_behaviour *to, const tars_behaviour *from);

#endif
