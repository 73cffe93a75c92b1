/* SHA-256 against the vectors of FIPS 180-4 and NIST's SHAVS, whole and in every split. */
#include "check.h"
#include "tars_sha256.h"

#include <string.h> /* memcmp, strlen, memset */

typedef struct {
  const char *text, *hex;
} vector;

static const vector vectors[] = {
  { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
  { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
  { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
  { "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
    "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
};

/* Digest as hexadecimal text. */
static void hex_of(const uint8_t digest[32], char hex[65]) {
  for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

/* Each vector, split at every place. */
static void vectors_match(void) {
  for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) {
    size_t size = strlen(vectors[v].text);
    for (size_t split = 0; split <= size; split++) {
      tars_sha256 sha;
      uint8_t digest[32];
      char hex[65];
      tars_sha256_begin(&sha);
      tars_sha256_add(&sha, vectors[v].text, split);
      tars_sha256_add(&sha, vectors[v].text + split, size - split);
      tars_sha256_end(&sha, digest);
      hex_of(digest, hex);
      CHECK(strcmp(hex, vectors[v].hex) == 0);
    }
  }
}

/* A million times `a`. */
static void long_message_matches(void) {
  static char text[1000000];
  uint8_t digest[32];
  char hex[65];
  memset(text, 'a', sizeof text);
  tars_sha256_of(text, sizeof text, digest);
  hex_of(digest, hex);
  CHECK(strcmp(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0") == 0);
}

int main(void) {
  vectors_match();
  long_message_matches();
  return check_report("sha256");
}
