/* In the place of newlib's own: formats, strings and sorting for size, because nothing here hangs on their speed.
 * Without the formats these have 330 bytes, newlib's 3,560. firmware/test/conformance/library.c compares them with the
 * host's. */
#include "format.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As C has it, within format.h. */
int vsnprintf(char *to, size_t capacity, const char *format, va_list arguments) {
  return tars_format(to, capacity, format, arguments);
}

/* As C has it, within format.h. */
int snprintf(char *to, size_t capacity, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int size = tars_format(to, capacity, format, arguments);
  va_end(arguments);
  return size;
}

size_t strlen(const char *text) {
  const char *end = text;
  while (*end) end++;
  return (size_t)(end - text);
}

int strncmp(const char *a, const char *b, size_t size) {
  for (; size > 0 && *a && *a == *b; size--) a++, b++;
  return size > 0 ? (uint8_t)*a - (uint8_t)*b : 0;
}

int strcmp(const char *a, const char *b) { return strncmp(a, b, SIZE_MAX); }

char *strchr(const char *text, int byte) {
  for (; *text != (char)byte; text++)
    if (!*text) return NULL;
  return (char *)(uintptr_t)text;
}

char *strcpy(char *to, const char *from) { return memcpy(to, from, strlen(from) + 1); }

void *memchr(const void *bytes, int byte, size_t size) {
  for (const uint8_t *at = bytes; size > 0; at++, size--)
    if (*at == (uint8_t)byte) return (void *)(uintptr_t)at;
  return NULL;
}

/* Bytes at the start of which each is `wanted` among `set`, or not. */
static size_t span(const char *text, const char *set, bool wanted) {
  const char *end = text;
  while (*end && (strchr(set, *end) != NULL) == wanted) end++;
  return (size_t)(end - text);
}
size_t strspn(const char *text, const char *set) { return span(text, set, true); }
size_t strcspn(const char *text, const char *set) { return span(text, set, false); }

/* Copies where source and target may overlap; nothing large moves. */
void *memmove(void *to, const void *from, size_t size) {
  uint8_t *target = to;
  const uint8_t *source = from;
  if (target < source) {
    for (size_t i = 0; i < size; i++) target[i] = source[i];
  } else {
    while (size > 0) size--, target[size] = source[size];
  }
  return to;
}

static void rows_swap(uint8_t *a, uint8_t *b, size_t size) {
  for (size_t i = 0; i < size; i++) {
    uint8_t byte = a[i];
    a[i] = b[i];
    b[i] = byte;
  }
}

/* Sorts by a heap: in place, and whatever the order was, about twice count times its binary logarithm comparisons at
 * most. The constants of a guest's function are sorted by it, and there can be hundreds. */
void qsort(void *rows, size_t count, size_t size, int (*compare)(const void *, const void *)) {
  uint8_t *first = rows;
  for (size_t top = count / 2, end = count; end > 1;) {
    if (top > 0)
      top--; /* makes the heap */
    else
      rows_swap(first, first + --end * size, size); /* takes the largest from it */
    for (size_t at = top, child; (child = 2 * at + 1) < end; at = child) {
      if (child + 1 < end && compare(first + child * size, first + (child + 1) * size) < 0) child++;
      if (compare(first + at * size, first + child * size) >= 0) break;
      rows_swap(first + at * size, first + child * size, size);
    }
  }
}
