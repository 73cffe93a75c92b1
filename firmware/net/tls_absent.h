/* Functions of mbedTLS that work with a private RSA or ECDSA key, or decrypt blocks of AES: a client without a
 * certificate, with GCM, never calls them, but tables name them, and they take 6 KB. tls.cmake has this header included
 * first where they are named; what stands there in their place, in tls_absent.c, fails. */
#ifndef TARS_TLS_ABSENT_H
#define TARS_TLS_ABSENT_H

#ifdef TARS_TLS_ABSENT_KEYS /* in pk_wrap.c */
#define mbedtls_rsa_pkcs1_sign        tars_absent_rsa_sign
#define mbedtls_rsa_pkcs1_encrypt     tars_absent_rsa_encrypt
#define mbedtls_rsa_pkcs1_decrypt     tars_absent_rsa_decrypt
#define mbedtls_rsa_check_pub_priv    tars_absent_rsa_pair
#define mbedtls_ecdsa_write_signature tars_absent_ecdsa_sign
#define mbedtls_ecp_check_pub_priv    tars_absent_ecp_pair
#endif

#ifdef TARS_TLS_ABSENT_PARTS /* in rsa.c */
#define mbedtls_rsa_deduce_primes           tars_absent_rsa_primes
#define mbedtls_rsa_deduce_private_exponent tars_absent_rsa_exponent
#define mbedtls_rsa_deduce_crt              tars_absent_rsa_crt
#define mbedtls_rsa_validate_params         tars_absent_rsa_params
#define mbedtls_rsa_validate_crt            tars_absent_rsa_crt_valid
#endif

#endif
