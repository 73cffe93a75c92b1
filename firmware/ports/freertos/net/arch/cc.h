/* What lwIP wants to know of compiler and system; it fixes the names. */
#ifndef ARCH_CC_H
#define ARCH_CC_H

#include <stdint.h>

/* Random numbers for ports, identifiers and first sequence numbers. */
uint32_t tars_lwip_random(void);
/* A broken invariant of lwIP stops the board; its sentences would take 4 KB of flash. */
_Noreturn void tars_lwip_assert(void);

#define LWIP_RAND()                  tars_lwip_random()
#define LWIP_PLATFORM_ASSERT(reason) tars_lwip_assert()
#define LWIP_PLATFORM_DIAG(x)        /* nobody reads it */
#define LWIP_NO_UNISTD_H             1
#define LWIP_NO_CTYPE_H              1 /* lwIP then counts letters itself */

#endif
