/* In builds with the address sanitizer, what isn't in use of an arena can't be touched: the sanitizer sees every piece,
 * ours and the engine's, as it sees those of malloc. Otherwise nothing. */
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
/* For the arena's own functions, which read headers between pieces. */
#define ARENA_PRIVILEGED __attribute__((no_sanitize("address")))
#else
#define ARENA_FORBID(address, size) ((void)(address), (void)(size))
#define ARENA_ALLOW(address, size)  ((void)(address), (void)(size))
#define ARENA_PRIVILEGED
#endif

#endif
