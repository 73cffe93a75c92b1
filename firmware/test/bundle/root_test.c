/* Root documents against the golden vectors, and the strict Ed25519 against its edge cases. */
#include "cases.h"
#include "check.h"
#include "tars_ed25519.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

/* A document in memory of its own. */
typedef struct {
  uint8_t *bytes;
  uint32_t size;
  tars_root root;
} document;

/* The verdict on each row is the one that it names. */
static void check_verdicts(void) {
  for (size_t i = 0; i < COUNT(tars_vectors_documents); i++) {
    const char *name = tars_vectors_documents[i].name, *before = tars_vectors_documents[i].old;
    document old, now;
    bool same;
    old.bytes = case_bytes(before, &old.size);
    now.bytes = case_bytes(tars_vectors_documents[i].bytes, &now.size);
    if (before) CHECK_SAY(!tars_root_verify(old.bytes, old.size, NULL, &old.root, &same), "%s: the old one", name);
    int err = tars_root_verify(now.bytes, now.size, before ? &old.root : NULL, &now.root, &same);
    CHECK_SAY(err == -tars_vectors_documents[i].error, "%s: %s", name, tars_error_name(err));
    CHECK_SAY(same == tars_vectors_documents[i].same, "%s: the same", name);
    if (!err) CHECK_SAY(!tars_root_read(now.bytes, now.size, &now.root), "%s: read again", name);
    free(old.bytes);
    free(now.bytes);
  }
}

/* A document is refused with any bit flipped, and with any length but its own. */
static void check_damage(const char *hex) {
  document now;
  bool same;
  now.bytes = case_bytes(hex, &now.size);
  for (uint32_t bit = 0; bit < 8 * now.size; bit++) {
    now.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    CHECK_SAY(tars_root_verify(now.bytes, now.size, NULL, &now.root, &same) < 0, "bit %u", bit);
    now.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
  for (uint32_t cut = 0; cut < now.size; cut++) {
    uint8_t *part = malloc(cut ? cut : 1);
    memcpy(part, now.bytes, cut);
    CHECK_SAY(tars_root_verify(part, cut, NULL, &now.root, &same) == -TARS_E_TRUNCATED, "the first %u bytes", cut);
    free(part);
  }
  CHECK_SAY(!tars_root_verify(now.bytes, now.size, NULL, &now.root, &same), "whole again");
  free(now.bytes);
}

/* The members of the first root document, each written out by hand. */
static void check_members(void) {
  document one;
  one.bytes = case_bytes(tars_vectors_roots[0], &one.size);
  CHECK_SAY(!tars_root_read(one.bytes, one.size, &one.root), "refused");
  CHECK_SAY(one.root.version == 1 && one.root.epoch == 0 && one.root.sequence == 0 && one.root.count == 2, "numbers");
  CHECK_SAY(!strcmp(one.root.owner, "robots.example"), "owner");
  CHECK_SAY(one.root.thresholds[TARS_ROLE_ROOT] == 1 && one.root.thresholds[TARS_ROLE_RELEASE] == 1 &&
                one.root.thresholds[TARS_ROLE_OPERATOR] == 1 && one.root.thresholds[TARS_ROLE_AOT] == 0 &&
                one.root.thresholds[TARS_ROLE_DEV] == 0,
            "thresholds");
  for (uint8_t i = 0; i < one.root.count; i++)
    CHECK_SAY(tars_root_find(&one.root, one.root.keys[i].public_key) == &one.root.keys[i], "key %d", i);
  uint8_t id[16];
  static const uint8_t dns[16] = TARS_DNS_NAMESPACE;
  tars_id_make(dns, one.root.owner, (uint32_t)strlen(one.root.owner), id);
  CHECK_SAY(!memcmp(id, one.root.vendor, sizeof id), "vendor id of the owner");
  free(one.bytes);
}

/* The verdicts that ota/host/ed25519.test.ts expects: 3 is right without cofactor, 4 and 5 only with it. */
static void check_edges(void) {
  static const int verdicts[] = { TARS_E_SMALL_ORDER,   TARS_E_SMALL_ORDER,   TARS_E_SMALL_ORDER, 0,
                                  TARS_E_BAD_SIGNATURE, TARS_E_BAD_SIGNATURE, TARS_E_MALLEABLE,   TARS_E_MALLEABLE,
                                  TARS_E_SMALL_ORDER,   TARS_E_SMALL_ORDER,   TARS_E_SMALL_ORDER, TARS_E_SMALL_ORDER };
  CHECK_SAY(COUNT(tars_vectors_edges) == COUNT(verdicts), "twelve");
  for (size_t i = 0; i < COUNT(tars_vectors_edges); i++) {
    uint32_t size, ignored;
    uint8_t *message = case_bytes(tars_vectors_edges[i].message, &size),
            *key = case_bytes(tars_vectors_edges[i].key, &ignored);
    uint8_t *signature = case_bytes(tars_vectors_edges[i].signature, &ignored);
    int err = tars_ed25519_verify(message, size, signature, key);
    CHECK_SAY(err == -verdicts[i], "edge case %d: %s", (int)i, tars_error_name(err));
    free(message);
    free(key);
    free(signature);
  }
}

/* Signatures of RFC 8032, 7.1, tests 1 and 2, and each with a bit flipped in message, key or signature. */
static void check_rfc(void) {
  static const struct {
    const char *key, *message, *signature;
  } rows[] = {
    { "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
      "655141438e7a100b" },
    { "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
      "b00d291612bb0c00" },
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    uint32_t size, ignored;
    uint8_t *message = case_bytes(rows[i].message, &size), *key = case_bytes(rows[i].key, &ignored),
            *signature = case_bytes(rows[i].signature, &ignored);
    CHECK_SAY(!tars_ed25519_verify(message, size, signature, key), "test %d", (int)i + 1);
    for (uint32_t bit = 0; bit < 8 * 96 + 8 * size; bit++) {
      uint8_t *byte = bit < 512 ? &signature[bit / 8] : bit < 768 ? &key[bit / 8 - 64] : &message[bit / 8 - 96];
      *byte ^= (uint8_t)(1u << bit % 8);
      CHECK_SAY(tars_ed25519_verify(message, size, signature, key) < 0, "test %d with bit %u flipped", (int)i + 1, bit);
      *byte ^= (uint8_t)(1u << bit % 8);
    }
    free(message);
    free(key);
    free(signature);
  }
}

int main(void) {
  check_verdicts();
  check_damage(tars_vectors_roots[0]);
  check_members();
  check_edges();
  check_rfc();
  return check_report("root");
}
