/* The smallest test harness: a failed check prints where and what, and the program exits with the count. */
#ifndef TARS_TEST_CHECK_H
#define TARS_TEST_CHECK_H

#include <stdio.h> /* printf */

extern int check_failures, check_count;

#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    check_count++;                                                                                                     \
    if (!(condition)) {                                                                                                \
      check_failures++;                                                                                                \
      printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                           \
    }                                                                                                                  \
  } while (0)

#define CHECK_EQUAL(actual, expected)                                                                                  \
  do {                                                                                                                 \
    long long actual_ = (long long)(actual), expected_ = (long long)(expected);                                        \
    check_count++;                                                                                                     \
    if (actual_ != expected_) {                                                                                        \
      check_failures++;                                                                                                \
      printf("%s:%d: %s is %lld, expected %lld\n", __FILE__, __LINE__, #actual, actual_, expected_);                   \
    }                                                                                                                  \
  } while (0)

/* Prints the count and gives the exit code. */
int check_report(const char *name);

#endif
