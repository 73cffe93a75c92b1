/* The bench's thread: one client at a time on the loopback. The client and its connection stay over a power cycle. */
#include "tars_bench_port.h"
#include "port.h"
#include "tars_errors.h" /* codes of the contract */
#include "tars_sim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

enum { RING = 1 << 20 }; /* bytes of changes that wait: about 30,000 */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* ring and `watching` */
static uint8_t ring[RING];
static int wake_pipe[2];

/* Takes the lock of the ring; the worker isn't abandoned while it holds it. */
void tars_bench_lock(void) {
  tars_hold();
  pthread_mutex_lock(&mutex);
}

void tars_bench_unlock(void) {
  pthread_mutex_unlock(&mutex);
  tars_release();
}

/* Wakes the thread. */
void tars_bench_wake(void) {
  if (write(wake_pipe[1], "", 1) < 0 && errno != EAGAIN) tars_fail("the bench can't be woken: %m");
}

/* A pin changed. */
void tars_watch_edge(uint16_t resource, bool level) {
  tars_hold();
  tars_bench_edge(resource, level);
  tars_release();
}

/* A PWM channel changed. */
void tars_watch_pwm(uint16_t resource, uint32_t pulse_us, float duty_pct) {
  tars_hold();
  tars_bench_pwm(resource, pulse_us, duty_pct);
  tars_release();
}

/* Closes the connection to the client. */
static void client_close(void) {
  close(tars_power.bench_client);
  tars_power.bench_client = -1;
  tars_bench_watch(false);
}

/* Sends all of it; waits for a slow client. */
static void client_send(const uint8_t *bytes, uint32_t size) {
  while (size > 0 && tars_power.bench_client >= 0) {
    ssize_t sent = write(tars_power.bench_client, bytes, size);
    if (sent > 0) {
      bytes += sent;
      size -= (uint32_t)sent;
    } else if (sent < 0 && errno == EAGAIN) {
      poll(&(struct pollfd){ .fd = tars_power.bench_client, .events = POLLOUT }, 1, -1);
    } else if (!(sent < 0 && errno == EINTR)) {
      client_close();
    }
  }
}

/* Sends all items that wait, many small frames in one write. */
static void bench_pump(void) {
  static uint8_t bytes[16 * TARS_CHANNEL_WIRE];
  uint32_t used = 0, size;
  while ((size = tars_bench_take(bytes + used)) > 0) {
    used += size;
    if (used > sizeof bytes - TARS_CHANNEL_WIRE) {
      client_send(bytes, used);
      used = 0;
    }
  }
  client_send(bytes, used);
}

/* During a long `advance`: sends what waits before it would be dropped. */
void tars_bench_relieve(void) {
  if (tars_bench_waiting() > RING / 2) bench_pump();
}

/* The link is a socket here. */
int tars_bench_line_feed(uint32_t rate, tars_bytes data, tars_bench_line_feed_response *seen) {
  (void)rate, (void)data, (void)seen;
  return -TARS_E_STATE;
}

/* Accepts a client. The one before is disconnected. */
static void client_accept(void) {
  int client = tars_net_accept(tars_power.bench);
  if (client < 0) return;
  if (tars_power.bench_client >= 0) client_close();
  tars_power.bench_client = client;
  tars_bench_open(ring, sizeof ring);
}

/* Requests of the client. */
static void client_read(void) {
  uint8_t bytes[2048];
  ssize_t size = read(tars_power.bench_client, bytes, sizeof bytes);
  if (size > 0)
    tars_bench_feed(bytes, (uint32_t)size);
  else if (size == 0 || (errno != EAGAIN && errno != EINTR))
    client_close();
}

/* Serves for ever. */
static void *bench_run(void *unused) {
  (void)unused;
  for (;;) {
    struct pollfd fds[] = { { .fd = tars_power.bench, .events = POLLIN },
                            { .fd = tars_power.bench_client, .events = POLLIN },
                            { .fd = wake_pipe[0], .events = POLLIN } };
    char drain[64];
    if (poll(fds, 3, -1) < 0) continue;
    if (fds[2].revents && read(wake_pipe[0], drain, sizeof drain) < 0 && errno != EAGAIN)
      tars_fail("the bench can't be woken: %m");
    if (fds[1].revents) client_read();
    if (fds[0].revents) client_accept();
    bench_pump();
    if (tars_bench_power_wanted()) tars_power_cycle();
  }
}

/* Starts the thread. */
void tars_bench_server_start(void) {
  pthread_t thread;
  tars_bench_open(ring, sizeof ring);
  if (pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0 || pthread_create(&thread, NULL, bench_run, NULL) != 0)
    tars_fail("cannot start the bench: %m");
}
