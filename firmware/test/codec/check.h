/* The whole test framework: CHECK counts and reports, and the program fails if any check did. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

extern int check_count, check_failed;

#define CHECK(condition, ...)                                                                                          \
  do {                                                                                                                 \
    check_count++;                                                                                                     \
    if (!(condition)) {                                                                                                \
      check_failed++;                                                                                                  \
      printf("%s:%d: %s: ", __FILE__, __LINE__, #condition);                                                           \
      printf(__VA_ARGS__);                                                                                             \
      printf("\n");                                                                                                    \
    }                                                                                                                  \
  } while (0)

/* Prints how many checks have failed, and returns the exit code of the program. */
int check_end(const char *name);

#endif
