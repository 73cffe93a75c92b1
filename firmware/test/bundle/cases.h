/* Rows of the golden vectors as a board sees them. Every byte string lies in memory of exactly its size, so that a
 * sanitizer sees a read beyond. */
#ifndef CASES_H
#define CASES_H

#include "tars_bundle_vectors.h"
#include "tars_bundle_verify.h"

/* What a row's board knows, ready for the verifier. */
typedef struct {
  tars_bundle_policy policy;
  tars_bundle_committed committed;
  tars_root root;
  uint8_t *root_bytes, *key, *calls, *engine, *failed, *payload;
} case_board;

/* Bytes of hexadecimal; NULL for NULL. The caller frees them. */
uint8_t *case_bytes(const char *hex, uint32_t *size);
/* Makes the board of a row; `root` is its root document or NULL. False if that document is refused. */
bool case_open(case_board *board, const tars_vector_bundle *row, const char *root);
void case_close(case_board *board);

#endif
