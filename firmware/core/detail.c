#include "tars_detail.h"

#include <stdarg.h>
#include <stdio.h> /* vsnprintf */

int tars_detail_say(tars_detail detail, int code, const char *format, ...) {
  va_list arguments;
  if (detail.text == NULL || detail.size == 0) return code;
  va_start(arguments, format);
  vsnprintf(detail.text, detail.size, format, arguments);
  va_end(arguments);
  for (char *at = detail.text; *at; at++)
    if (*at < ' ' || *at > '~') *at = '?'; /* names of a module that is refused may hold anything */
  return code;
}
