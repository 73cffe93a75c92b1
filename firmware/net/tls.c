/* The handshake and what follows; see tls.h. mbedTLS calls back for bytes, random numbers and the verdict on
 * certificates. */
#include "tls.h"

#include <string.h> /* memcmp, strlen */

#include "mbedtls/memory_buffer_alloc.h" /* the pool */
#include "mbedtls/net_sockets.h"         /* MBEDTLS_ERR_NET_… */
#include "mbedtls/ssl.h"                 /* TLS */
#include "tars_errors.h"
#include "tars_net.h"
#include "tars_os.h" /* clock, random bytes */
#include "tls_reason.h"

/* Bytes of the pool: two record buffers of 8.7 KB in all, and 18 KB at most while RSA certificates are checked. */
#ifndef TARS_TLS_POOL
#define TARS_TLS_POOL 28672
#endif
/* A broker that has not finished the handshake by then is given up. */
#define HANDSHAKE_US 20000000

static struct {
  bool begun, over;    /* the context is in use; the handshake is done */
  int64_t deadline_us; /* of the handshake; 0: not started yet */
  int lost;            /* error of the connection below, 0 while it is there */
  bool numeric;        /* the host is an IPv4 address */
  uint8_t address[4];
  const char *reason;
  mbedtls_ssl_context ssl;
  mbedtls_ssl_config config;
  mbedtls_x509_crt ca;
  _Alignas(8) uint8_t pool[TARS_TLS_POOL];
} tls; /* all zero: an initial value would lie in flash, pool and all */

/* mbedTLS calls this when its pool is overwritten. */
_Noreturn void tars_tls_broken(void) {
  for (;;) tars_os_panic(31, "the memory of TLS is damaged");
}

/* Random bytes for mbedTLS. */
static int take_random(void *context, unsigned char *bytes, size_t size) {
  (void)context;
  return tars_os_random(bytes, (uint32_t)size);
}

/* Bytes to the connection. */
static int send_below(void *context, const unsigned char *bytes, size_t size) {
  (void)context;
  int32_t sent = tars_net_send(bytes, (uint32_t)size);
  if (sent < 0) tls.lost = sent;
  return sent > 0 ? sent : sent == 0 ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_NET_SEND_FAILED;
}

/* Bytes from the connection. */
static int receive_below(void *context, unsigned char *bytes, size_t capacity) {
  (void)context;
  int32_t got = tars_net_receive(bytes, (uint32_t)capacity);
  if (got < 0) tls.lost = got;
  return got > 0 ? got : got == 0 ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_NET_RECV_FAILED;
}

/* Four decimal numbers of at most three digits with dots between. */
static bool parse_address(const char *host, uint8_t address[4]) {
  for (int i = 0; i < 4; i++) {
    unsigned value = 0, digits = 0;
    for (; *host >= '0' && *host <= '9' && digits < 3; digits++) value = 10 * value + (unsigned)(*host++ - '0');
    if (!digits || value > 255 || *host++ != (i < 3 ? '.' : '\0')) return false;
    address[i] = (uint8_t)value;
  }
  return true;
}

/* mbedTLS compares names only: an address counts if the broker's own certificate has it among its alternative names. */
static int judge(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags) {
  (void)context;
  if (depth || !tls.numeric || !(*flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)) return 0;
  for (const mbedtls_x509_sequence *name = &certificate->subject_alt_names; name; name = name->next) {
    bool is_address = (name->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK) == MBEDTLS_X509_SAN_IP_ADDRESS;
    if (is_address && name->buf.len == sizeof tls.address && !memcmp(name->buf.p, tls.address, sizeof tls.address))
      *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
  }
  return 0;
}

/* Remembers the reason and returns the error. */
static int fail(int code, const char *reason) {
  tls.reason = reason;
  return code;
}

/* Brokers that ask for a certificate of the client often hang up without an alert when there is none. */
static bool refused_for_certificate(int err) {
  return !tls.over && tls.ssl.client_auth && (tls.lost || err == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE);
}

/* An error of mbedTLS as one of ours. */
static int fail_by(int err) {
  if (refused_for_certificate(err))
    return fail(-TARS_E_DENIED, "the broker wants a certificate of the client: boards have none");
  if (tls.lost)
    return fail(tls.lost, tls.over
                              ? "the connection to the broker is gone"
                              : "the broker closed the connection in the TLS handshake: is this the port for TLS?");
  tls_reason why =
      tars_tls_reason_of(err, mbedtls_ssl_get_verify_result(&tls.ssl), tls.ssl.in_msg ? tls.ssl.in_msg[1] : 0);
  return fail(why.code, why.text);
}

/* What every connection has in common. */
static int configure(const tars_stream_config *config) {
  static const int hashes[] = { MBEDTLS_MD_SHA256, MBEDTLS_MD_NONE };
  mbedtls_ssl_config *to = &tls.config;
  int err =
      mbedtls_ssl_config_defaults(to, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
  mbedtls_ssl_conf_authmode(to, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(to, &tls.ca, NULL);
  mbedtls_ssl_conf_verify(to, judge, NULL);
  mbedtls_ssl_conf_rng(to, take_random, NULL);
  mbedtls_ssl_conf_sig_hashes(to, hashes);
  if (!err) err = mbedtls_ssl_conf_max_frag_len(to, MBEDTLS_SSL_MAX_FRAG_LEN_4096);
  if (!err) err = mbedtls_ssl_setup(&tls.ssl, to);
  if (!err) err = mbedtls_ssl_set_hostname(&tls.ssl, config->host);
  mbedtls_ssl_set_bio(&tls.ssl, NULL, send_below, receive_below, NULL);
  return err;
}

/* Each connection begins with a fresh pool. */
int tars_tls_open(const tars_stream_config *config) {
  tars_tls_close();
  tls.reason = "";
  if (!config->ca || !config->ca_size)
    return fail(-TARS_E_DENIED, "this board was given no CA certificate: it trusts no broker");
  mbedtls_memory_buffer_alloc_init(tls.pool, sizeof tls.pool);
  mbedtls_ssl_init(&tls.ssl);
  mbedtls_ssl_config_init(&tls.config);
  mbedtls_x509_crt_init(&tls.ca);
  tls.begun = true;
  tls.over = false;
  tls.lost = 0;
  tls.deadline_us = 0;
  tls.numeric = parse_address(config->host, tls.address);
  if (mbedtls_x509_crt_parse_der_nocopy(&tls.ca, config->ca, config->ca_size)) {
    tars_tls_close();
    return fail(-TARS_E_DENIED,
                "the CA certificate that this board was given is damaged, or its key is neither P-256 nor RSA");
  }
  int err = configure(config);
  if (err) err = fail_by(err);
  if (err) tars_tls_close();
  return err;
}

/* True for errors that only mean "later". */
static bool waits(int err) { return err == MBEDTLS_ERR_SSL_WANT_READ || err == MBEDTLS_ERR_SSL_WANT_WRITE; }

/* Sends the rest of a record that was made before, ours or an alert of mbedTLS: 0 if all of it left or the connection
 * has no room, or a negative error. mbedTLS would send it in place of what it is given next, so that waits for it. */
static int flush(void) {
  if (!tls.ssl.out_left) return 0;
  int sent = mbedtls_ssl_write(&tls.ssl, NULL, 0);
  return sent < 0 && !waits(sent) ? fail_by(sent) : 0;
}

/* The time for the handshake starts with the first call. */
int tars_tls_poll(void) {
  if (!tls.begun) return -TARS_E_IO;
  if (tls.over) {
    int lost = flush();
    return lost ? lost : TARS_STREAM_OPEN;
  }
  int64_t now_us = tars_os_now_us();
  if (!tls.deadline_us) tls.deadline_us = now_us + HANDSHAKE_US;
  int err = mbedtls_ssl_handshake(&tls.ssl);
  if (!err) tls.over = true;
  if (!err) return TARS_STREAM_OPEN;
  if (!waits(err)) return fail_by(err);
  return now_us < tls.deadline_us
             ? TARS_STREAM_OPENING
             : fail(-TARS_E_TIMEOUT, "the broker accepted the connection but doesn't finish the TLS handshake");
}

/* A record is taken whole, even if the connection has room for a part of it only. */
int32_t tars_tls_send(const void *bytes, uint32_t size) {
  if (!tls.over) return -TARS_E_IO;
  int err = flush();
  if (err || tls.ssl.out_left || !size) return err;
  int most = mbedtls_ssl_get_max_out_record_payload(&tls.ssl);
  if (most > 0 && size > (uint32_t)most) size = (uint32_t)most;
  int sent = mbedtls_ssl_write(&tls.ssl, bytes, size);
  if (waits(sent)) return (int32_t)size;
  return sent < 0 ? fail_by(sent) : sent;
}

/* The end of the stream is an error here, as below. */
int32_t tars_tls_receive(void *bytes, uint32_t capacity) {
  if (!tls.over) return -TARS_E_IO;
  int err = flush();
  if (err || !capacity) return err;
  int got = mbedtls_ssl_read(&tls.ssl, bytes, capacity);
  if (waits(got)) return 0;
  if (got == 0 || got == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return fail(-TARS_E_IO, "the broker closed the connection");
  return got < 0 ? fail_by(got) : got;
}

/* mbedTLS wipes what it frees. */
void tars_tls_close(void) {
  if (!tls.begun) return;
  if (tls.over && !tls.lost && !tls.ssl.out_left) mbedtls_ssl_close_notify(&tls.ssl);
  mbedtls_ssl_free(&tls.ssl);
  mbedtls_ssl_config_free(&tls.config);
  mbedtls_x509_crt_free(&tls.ca);
  tls.begun = tls.over = false;
}

const char *tars_tls_reason(void) { return tls.reason ? tls.reason : ""; }
