/* The reason of a refusal, for a person: a short text in the caller's buffer, or nothing. */
#ifndef TARS_DETAIL_H
#define TARS_DETAIL_H

#include <stdint.h>

typedef struct {
  char *text; /* may be NULL */
  uint32_t size;
} tars_detail;

/* Formats the reason like printf and returns `code`. */
int tars_detail_say(tars_detail detail, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
