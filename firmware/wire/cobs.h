/* Consistent overhead byte stuffing (Cheshire and Baker, 1999): bytes without zeros, one more for each 254. */
#ifndef COBS_H
#define COBS_H

#include <stdint.h>

/* Encoder that is fed byte by byte; the caller has room for all bytes, one more for each 254 and one. */
typedef struct {
  uint8_t *out;
  uint32_t size, code_at; /* bytes written, place of the code of the open block */
} tars_cobs;

void tars_cobs_begin(tars_cobs *cobs, uint8_t *out);
void tars_cobs_byte(tars_cobs *cobs, uint8_t byte);
/* Number of bytes written. */
uint32_t tars_cobs_end(tars_cobs *cobs);

#endif
