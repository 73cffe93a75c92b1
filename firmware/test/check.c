/* Counters of the test harness. */
#include "check.h"

int check_failures, check_count;

int check_report(const char *name) {
  printf("%s: %d checks, %d failed\n", name, check_count, check_failures);
  return check_failures != 0 || check_count == 0;
}
