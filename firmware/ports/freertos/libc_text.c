/* In the place of newlib's own: formats, strings and sorting for size, because nothing here hangs on their speed. */
#include "format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As C has it, within format.h. */
int vsnprintf(char *to, size_t capacity, const char *format, va_list arguments) { return tars_format(to, capacity, format, arguments); }

/* As C has it, within format.h. */
int snprintf(char *to, size_t capacity, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int size = tars_format(to, capacity, format, arguments);
  va_end(arguments);
  return size;
}

/* Bytes before the zero. */
size_t strlen(const char *text) {
  const char *end = text;
  while (*end) end++;
  return (size_t)(end - text);
}

/* Compares at most `size` bytes. */
int strncmp(const char *a, const char *b, size_t size) {
  for (; size > 0 && *a && *a == *b; size--) a++, b++;
  return size > 0 ? (uint8_t)*a - (uint8_t)*b : 0;
}

/* Compares. */
int strcmp(const char *a, const char *b) { return strncmp(a, b, SIZE_MAX); }

/* First place of a byte; the zero counts. */
char *strchr(const char *text, int byte) {
  for (; *text != (char)byte; text++)
    if (!*text) return NULL;
  return (char *)(uintptr_t)text;
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
