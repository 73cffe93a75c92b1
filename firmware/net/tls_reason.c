/* The table of what can go wrong with TLS; see tls_reason.h. */
#include "tls_reason.h"

#include <stdbool.h>
#include <stddef.h> /* size_t */

#include "mbedtls/ssl.h"  /* MBEDTLS_ERR_SSL_… */
#include "mbedtls/x509.h" /* MBEDTLS_X509_BADCERT_… */
#include "tars_errors.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

/* What is wrong with a certificate, the worst first. */
static const struct {
  uint32_t flag;
  const char *text;
} certificates[] = {
  { MBEDTLS_X509_BADCERT_NOT_TRUSTED, "the broker's certificate is not signed by the CA that this board was given" },
  { MBEDTLS_X509_BADCERT_CN_MISMATCH, "the broker's certificate is for another host name" },
  { MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE | MBEDTLS_X509_BADCERT_NS_CERT_TYPE,
    "the broker's certificate is not made for a server" },
  { MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY,
    "the broker's certificate has a key or hash that is too weak, or that this board doesn't know" },
};

/* What the broker's alert means for whoever set the two up. */
static const struct {
  uint8_t alert;
  tls_reason reason;
} alerts[] = {
  { MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE,
    { -TARS_E_IO, "the broker and this board have no cipher in common: the board needs TLS 1.2 with ECDHE on P-256 and "
                  "AES-128-GCM" } },
  { MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION, { -TARS_E_IO, "the broker doesn't offer TLS 1.2" } },
  { MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME,
    { -TARS_E_IO, "the broker doesn't know the host name that this board asks for" } },
};

/* Errors that speak for themselves. */
static const struct {
  int err;
  tls_reason reason;
} errors[] = {
  { MBEDTLS_ERR_SSL_INVALID_RECORD,
    { -TARS_E_IO, "what answers there doesn't speak TLS, or in records of more than 4,096 bytes" } },
  { MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION, { -TARS_E_IO, "the broker doesn't offer TLS 1.2" } },
  { MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE,
    { -TARS_E_DENIED, "the broker's certificate can't be read: it must be P-256 or RSA, with SHA-256" } },
  { MBEDTLS_ERR_SSL_INVALID_MAC, { -TARS_E_IO, "a record of the broker was changed on the way" } },
  { MBEDTLS_ERR_SSL_CONN_EOF, { -TARS_E_IO, "the broker closed the connection" } },
  { MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY, { -TARS_E_IO, "the broker closed the connection" } },
  { MBEDTLS_ERR_SSL_ALLOC_FAILED,
    { -TARS_E_IO, "the broker's certificates need more memory than this board has for TLS" } },
};

/* Low-level causes are added to errors of X.509: their high part says which. */
tls_reason tars_tls_reason_of(int err, uint32_t flags, uint8_t alert) {
  bool judged = err == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED || err == MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE;
  for (size_t i = 0; judged && i < COUNT(certificates); i++)
    if (flags & certificates[i].flag) return (tls_reason){ -TARS_E_DENIED, certificates[i].text };
  for (size_t i = 0; err == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE && i < COUNT(alerts); i++)
    if (alert == alerts[i].alert) return alerts[i].reason;
  if (err == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
    return (tls_reason){ -TARS_E_IO, "the broker refused the TLS handshake; its log says why" };
  for (size_t i = 0; i < COUNT(errors); i++)
    if (err == errors[i].err) return errors[i].reason;
  int high = -(-err & 0xff80);
  if (high <= MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE && high >= MBEDTLS_ERR_X509_FATAL_ERROR)
    return (tls_reason){ -TARS_E_DENIED,
                         "the broker's certificate can't be read: it must be P-256 or RSA, with SHA-256" };
  return (tls_reason){ -TARS_E_IO, "the broker's side of the TLS handshake is wrong" };
}
