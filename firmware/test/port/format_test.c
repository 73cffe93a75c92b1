/* The formatter of the FreeRTOS port against the host's: the same text and the same size, whatever the room. */
#include "../../ports/freertos/format.h"
#include "check.h"

#include <limits.h>
#include <string.h>

/* Both formatters, in every capacity up to more than enough; the byte behind stays. */
static void same(const char *format, ...) {
  for (size_t capacity = 0; capacity < 80; capacity++) {
    char ours[82], theirs[82];
    memset(ours, '#', sizeof ours);
    memset(theirs, '#', sizeof theirs);
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = tars_format(ours, capacity, format, arguments), expected = vsnprintf(theirs, capacity, format, again);
    va_end(again);
    va_end(arguments);
    CHECK_EQUAL(size, expected);
    CHECK(memcmp(ours, theirs, sizeof ours) == 0);
  }
}

/* Every format that the firmware and its libraries use, and the edges of numbers. */
int main(void) {
  const int numbers[] = { 0, 1, -1, 9, 10, -10, 255, 65536, INT_MAX, INT_MIN };
  same("plain, and 100 %%");
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    same("%d|%i|%u|%x|%X", numbers[i], numbers[i], (unsigned)numbers[i], (unsigned)numbers[i], (unsigned)numbers[i]);
    same("%3d|%03d|%12d|%02u|%04x|%02X|%012u", numbers[i], numbers[i], numbers[i], (unsigned)numbers[i],
         (unsigned)numbers[i], (unsigned)numbers[i], (unsigned)numbers[i]);
    same("%ld %lu %zu", (long)numbers[i], (unsigned long)numbers[i], (size_t)(unsigned)numbers[i]);
  }
  same("%lld %lld %llu %llx", LLONG_MIN, LLONG_MAX, ULLONG_MAX, ULLONG_MAX);
  same("%s|%.*s|%.2s|%8s|%s", "whole", 3, "piece", "cut", "right", "");
  same("%.*s|%.0s|%c%c", 20, "shorter", "gone", 'a', '%');
  const char unended[3] = { 'a', 'b', 'c' };
  same("%.3s", unended);
  return check_report("format");
}
