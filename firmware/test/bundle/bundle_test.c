/* Bundles against the golden vectors: what boards take, and the table of attacks, with the code of each refusal. */
#include "cases.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

/* Of the bits of a document every third is flipped here; all are in the long run of ota/host/device.test.ts. */
#define NEXT_BIT 3

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

/* Root document of a row, NULL if its board has none. */
static const char *root_of(const tars_vector_bundle *row) {
  return row->root < 0 ? NULL : tars_vectors_roots[row->root];
}

/* The row of the golden vectors with this name. */
static const tars_vector_bundle *row_of(const char *name) {
  const tars_vector_bundle *row = tars_vectors_bundles;
  while (strcmp(row->name, name)) row++;
  return row;
}

/* The verdict on each row is the one that it names. */
static void check_verdicts(void) {
  static case_board board;
  for (size_t i = 0; i < COUNT(tars_vectors_bundles); i++) {
    const tars_vector_bundle *row = &tars_vectors_bundles[i];
    tars_bundle_facts facts;
    uint32_t size;
    uint8_t *bytes = case_bytes(row->bytes, &size);
    CHECK_SAY(case_open(&board, row, root_of(row)), "%s: root document", row->name);
    int err = tars_bundle_verify(bytes, size, &board.policy, &facts);
    CHECK_SAY(err == -row->error, "%s: %s", row->name, tars_error_name(err));
    CHECK_SAY(facts.same == row->same, "%s: the same", row->name);
    case_close(&board);
    free(bytes);
  }
}

/* The facts of the Kalman filter's bundle, each written out by hand. */
static void check_facts(void) {
  static case_board board;
  static const uint8_t calls[] = { 0x1c }; /* bit i: the grant has call i: 2, 3 and 4 */
  const tars_vector_bundle *row = row_of("kalman");
  tars_bundle_facts facts;
  uint32_t size;
  uint8_t *bytes = case_bytes(row->bytes, &size);
  CHECK_SAY(case_open(&board, row, root_of(row)) && !tars_bundle_verify(bytes, size, &board.policy, &facts), "refused");
  CHECK_SAY(facts.epoch == 0 && facts.number == 7 && facts.health_ms == 5000, "numbers");
  CHECK_SAY(!facts.device && !facts.engine.size && !facts.delta && !facts.detached && !facts.same, "options");
  CHECK_SAY(facts.calls.size == 1 && !memcmp(facts.calls.bytes, calls, 1), "calls");
  CHECK_SAY(facts.payload.size == facts.payload_size && facts.payload.bytes + facts.payload.size == bytes + size,
            "payload");
  CHECK_SAY(facts.aot_signers == 0, "signers");
  CHECK_SAY(!memcmp(facts.vendor, board.root.vendor, TARS_BUNDLE_ID), "vendor");
  case_close(&board);
  free(bytes);
}

/* A detached payload that comes after its announcement: the right one, each with a bit flipped, and one cut short. */
static void check_later(void) {
  static case_board board;
  const tars_vector_bundle *announced = row_of("detached, payload to be fetched"),
                           *whole = row_of("detached, payload at hand");
  tars_bundle_facts facts;
  uint32_t size, length;
  uint8_t *bytes = case_bytes(announced->bytes, &size), *payload = case_bytes(whole->payload, &length);
  CHECK_SAY(case_open(&board, announced, root_of(announced)) && !tars_bundle_verify(bytes, size, &board.policy, &facts),
            "refused");
  CHECK_SAY(facts.detached && !facts.payload.bytes && facts.payload_size == length, "announcement");
  CHECK_SAY(!tars_bundle_payload(payload, length, &board.policy, &facts), "payload");
  for (uint32_t bit = 0; bit < 8 * length; bit += NEXT_BIT) {
    payload[bit / 8] ^= (uint8_t)(1u << bit % 8);
    CHECK_SAY(tars_bundle_payload(payload, length, &board.policy, &facts) == -TARS_E_PAYLOAD_DIGEST, "bit %u", bit);
    payload[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  CHECK_SAY(tars_bundle_payload(payload, length - 1, &board.policy, &facts) == -TARS_E_PAYLOAD_SIZE, "cut short");
  case_close(&board);
  free(payload);
  free(bytes);
}

/* A bundle is refused with a bit flipped, and with any length but its own: a shorter one as truncated. */
static void check_damage(const char *name) {
  static case_board board;
  const tars_vector_bundle *row = row_of(name);
  tars_bundle_facts facts;
  uint32_t size;
  uint8_t *bytes = case_bytes(row->bytes, &size);
  CHECK_SAY(case_open(&board, row, root_of(row)), "root document");
  for (uint32_t bit = 0; bit < 8 * size; bit += NEXT_BIT) {
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    CHECK_SAY(tars_bundle_verify(bytes, size, &board.policy, &facts) < 0, "%s with bit %u flipped", name, bit);
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  for (uint32_t cut = 0; cut < size; cut++) {
    uint8_t *part = malloc(cut ? cut : 1);
    memcpy(part, bytes, cut);
    int err = tars_bundle_verify(part, cut, &board.policy, &facts);
    CHECK_SAY(err == -TARS_E_TRUNCATED, "%s, the first %u bytes: %s", name, cut, tars_error_name(err));
    free(part);
  }
  CHECK_SAY(!tars_bundle_verify(bytes, size, &board.policy, &facts), "%s, whole again", name);
  case_close(&board);
  free(bytes);
}

/* The examples of the SUIT specification are signed with another algorithm. */
static void check_suit(void) {
  static case_board board;
  const tars_vector_bundle *row = row_of("kalman");
  CHECK_SAY(case_open(&board, row, root_of(row)), "root document");
  for (size_t i = 0; i < COUNT(tars_vectors_suit); i++) {
    tars_bundle_facts facts;
    uint32_t size;
    uint8_t *bytes = case_bytes(tars_vectors_suit[i].bytes, &size);
    int err = tars_bundle_verify(bytes, size, &board.policy, &facts);
    CHECK_SAY(err == -TARS_E_ALGORITHM, "%s: %s", tars_vectors_suit[i].title, tars_error_name(err));
    free(bytes);
  }
  case_close(&board);
}

int main(void) {
  check_verdicts();
  check_facts();
  check_later();
  check_damage("kalman");
  check_damage("detached, payload to be fetched");
  check_suit();
  return check_report("bundle");
}
