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

/* Sorts by insertion: the tables of this firmware have a few dozen rows. */
void qsort(void *rows, size_t count, size_t size, int (*compare)(const void *, const void *)) {
  uint8_t *first = rows;
  for (size_t end = 1; end < count; end++) {
    for (uint8_t *row = first + end * size; row > first && compare(row - size, row) > 0; row -= size) {
      for (size_t i = 0; i < size; i++) {
        uint8_t byte = row[i];
        row[i] = row[i - size];
        row[i - size] = byte;
      }
    }
  }
}
