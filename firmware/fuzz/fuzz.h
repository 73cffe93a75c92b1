/* What the fuzzers share. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A property that every input must keep: a broken one is a crash for libFuzzer. */
#define FUZZ_ASSERT(condition)                                                                                         \
  do {                                                                                                                 \
    if (!(condition)) abort();                                                                                         \
  } while (0)

/* A copy on the heap of exactly its size, so that the sanitizer sees a step beyond. */
static inline void *fuzz_copy(const void *bytes, size_t size) {
  void *copy = malloc(size ? size : 1);
  if (size) memcpy(copy, bytes, size);
  return copy;
}

static inline void fuzz_free(void *copy) { free(copy); }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
