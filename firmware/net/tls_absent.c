/* What stands in the place of functions that a client without a private key never calls (tls_absent.h): each fails. */
#define TARS_TLS_ABSENT_KEYS
#define TARS_TLS_ABSENT_PARTS
#include "tls_absent.h"

#include "mbedtls/aes.h"
#include "mbedtls/ecdsa.h"
#include "mbedtls/pk.h"
#include "mbedtls/rsa.h"
#include "mbedtls/rsa_internal.h"

typedef int (*random_source)(void *, unsigned char *, size_t);

/* Signatures and decryption with a private key. */
int mbedtls_rsa_pkcs1_sign(mbedtls_rsa_context *key, random_source random, void *context, int mode,
                           mbedtls_md_type_t kind, unsigned size, const unsigned char *digest,
                           unsigned char *signature) {
  (void)key, (void)random, (void)context, (void)mode, (void)kind, (void)size, (void)digest, (void)signature;
  return MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE;
}

/* Key exchange by RSA alone, which isn't built. */
int mbedtls_rsa_pkcs1_encrypt(mbedtls_rsa_context *key, random_source random, void *context, int mode, size_t size,
                              const unsigned char *in, unsigned char *out) {
  (void)key, (void)random, (void)context, (void)mode, (void)size, (void)in, (void)out;
  return MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE;
}

/* Decryption with a private key, which isn't built either. */
int mbedtls_rsa_pkcs1_decrypt(mbedtls_rsa_context *key, random_source random, void *context, int mode, size_t *size,
                              const unsigned char *in, unsigned char *out, size_t capacity) {
  (void)key, (void)random, (void)context, (void)mode, (void)size, (void)in, (void)out, (void)capacity;
  return MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE;
}

/* Whether two keys are a pair. */
int mbedtls_rsa_check_pub_priv(const mbedtls_rsa_context *public, const mbedtls_rsa_context *private) {
  (void)public, (void)private;
  return MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE;
}

/* Whether two keys are a pair. */
int mbedtls_ecp_check_pub_priv(const mbedtls_ecp_keypair *public, const mbedtls_ecp_keypair *private) {
  (void)public, (void)private;
  return MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE;
}

/* Signatures. */
int mbedtls_ecdsa_write_signature(mbedtls_ecdsa_context *key, mbedtls_md_type_t kind, const unsigned char *digest,
                                  size_t size, unsigned char *signature, size_t *signature_size, random_source random,
                                  void *context) {
  (void)key, (void)kind, (void)digest, (void)size, (void)signature, (void)signature_size, (void)random, (void)context;
  return MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE;
}

/* Parts of a private key from others. */
int mbedtls_rsa_deduce_primes(const mbedtls_mpi *n, const mbedtls_mpi *e, const mbedtls_mpi *d, mbedtls_mpi *p,
                              mbedtls_mpi *q) {
  (void)n, (void)e, (void)d, (void)p, (void)q;
  return MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
}

/* Parts of a private key from others. */
int mbedtls_rsa_deduce_private_exponent(const mbedtls_mpi *p, const mbedtls_mpi *q, const mbedtls_mpi *e,
                                        mbedtls_mpi *d) {
  (void)p, (void)q, (void)e, (void)d;
  return MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
}

/* Parts of a private key from others. */
int mbedtls_rsa_deduce_crt(const mbedtls_mpi *p, const mbedtls_mpi *q, const mbedtls_mpi *d, mbedtls_mpi *dp,
                           mbedtls_mpi *dq, mbedtls_mpi *qp) {
  (void)p, (void)q, (void)d, (void)dp, (void)dq, (void)qp;
  return MBEDTLS_ERR_RSA_BAD_INPUT_DATA;
}

/* Would check a private key. */
int mbedtls_rsa_validate_params(const mbedtls_mpi *n, const mbedtls_mpi *p, const mbedtls_mpi *q, const mbedtls_mpi *d,
                                const mbedtls_mpi *e, random_source random, void *context) {
  (void)n, (void)p, (void)q, (void)d, (void)e, (void)random, (void)context;
  return MBEDTLS_ERR_RSA_KEY_CHECK_FAILED;
}

/* Would check a private key. */
int mbedtls_rsa_validate_crt(const mbedtls_mpi *p, const mbedtls_mpi *q, const mbedtls_mpi *d, const mbedtls_mpi *dp,
                             const mbedtls_mpi *dq, const mbedtls_mpi *qp) {
  (void)p, (void)q, (void)d, (void)dp, (void)dq, (void)qp;
  return MBEDTLS_ERR_RSA_KEY_CHECK_FAILED;
}

/* Blocks of AES are only ever encrypted: GCM is a counter mode. */
int mbedtls_aes_setkey_dec(mbedtls_aes_context *key, const unsigned char *bytes, unsigned bits) {
  (void)key, (void)bytes, (void)bits;
  return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
}

/* Would decrypt a block, which GCM never does. */
int mbedtls_internal_aes_decrypt(mbedtls_aes_context *key, const unsigned char in[16], unsigned char out[16]) {
  (void)key, (void)in, (void)out;
  return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
}
