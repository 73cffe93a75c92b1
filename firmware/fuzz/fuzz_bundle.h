/* Boards of the golden vectors, and documents around parts that were mutated. fuzz_bundle_make.c is not what is fuzzed:
 * it is compiled without feedback of coverage. */
#ifndef FUZZ_BUNDLE_H
#define FUZZ_BUNDLE_H

#include "cases.h"

enum { FUZZ_ROWS = sizeof tars_vectors_bundles / sizeof tars_vectors_bundles[0] };
/* Bytes of the longest part. */
enum { FUZZ_CAPACITY = 16384 };

/* A row of the golden vectors: its board, and its bundle in memory of exactly its size. */
typedef struct {
  case_board board;
  uint8_t *bundle;
  tars_bytes payload; /* integrated; bytes NULL: none */
  tars_bytes module;  /* the first one and all that follows it; bytes NULL: none */
  uint8_t device[TARS_BUNDLE_ID];
} fuzz_row;

/* Lays bytes out so that the sanitizer sees a step beyond them, as after malloc; they stay until the next call. */
uint8_t *fuzz_lay_out(const void *bytes, uint32_t size);

fuzz_row *fuzz_row_of(uint32_t i);

/* Wraps a document with the right digest and with signatures of all keys of the root document that have the role. */
void fuzz_write_envelope(tars_cbor_writer *out, uint32_t tag, tars_bytes document, const tars_root *root, uint8_t role,
                         tars_bytes payload);
/* Writes a manifest around a shared sequence. */
void fuzz_write_manifest(tars_cbor_writer *out, uint64_t sequence, tars_bytes shared, bool detached);
/* Writes the shared sequence that says what the facts say. */
void fuzz_write_shared(tars_cbor_writer *out, const tars_bundle_facts *facts);

/* A command or a beacon on the board of a row; true if it is accepted. */
bool fuzz_try_fleet(uint8_t document, const fuzz_row *row, const uint8_t *data, uint32_t size);

#endif
