/* The bench's thread: one client at a time on the loopback. Events leave before the response to `advance`, so whoever has
 * the response has seen every change before it. The client and its connection stay over a power cycle. */
#include "bench.h"
#include "port.h"
#include "sim.h"
#include "tars_os.h" /* time */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { RING = 1 << 20 }; /* bytes of changes that wait: about 30,000 */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* ring and `watching` */
static bool watching, power_wanted;
static uint8_t ring[RING];
static tars_channel channel;
static int wake_pipe[2];

/* Takes the lock of the ring; the worker isn't abandoned while it holds it. */
static void ring_lock(void) {
  tars_hold();
  pthread_mutex_lock(&mutex);
}

/* Gives it back. */
static void ring_unlock(void) {
  pthread_mutex_unlock(&mutex);
  tars_release();
}

static const tars_channel_service service = {
    .message = tars_bench_message,
    .hello = TARS_BENCH_HELLO,
    .events_first = true,
    .request = tars_bench_run,
    .lock = ring_lock,
    .unlock = ring_unlock,
};

/* Queues a change; the first one that waits wakes the thread. */
static void event_put(uint8_t id, const void *event) {
  ring_lock();
  bool first = watching && channel.ring_used == 0;
  if (watching)
    tars_channel_event(&channel, tars_bench_message(id), event);
  ring_unlock();
  if (first && write(wake_pipe[1], "", 1) < 0 && errno != EAGAIN)
    tars_fail("the bench can't be woken: %m");
}

/* Name of a resource. */
static tars_text name_of(uint16_t resource) {
  const char *name = tars_board_resources[resource].name;
  return (tars_text){name, (uint16_t)strlen(name)};
}

/* A pin changed. */
void tars_watch_edge(uint16_t resource, bool level) {
  tars_hold();
  event_put(TARS_BENCH_EDGE_EVENT, &(tars_bench_edge_event){tars_os_now_us(), name_of(resource), level});
  tars_release();
}

/* A PWM channel changed. */
void tars_watch_pwm(uint16_t resource, uint32_t pulse_us, float duty_pct) {
  tars_hold();
  event_put(TARS_BENCH_PWM_EVENT, &(tars_bench_pwm_event){tars_os_now_us(), name_of(resource), pulse_us, duty_pct});
  tars_release();
}

/* Starts or stops the stream. */
void tars_bench_watch(bool on) {
  ring_lock();
  watching = on;
  ring_unlock();
  if (!on)
    tars_channel_clear(&channel);
}

void tars_bench_power_wanted(void) { power_wanted = true; }

/* The client is gone. */
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
      poll(&(struct pollfd){.fd = tars_power.bench_client, .events = POLLOUT}, 1, -1);
    } else if (!(sent < 0 && errno == EINTR)) {
      client_close();
    }
  }
}

/* Sends what waits, many small frames at once. */
void tars_bench_pump(void) {
  static uint8_t bytes[16 * TARS_FRAME_WIRE];
  uint32_t used = 0, size;
  while ((size = tars_channel_take(&channel, bytes + used)) > 0) {
    used += size;
    if (used > sizeof bytes - TARS_FRAME_WIRE) {
      client_send(bytes, used);
      used = 0;
    }
  }
  client_send(bytes, used);
}

/* During a long `advance`: sends what waits before it would be dropped. */
void tars_bench_relieve(void) {
  ring_lock();
  bool much = channel.ring_used > RING / 2;
  ring_unlock();
  if (much)
    tars_bench_pump();
}

/* A client comes; one that is there goes. */
static void client_accept(void) {
  int client = tars_net_accept(tars_power.bench);
  if (client < 0)
    return;
  if (tars_power.bench_client >= 0)
    client_close();
  tars_power.bench_client = client;
  tars_channel_init(&channel, &service, ring, sizeof ring);
}

/* Requests of the client. */
static void client_read(void) {
  uint8_t bytes[2048];
  ssize_t size = read(tars_power.bench_client, bytes, sizeof bytes);
  if (size > 0)
    tars_channel_feed(&channel, bytes, (uint32_t)size);
  else if (size == 0 || (errno != EAGAIN && errno != EINTR))
    client_close();
}

/* Serves for ever. */
static void *bench_run(void *unused) {
  (void)unused;
  for (;;) {
    struct pollfd fds[] = {
        {.fd = tars_power.bench, .events = POLLIN}, {.fd = tars_power.bench_client, .events = POLLIN}, {.fd = wake_pipe[0], .events = POLLIN}};
    char drain[64];
    if (poll(fds, 3, -1) < 0)
      continue;
    if (fds[2].revents && read(wake_pipe[0], drain, sizeof drain) < 0 && errno != EAGAIN)
      tars_fail("the bench can't be woken: %m");
    if (fds[1].revents)
      client_read();
    if (fds[0].revents)
      client_accept();
    tars_bench_pump();
    if (power_wanted)
      tars_power_cycle();
  }
}

/* Starts the thread. */
void tars_bench_server_start(void) {
  pthread_t thread;
  tars_channel_init(&channel, &service, ring, sizeof ring);
  if (pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0 || pthread_create(&thread, NULL, bench_run, NULL) != 0)
    tars_fail("cannot start the bench: %m");
}
