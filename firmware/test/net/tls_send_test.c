/* What tls.c gives to mbedTLS: each byte once, in order, also when a record of mbedTLS itself is in the way. mbedTLS is
 * played here as it behaves: what it is given while a record waits isn't looked at, the waiting record leaves in its
 * place. */
#include "check.h"
#include "mbedtls/memory_buffer_alloc.h"
#include "mbedtls/ssl.h"
#include "tars_errors.h" /* TARS_E_* */
#include "tars_net.h"
#include "tars_os.h"
#include "tls.h"
#include "tls_reason.h"

#include <string.h>

static struct {
  bool room;           /* the connection takes bytes */
  bool room_in_read;   /* it begins to take bytes during the next read */
  bool asks;           /* the next read finds a request to negotiate anew, which is answered by an alert */
  uint32_t size, left; /* bytes of all records, and how many of them have left */
  char bytes[64];
} wire;

/* Sends the record that waits. */
static int record_flush(mbedtls_ssl_context *ssl) {
  if (ssl->out_left && !wire.room) return MBEDTLS_ERR_SSL_WANT_WRITE;
  wire.left = wire.size;
  ssl->out_left = 0;
  return 0;
}

/* Makes a record. */
static int record_make(mbedtls_ssl_context *ssl, const void *bytes, size_t size) {
  memcpy(wire.bytes + wire.size, bytes, size);
  wire.size += (uint32_t)size;
  ssl->out_left = size;
  return record_flush(ssl);
}

int mbedtls_ssl_write(mbedtls_ssl_context *ssl, const unsigned char *bytes, size_t size) {
  int err = ssl->out_left ? record_flush(ssl) : record_make(ssl, bytes, size);
  return err ? err : (int)size;
}

int mbedtls_ssl_read(mbedtls_ssl_context *ssl, unsigned char *bytes, size_t capacity) {
  (void)bytes, (void)capacity;
  wire.room |= wire.room_in_read;
  int err = !wire.asks ? 0 : ssl->out_left ? record_flush(ssl) : record_make(ssl, "!", 1);
  wire.asks = false;
  return err ? err : MBEDTLS_ERR_SSL_WANT_READ;
}

int mbedtls_ssl_handshake(mbedtls_ssl_context *ssl) { return (void)ssl, 0; }
int mbedtls_ssl_close_notify(mbedtls_ssl_context *ssl) { return (void)ssl, 0; }
int mbedtls_ssl_get_max_out_record_payload(const mbedtls_ssl_context *ssl) { return (void)ssl, 4096; }
uint32_t mbedtls_ssl_get_verify_result(const mbedtls_ssl_context *ssl) { return (void)ssl, 0; }
void mbedtls_ssl_init(mbedtls_ssl_context *ssl) { memset(ssl, 0, sizeof *ssl); }
void mbedtls_ssl_free(mbedtls_ssl_context *ssl) { memset(ssl, 0, sizeof *ssl); }
int mbedtls_ssl_setup(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config) { return (void)ssl, (void)config, 0; }
int mbedtls_ssl_set_hostname(mbedtls_ssl_context *ssl, const char *name) { return (void)ssl, (void)name, 0; }
void mbedtls_ssl_set_bio(mbedtls_ssl_context *ssl, void *context, mbedtls_ssl_send_t *send, mbedtls_ssl_recv_t *receive,
                         mbedtls_ssl_recv_timeout_t *timed) {
  (void)ssl, (void)context, (void)send, (void)receive, (void)timed;
}
void mbedtls_ssl_config_init(mbedtls_ssl_config *config) { (void)config; }
void mbedtls_ssl_config_free(mbedtls_ssl_config *config) { (void)config; }
int mbedtls_ssl_config_defaults(mbedtls_ssl_config *config, int endpoint, int transport, int preset) {
  return (void)config, (void)endpoint, (void)transport, (void)preset, 0;
}
void mbedtls_ssl_conf_authmode(mbedtls_ssl_config *config, int mode) { (void)config, (void)mode; }
void mbedtls_ssl_conf_ca_chain(mbedtls_ssl_config *config, mbedtls_x509_crt *ca, mbedtls_x509_crl *crl) {
  (void)config, (void)ca, (void)crl;
}
void mbedtls_ssl_conf_verify(mbedtls_ssl_config *config, int (*judge)(void *, mbedtls_x509_crt *, int, uint32_t *),
                             void *context) {
  (void)config, (void)judge, (void)context;
}
void mbedtls_ssl_conf_rng(mbedtls_ssl_config *config, int (*random)(void *, unsigned char *, size_t), void *context) {
  (void)config, (void)random, (void)context;
}
void mbedtls_ssl_conf_sig_hashes(mbedtls_ssl_config *config, const int *hashes) { (void)config, (void)hashes; }
int mbedtls_ssl_conf_max_frag_len(mbedtls_ssl_config *config, unsigned char code) {
  return (void)config, (void)code, 0;
}
void mbedtls_x509_crt_init(mbedtls_x509_crt *certificate) { (void)certificate; }
void mbedtls_x509_crt_free(mbedtls_x509_crt *certificate) { (void)certificate; }
int mbedtls_x509_crt_parse_der_nocopy(mbedtls_x509_crt *chain, const unsigned char *bytes, size_t size) {
  return (void)chain, (void)bytes, (void)size, 0;
}
void mbedtls_memory_buffer_alloc_init(unsigned char *pool, size_t size) { (void)pool, (void)size; }
tls_reason tars_tls_reason_of(int err, uint32_t flags, uint8_t alert) {
  return (void)err, (void)flags, (void)alert, (tls_reason){ -TARS_E_IO, "" };
}
int32_t tars_net_send(const void *bytes, uint32_t size) { return (void)bytes, (int32_t)size; }
int32_t tars_net_receive(void *bytes, uint32_t capacity) { return (void)bytes, (void)capacity, 0; }
int tars_os_random(uint8_t *bytes, uint32_t size) { return (void)bytes, (void)size, 0; }
int64_t tars_os_now_us(void) { return 0; }
void tars_os_panic(int number, const char *reason) { (void)number, (void)reason; }

/* A session whose connection takes nothing now. */
static void session_open(void) {
  static const uint8_t ca[1];
  memset(&wire, 0, sizeof wire);
  CHECK_EQUAL(tars_tls_open(&(tars_stream_config){ .host = "broker", .tls = true, .ca = ca, .ca_size = sizeof ca }), 0);
  CHECK_EQUAL(tars_tls_poll(), TARS_STREAM_OPEN);
}

/* True if these bytes have left, and no others. */
static bool sent(const char *bytes) { return wire.left == strlen(bytes) && memcmp(wire.bytes, bytes, wire.left) == 0; }

/* The rest of a record leaves in the middle of a read, because an alert was to follow it: nothing goes twice. */
static void left_in_read_test(void) {
  char bytes[8];
  session_open();
  CHECK_EQUAL(tars_tls_send("abcd", 4), 4);
  CHECK_EQUAL(tars_tls_send("ef", 2), 0);
  wire.asks = wire.room_in_read = true;
  CHECK_EQUAL(tars_tls_receive(bytes, sizeof bytes), 0);
  CHECK_EQUAL(tars_tls_send("ef", 2), 2);
  CHECK(sent("abcdef"));
  tars_tls_close();
}

/* An alert finds no room: what is sent after it isn't lost. */
static void alert_waits_test(void) {
  char bytes[8];
  session_open();
  wire.asks = true;
  CHECK_EQUAL(tars_tls_receive(bytes, sizeof bytes), 0);
  CHECK_EQUAL(tars_tls_send("ab", 2), 0);
  wire.room = true;
  CHECK_EQUAL(tars_tls_send("ab", 2), 2);
  CHECK(sent("!ab"));
  tars_tls_close();
}

int main(void) {
  left_in_read_test();
  alert_waits_test();
  return check_report("tls_send");
}
