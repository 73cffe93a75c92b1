/* printf's formats as far as this firmware and its libraries use them: %d %i %u %x %X %c %s %%, a width with or without
 * zeros, the precision of %s, the lengths h, l, z, ll. newlib's formatter takes ten times the flash. Anything else is
 * copied as it stands. */
#include "format.h"

#include <stdbool.h>
#include <string.h>

/* Where the text goes; `size` counts what didn't fit, too. */
typedef struct {
  char *to;
  size_t capacity, size;
} sink;

/* One character, if there is room for it and for the end. */
static void put(sink *out, char byte) {
  if (out->size + 1 < out->capacity) out->to[out->size] = byte;
  out->size++;
}

/* Characters, right-justified in `width` with `fill`. */
static void put_text(sink *out, const char *text, size_t size, size_t width, char fill) {
  for (; width > size; width--) put(out, fill);
  while (size-- > 0) put(out, *text++);
}

/* A number; the sign comes before zeros and behind spaces. */
static void put_number(sink *out, unsigned long long value, bool negative, unsigned base, bool capital, size_t width,
                       char fill) {
  char digits[24], *at = digits + sizeof digits;
  do {
    unsigned digit = (unsigned)(value % base);
    *--at = (char)(digit < 10 ? '0' + digit : (capital ? 'A' : 'a') + digit - 10);
    value /= base;
  } while (value > 0);
  if (negative && fill == '0') {
    put(out, '-');
    width -= width > 0;
  } else if (negative)
    *--at = '-';
  put_text(out, at, (size_t)(digits + sizeof digits - at), width, fill);
}

/* Decimal digits of a format. */
static size_t number_read(const char **format) {
  size_t value = 0;
  for (; **format >= '0' && **format <= '9'; (*format)++) value = value * 10 + (size_t)(**format - '0');
  return value;
}

/* vsnprintf. */
int tars_format(char *to, size_t capacity, const char *format, va_list arguments) {
  sink out = { .to = to, .capacity = capacity };
  for (; *format; format++) {
    if (*format != '%') {
      put(&out, *format);
      continue;
    }
    const char *begin = format++;
    char fill = *format == '0' ? '0' : ' ';
    size_t width = number_read(&format), precision = SIZE_MAX;
    if (*format == '.' && *++format == '*') {
      int given = va_arg(arguments, int);
      precision = given < 0 ? SIZE_MAX : (size_t)given;
      format++;
    } else if (format[-1] == '.')
      precision = number_read(&format);
    int longs = 0;
    for (; *format == 'l' || *format == 'h' || *format == 'z'; format++)
      longs += *format == 'l' || (*format == 'z' && sizeof(size_t) > sizeof(int));
    if (*format == 'd' || *format == 'i') {
      long long value = longs > 1    ? va_arg(arguments, long long)
                        : longs == 1 ? va_arg(arguments, long)
                                     : va_arg(arguments, int);
      put_number(&out, value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value, value < 0, 10, false,
                 width, fill);
    } else if (*format == 'u' || *format == 'x' || *format == 'X') {
      unsigned long long value = longs > 1    ? va_arg(arguments, unsigned long long)
                                 : longs == 1 ? va_arg(arguments, unsigned long)
                                              : va_arg(arguments, unsigned);
      put_number(&out, value, false, *format == 'u' ? 10 : 16, *format == 'X', width, fill);
    } else if (*format == 's') {
      const char *text = va_arg(arguments, const char *), *end = memchr(text, 0, precision);
      put_text(&out, text, end ? (size_t)(end - text) : precision, width, ' ');
    } else if (*format == 'c')
      put(&out, (char)va_arg(arguments, int));
    else {
      if (*format != '%') put_text(&out, begin, (size_t)(format - begin), 0, ' ');
      if (*format == 0) break;
      put(&out, *format);
    }
  }
  if (capacity > 0) to[out.size < capacity ? out.size : capacity - 1] = 0;
  return (int)out.size;
}
