/* The harness of all tests in C: a failed check prints where and what, and the program exits with 1. */
#ifndef TARS_TEST_CHECK_H
#define TARS_TEST_CHECK_H

#include <stdio.h> /* printf */

extern int check_failures, check_count;

/* Checks a condition; the text that follows it (printf's format and arguments) says more if it fails. */
#define CHECK_SAY(condition, ...)                                                                                      \
  do {                                                                                                                 \
    check_count++;                                                                                                     \
    if (!(condition)) {                                                                                                \
      check_failures++;                                                                                                \
      printf("%s:%d: %s: ", __FILE__, __LINE__, #condition);                                                           \
      printf(__VA_ARGS__);                                                                                             \
      printf("\n");                                                                                                    \
    }                                                                                                                  \
  } while (0)

#define CHECK(condition) CHECK_SAY(condition, "%s", "does not hold")

#define CHECK_EQUAL(actual, expected)                                                                                  \
  do {                                                                                                                 \
    long long actual_ = (long long)(actual), expected_ = (long long)(expected);                                        \
    check_count++;                                                                                                     \
    if (actual_ != expected_) {                                                                                        \
      check_failures++;                                                                                                \
      printf("%s:%d: %s is %lld, expected %lld\n", __FILE__, __LINE__, #actual, actual_, expected_);                   \
    }                                                                                                                  \
  } while (0)

/* Prints how many checks were made and how many have failed. Returns the exit code of the program: 1 if a check failed,
 * or if none was made. */
int check_report(const char *name);

#endif
