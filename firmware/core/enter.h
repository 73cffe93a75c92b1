/* What is due enters the queues as events. */
#ifndef ENTER_H
#define ENTER_H

#include <stdbool.h>
#include <stdint.h>

/* Enters everything that is due by `now_us`, of all behaviours, in order. Lock held. */
void tars_due_enter(int64_t now_us);
/* The same for at most so many items; true if that was the number, and more may be due. */
bool tars_due_some(int64_t now_us, uint8_t most);

#endif
