/* What is due enters the queues as events. */
#ifndef ENTER_H
#define ENTER_H

#include <stdint.h>

/* Enters everything that is due by `now_us`, of all behaviours, in order. Lock held. */
void tars_due_enter(int64_t now_us);

#endif
