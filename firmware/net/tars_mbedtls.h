/* What is built of mbedTLS (MBEDTLS_CONFIG_FILE): a TLS 1.2 client whose certificates use P-256 or RSA with SHA-256.
 * There is no clock that a board could trust, so MBEDTLS_HAVE_TIME_DATE stays out and dates are not compared: a
 * certificate that has expired is as good as its signature, and a stolen key of a broker is answered by giving the
 * boards another CA. What counts doesn't hang on it: bundles and commands carry signatures of their own. */
#ifndef TARS_MBEDTLS_H
#define TARS_MBEDTLS_H

/* Memory: a pool of tls.c; nothing of it ever asks the C library. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_MEMORY_ALIGN_MULTIPLE 8 /* what any type needs; the default of 4 is for pointers of 32 bits */
#ifdef TARS_TLS_STATISTICS
#define MBEDTLS_MEMORY_DEBUG                /* peak and rest of the pool, for tests */
#define MBEDTLS_PLATFORM_FPRINTF_MACRO(...) 0
#endif
/* The pool was overwritten: the board stops. */
_Noreturn void tars_tls_broken(void);
#define MBEDTLS_PLATFORM_EXIT_MACRO(code) tars_tls_broken()

/* Numbers and ciphers. Random bytes come from tars_os_random alone. */
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_MPI_MAX_SIZE    512 /* RSA of 4,096 bits */
#define MBEDTLS_MPI_WINDOW_SIZE 1   /* public exponents are short */
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_WINDOW_SIZE       4
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#define MBEDTLS_ECP_NO_INTERNAL_RNG
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_RSA_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_ALT /* the board's own: sha256_alt.h */
#define MBEDTLS_MD_C
#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_AES_SETKEY_DEC_ALT /* never asked for: tls_absent.c */
#define MBEDTLS_AES_DECRYPT_ALT
#define MBEDTLS_GCM_C
#define MBEDTLS_CIPHER_C

/* Certificates. */
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_OID_C
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_CHECK_KEY_USAGE
#define MBEDTLS_X509_CHECK_EXTENDED_KEY_USAGE
#define MBEDTLS_X509_REMOVE_INFO
#define MBEDTLS_X509_MAX_INTERMEDIATE_CA 4

/* The protocol. A broker is asked for records of at most 4,096 bytes (the lesser of the two buffers can be asked for);
 * each message of the handshake must fit one. */
#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_RSA_ENABLED
#define MBEDTLS_SSL_CIPHERSUITES                                                                                       \
  MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
#define MBEDTLS_SSL_SERVER_NAME_INDICATION
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#define MBEDTLS_SSL_ALL_ALERT_MESSAGES /* so that the broker's log says why too */
#define MBEDTLS_SSL_MAX_FRAGMENT_LENGTH
#define MBEDTLS_SSL_IN_CONTENT_LEN  4096
#define MBEDTLS_SSL_OUT_CONTENT_LEN 4096

#include "mbedtls/check_config.h" /* contradictions */

#endif
