/* Boards out of rows; see cases.h. */
#include "cases.h"

#include <stdlib.h>
#include <string.h>

static uint8_t digit(char c) { return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10); }

uint8_t *case_bytes(const char *hex, uint32_t *size) {
  *size = hex ? (uint32_t)strlen(hex) / 2 : 0;
  if (!hex) return NULL;
  uint8_t *bytes = malloc(*size ? *size : 1);
  for (uint32_t i = 0; i < *size; i++) bytes[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
  return bytes;
}

/* The bundle that the board has committed. */
static void set_committed(case_board *board, const tars_vector_bundle *row) {
  uint32_t size;
  uint8_t *digest = case_bytes(row->committed, &size);
  if (!digest) return;
  board->committed = (tars_bundle_committed){ .epoch = row->epoch, .number = row->number };
  memcpy(board->committed.digest, digest, TARS_BUNDLE_DIGEST);
  board->policy.committed = &board->committed;
  free(digest);
}

bool case_open(case_board *board, const tars_vector_bundle *row, const char *root) {
  tars_bundle_policy *policy = &board->policy;
  uint32_t size;
  memset(board, 0, sizeof *board);
  board->root_bytes = case_bytes(root, &size);
  if (root && tars_root_read(board->root_bytes, size, &board->root)) return false;
  policy->root = root ? &board->root : NULL;
  policy->board_class = (tars_text){ row->board_class, (uint16_t)strlen(row->board_class) };
  policy->public_key = board->key = case_bytes(row->key, &size);
  policy->calls.bytes = board->calls = case_bytes(row->calls, &policy->calls.size);
  policy->engine.bytes = board->engine = case_bytes(row->engine, &policy->engine.size);
  board->failed = case_bytes(row->failed, &size);
  policy->failed = (const uint8_t(*)[TARS_BUNDLE_DIGEST])(const void *)board->failed;
  policy->failed_count = size / TARS_BUNDLE_DIGEST;
  policy->payload.bytes = board->payload = case_bytes(row->payload, &policy->payload.size);
  set_committed(board, row);
  return true;
}

void case_close(case_board *board) {
  free(board->root_bytes);
  free(board->key);
  free(board->calls);
  free(board->engine);
  free(board->failed);
  free(board->payload);
}
