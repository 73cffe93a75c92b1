/* COBS encoder. Decoding is part of the frame receiver, which sees one byte at a time. */
#include "cobs.h"

enum { BLOCK = 255 }; /* code of a block of 254 bytes without a zero after it */

/* Leaves room for the code of the next block. */
static void open_block(tars_cobs *cobs) { cobs->code_at = cobs->size++; }

/* Writes the code of the open block. */
static void close_block(tars_cobs *cobs) { cobs->out[cobs->code_at] = (uint8_t)(cobs->size - cobs->code_at); }

/* Begins with an empty block. */
void tars_cobs_begin(tars_cobs *cobs, uint8_t *out) {
  *cobs = (tars_cobs){ out, 0, 0 };
  open_block(cobs);
}

/* Adds one byte. A full block is closed when another byte comes, so that none is left empty at the end. */
void tars_cobs_byte(tars_cobs *cobs, uint8_t byte) {
  if (cobs->size - cobs->code_at == BLOCK) {
    close_block(cobs);
    open_block(cobs);
  }
  if (byte == 0) {
    close_block(cobs);
    open_block(cobs);
  } else {
    cobs->out[cobs->size++] = byte;
  }
}

/* Closes the last block. */
uint32_t tars_cobs_end(tars_cobs *cobs) {
  close_block(cobs);
  return cobs->size;
}
