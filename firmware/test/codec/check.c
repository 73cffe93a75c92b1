/* Counters of the checks. */
#include "check.h"

int check_count, check_failed;

int check_end(const char *name) {
  printf("%s: %d checks, %d failed\n", name, check_count, check_failed);
  return check_failed || !check_count;
}
