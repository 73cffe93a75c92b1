/* The worker's native stack. Private to the engine. */
#ifndef TARS_WAMR_STACK_H
#define TARS_WAMR_STACK_H

#include <stdint.h>

/* Lowest address of the worker's stack, as its port says; NULL before the worker has been entered. */
uint8_t *wamr_stack_boundary(void);

#endif
