/* One connection to a broker through tars_stream.h, for tls_test.mjs: handshake, then a message that comes back. The
 * port below is small and evil: it connects to the loopback whatever the host is called, can pass single bytes, flip
 * one, and its clock can run fast. Prints `open PEAK`, or `error CODE REASON`; PEAK is the most that the pool ever
 * held. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "conversation.h"
#include "mbedtls/memory_buffer_alloc.h"
#include "tars_errors.h"
#include "tars_net.h"
#include "tars_os.h"
#include "tars_stream.h"

enum { NEVER = -1, FAST = 100 };

static struct {
  int socket;
  bool trickle;         /* one byte at a time, and every second time none */
  bool sends, receives; /* a byte may pass this time */
  int64_t rate;         /* of the clock */
  int64_t flip, received;
} port = { .socket = -1, .rate = 1, .flip = NEVER };

/* The monotonic clock, sped up by `port.rate`. */
int64_t tars_os_now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (now.tv_sec * 1000000 + now.tv_nsec / 1000) * port.rate;
}

int tars_os_random(uint8_t *bytes, uint32_t size) {
  return getrandom(bytes, size, 0) == (ssize_t)size ? 0 : -TARS_E_IO;
}

void tars_os_panic(int number, const char *reason) {
  printf("panic %d %s\n", number, reason);
  exit(1);
}

/* Connecting blocks, because the loopback answers at once. */
int tars_net_open(const char *host, uint16_t number) {
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons(number),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  (void)host;
  port.received = 0;
  port.socket = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(port.socket, (const struct sockaddr *)&address, sizeof address)) return -TARS_E_IO;
  return fcntl(port.socket, F_SETFL, O_NONBLOCK) ? -TARS_E_IO : 0;
}

int tars_net_state_get(void) { return port.socket < 0 ? TARS_NET_CLOSED : TARS_NET_OPEN; }

/* How many of `size` bytes may pass now. */
static uint32_t allowed(bool *now, uint32_t size) {
  *now = !*now;
  return port.trickle ? *now && size : size;
}

int32_t tars_net_send(const void *bytes, uint32_t size) {
  if (port.socket < 0) return -TARS_E_IO;
  size = allowed(&port.sends, size);
  ssize_t sent = size ? send(port.socket, bytes, size, MSG_NOSIGNAL) : 0;
  return sent >= 0 ? (int32_t)sent : errno == EAGAIN ? 0 : -TARS_E_IO;
}

/* Receives from the socket; the top bit of one byte may be flipped. */
int32_t tars_net_receive(void *bytes, uint32_t capacity) {
  if (port.socket < 0) return -TARS_E_IO;
  capacity = allowed(&port.receives, capacity);
  ssize_t got = capacity ? recv(port.socket, bytes, capacity, 0) : 0;
  if (capacity && got == 0) return -TARS_E_IO;
  if (got < 0) return errno == EAGAIN ? 0 : -TARS_E_IO;
  if (port.flip >= port.received && port.flip < port.received + got)
    ((uint8_t *)bytes)[port.flip - port.received] ^= 0x80;
  port.received += got;
  return (int32_t)got;
}

void tars_net_close(void) {
  if (port.socket >= 0) close(port.socket);
  port.socket = -1;
}

/* A moment is enough: the broker runs on the same computer. */
void conversation_rest(void) {
  struct pollfd wait = { .fd = port.socket, .events = POLLIN };
  if (!port.trickle) poll(&wait, 1, 1);
}

/* Whether all that was taken from the pool came back. */
static bool pool_empty(size_t *peak) {
  size_t used, blocks;
  mbedtls_memory_buffer_alloc_max_get(peak, &blocks);
  mbedtls_memory_buffer_alloc_cur_get(&used, &blocks);
  return !used;
}

/* Makes one connection, ends it and reports. */
static int attempt(const tars_stream_config *config, bool report) {
  size_t peak = 0;
  int err = conversation_connect(config);
  if (!err) err = conversation_echo();
  tars_stream_close();
  if (err && report) printf("error %d %s\n", err, tars_stream_reason());
  if (config->ca_size && !pool_empty(&peak)) return printf("leak\n"), 1;
  if (!err && report) printf("open %zu\n", peak);
  return err;
}

/* Every byte of the broker's side of the handshake flipped: it must never end well. A flipped length makes both sides
 * wait, so the clock runs faster once the length of a handshake is known. */
static int flip_all(const tars_stream_config *config) {
  int err = conversation_connect(config), waited = 0;
  int64_t length = port.received;
  tars_stream_close();
  port.rate = FAST;
  for (port.flip = 0; port.flip < length && !err; port.flip++) {
    int verdict = conversation_connect(config);
    waited += verdict == -TARS_E_TIMEOUT;
    if (!verdict && port.received > port.flip) return printf("accepted with byte %d flipped\n", (int)port.flip), 1;
    tars_stream_close();
  }
  printf("refused %d, %d of them by waiting\n", (int)length, waited);
  return err;
}

/* probe HOST PORT CA.DER [trickle] [fast] [flips] [again] */
int main(int count, char **words) {
  static uint8_t ca[4096];
  if (count < 4) return 2;
  FILE *file = fopen(words[3], "rb");
  if (!file) return 2;
  tars_stream_config config = { .host = words[1],
                                .port = (uint16_t)atoi(words[2]),
                                .tls = true,
                                .ca = ca,
                                .ca_size = (uint32_t)fread(ca, 1, sizeof ca, file) };
  fclose(file);
  const char *last = words[count - 1];
  port.trickle = !strcmp(last, "trickle");
  port.rate = strcmp(last, "fast") ? 1 : FAST;
  if (!strcmp(last, "flips")) return flip_all(&config) != 0;
  for (int i = 0; !strcmp(last, "again") && i < 20; i++)
    if (attempt(&config, false)) return 1;
  return attempt(&config, true) == 1;
}
