/* WAMR's platform layer for the core: one task at a time uses the engine, memory comes from the arena that is open, and
 * nothing of an operating system is needed. WAMR fixes the names. */
#ifndef _PLATFORM_INTERNAL_H
#define _PLATFORM_INTERNAL_H

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Native bytes that must be free before a guest is entered and before each of its host calls: the depth of the deepest
 * one, with the interrupts of a port that has no stack for them. Guests that call themselves use none of it in the fast
 * interpreter. On a Cortex-M7 the deepest was seen to take 1.5 KB; sanitizers make frames many times larger. */
#if UINTPTR_MAX > UINT32_MAX
#define WASM_STACK_GUARD_SIZE 65536
#else
#define WASM_STACK_GUARD_SIZE 2304
#endif
#define BH_APPLET_PRESERVED_STACK_SIZE (8 * 1024)
#define BH_THREAD_DEFAULT_PRIORITY     0

typedef int korp_tid;
typedef int korp_mutex;
typedef int korp_cond;
typedef int korp_thread;
typedef int korp_rwlock;
typedef int korp_sem;

/* WAMR rounds the checked size of a linear memory up to this page, but not the allocated one: a larger page would let a
 * module write behind its memory. */
#define os_getpagesize() 8

/* No log: its sentences would stay in the image for nobody to read. Empty, because WAMR also declares a function this
 * way. */
#define BH_LOG(...)

/* In the files whose sentences are left out (engine.cmake): they are not even handed on, so that the compiler drops
 * them; absent.c says one for all. */
#ifdef WAMR_SILENT
#include <stdio.h> /* before its functions are covered */
#define snprintf(words, size, ...)                  wamr_refused(words, size)
#define vsnprintf(words, size, sentence, arguments) (void)(arguments)
#endif

#define os_thread_local_attribute
#define bh_socket_t int

typedef int os_file_handle;
typedef int os_dir_stream;
typedef int os_raw_file_handle;
typedef int os_poll_file_handle;
typedef unsigned os_nfds_t;
typedef int os_timespec;

/* There are no files. */
static inline os_file_handle os_get_invalid_handle(void) { return -1; }

#endif
