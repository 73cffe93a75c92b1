/* Texts from formats, for libc.c and its test. */
#ifndef TARS_FORMAT_H
#define TARS_FORMAT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h> /* SIZE_MAX */

/* vsnprintf without floating point, field flags and %n: size of the whole text, of which `capacity` − 1 bytes and a
 * zero are written. */
int tars_format(char *to, size_t capacity, const char *format, va_list arguments);

#endif
