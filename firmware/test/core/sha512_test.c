/* SHA-512 against the vectors of FIPS 180-4 and NIST's SHAVS, whole and in every split. */
#include "check.h"
#include "tars_sha512.h"

#include <string.h> /* memset, strcmp, strlen */

typedef struct {
  const char *text, *hex;
} vector;

static const vector vectors[] = {
  { "", "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a"
        "81a538327af927da3e" },
  { "abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643"
           "ce80e2a9ac94fa54ca49f" },
  { "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
    "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e"
    "96e55b874be909" },
};

/* Digest in hexadecimal. */
static void hex_of(tars_sha512 *sha, char hex[129]) {
  uint8_t digest[64];
  tars_sha512_end(sha, digest);
  for (int i = 0; i < 64; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

/* Each vector, split at every place. */
static void vectors_match(void) {
  for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) {
    size_t size = strlen(vectors[v].text);
    for (size_t split = 0; split <= size; split++) {
      tars_sha512 sha;
      char hex[129];
      tars_sha512_begin(&sha);
      tars_sha512_add(&sha, vectors[v].text, split);
      tars_sha512_add(&sha, vectors[v].text + split, size - split);
      hex_of(&sha, hex);
      CHECK(strcmp(hex, vectors[v].hex) == 0);
    }
  }
}

/* A million times `a`. */
static void long_message_matches(void) {
  static char text[1000000];
  tars_sha512 sha;
  char hex[129];
  memset(text, 'a', sizeof text);
  tars_sha512_begin(&sha);
  tars_sha512_add(&sha, text, sizeof text);
  hex_of(&sha, hex);
  CHECK(strcmp(hex, "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb"
                    "009c5c2c49aa2e4eadb217ad8cc09b") == 0);
}

int main(void) {
  vectors_match();
  long_message_matches();
  return check_report("sha512");
}
