/* In builds with the address sanitizer, the free bytes of an arena are poisoned, so that the sanitizer watches every
 * piece of it, ours and the engine's, as it watches pieces of malloc. In other builds the macros expand to nothing. */
#ifndef ARENA_GUARD_H
#define ARENA_GUARD_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_GUARDED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_GUARDED 1
#endif

#ifdef ARENA_GUARDED
#include <sanitizer/asan_interface.h>
#define ARENA_FORBID(address, size) __asan_poison_memory_region(address, size)
#define ARENA_ALLOW(address, size)  __asan_unpoison_memory_region(address, size)
/* Exempts the arena's own functions, which read the poisoned headers between pieces. */
#define ARENA_PRIVILEGED __attribute__((no_sanitize("address")))
#else
#define ARENA_FORBID(address, size) ((void)(address), (void)(size))
#define ARENA_ALLOW(address, size)  ((void)(address), (void)(size))
#define ARENA_PRIVILEGED
#endif

#endif
