/* The worker's native stack. Private to the engine. */
#ifndef TARS_WAMR_STACK_H
#define TARS_WAMR_STACK_H

#include <stdint.h>

/* Native bytes that the worker's task must have below its entry into the core. Guest calls don't use native stack in the
 * fast interpreter, so this is the depth of one interpreter frame, one host call and WAMR's guard. */
#define WAMR_NATIVE_STACK (48 * 1024)

/* Lowest address that may be used; NULL before the worker has been entered. */
uint8_t *wamr_stack_boundary(void);

#endif
