/* SHA-256 for mbedTLS out of the board's own, which is in every image. SHA-224 is refused: tls.c doesn't offer it. */
#include <string.h> /* memset */

#include "mbedtls/platform.h"      /* MBEDTLS_ERR_PLATFORM_… */
#include "mbedtls/platform_util.h" /* zeroize */
#include "mbedtls/sha256.h"

void mbedtls_sha256_init(mbedtls_sha256_context *sha) { memset(sha, 0, sizeof *sha); }

/* Wipes the state. */
void mbedtls_sha256_free(mbedtls_sha256_context *sha) {
  if (sha) mbedtls_platform_zeroize(sha, sizeof *sha);
}

/* Copies the state, so that a digest can be finished while the original goes on. */
void mbedtls_sha256_clone(mbedtls_sha256_context *copy, const mbedtls_sha256_context *sha) { *copy = *sha; }

int mbedtls_sha256_starts_ret(mbedtls_sha256_context *sha, int is_224) {
  tars_sha256_begin(sha);
  return is_224 ? MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED : 0;
}

int mbedtls_sha256_update_ret(mbedtls_sha256_context *sha, const unsigned char *bytes, size_t size) {
  tars_sha256_add(sha, bytes, size);
  return 0;
}

int mbedtls_sha256_finish_ret(mbedtls_sha256_context *sha, unsigned char digest[32]) {
  tars_sha256_end(sha, digest);
  return 0;
}
