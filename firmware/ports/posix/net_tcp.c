/* The TCP connection to the broker: one non-blocking socket. Names are resolved in a thread of its own, because that
 * may take seconds; an answer that nobody waits for any more is thrown away. */
#include "port.h"
#include "tars_errors.h" /* codes */
#include "tars_net.h"    /* the interface implemented here */
#include "tars_os.h"     /* time */

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  ADDRESSES = 4,         /* of one name that are tried */
  CONNECT_US = 10000000, /* for one address */
  HOST = 256,            /* bytes of a name */
};

typedef struct {
  uint32_t number; /* of the request; 0: none */
  int err, count;
  socklen_t sizes[ADDRESSES];
  struct sockaddr_storage addresses[ADDRESSES];
} resolution;

/* Shared by the agent's task and the resolver. */
static struct {
  pthread_mutex_t lock;
  pthread_cond_t asked;
  uint32_t number; /* of the newest request */
  char host[HOST], service[8];
  resolution result;
} resolver = { .lock = PTHREAD_MUTEX_INITIALIZER, .asked = PTHREAD_COND_INITIALIZER };

/* Used by the agent's task only. */
static struct {
  int state; /* tars_net_state or a negative error */
  int fd, tried;
  bool want_receive, want_send; /* the last call would have blocked */
  int64_t deadline_us;          /* of the attempt */
  resolution names;
} net = { .fd = -1 };

static int wake_fd = -1;

/* Any task: wakes the agent. */
void tars_net_notify(void) {
  uint64_t one = 1;
  tars_hold();
  if (wake_fd >= 0 && write(wake_fd, &one, sizeof one) < 0 && errno != EAGAIN)
    tars_fail("the agent can't be woken: %m");
  tars_release();
}

/* Looks a name up. */
static void resolve(const char *host, const char *service, resolution *result) {
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG }, *list = NULL;
  if (getaddrinfo(host, service, &hints, &list) != 0) {
    hints.ai_flags = 0; /* without any network but the loopback, names of the loopback must still be found */
    if (getaddrinfo(host, service, &hints, &list) != 0) {
      result->err = -TARS_E_UNKNOWN;
      return;
    }
  }
  for (struct addrinfo *each = list; each && result->count < ADDRESSES; each = each->ai_next) {
    memcpy(&result->addresses[result->count], each->ai_addr, each->ai_addrlen);
    result->sizes[result->count++] = each->ai_addrlen;
  }
  freeaddrinfo(list);
}

/* Body of the resolver's thread. */
static void *resolver_run(void *unused) {
  (void)unused;
  uint32_t done = 0;
  for (;;) {
    char host[HOST], service[sizeof resolver.service];
    pthread_mutex_lock(&resolver.lock);
    while (resolver.number == done) pthread_cond_wait(&resolver.asked, &resolver.lock);
    resolution result = { .number = resolver.number };
    memcpy(host, resolver.host, sizeof host);
    memcpy(service, resolver.service, sizeof service);
    pthread_mutex_unlock(&resolver.lock);
    done = result.number;
    resolve(host, service, &result);
    pthread_mutex_lock(&resolver.lock);
    resolver.result = result;
    pthread_mutex_unlock(&resolver.lock);
    tars_net_notify();
  }
  return NULL;
}

/* Makes what the first connection needs: the wake descriptor and the resolver's thread. */
static void start(void) {
  pthread_t thread;
  wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0 || pthread_create(&thread, NULL, resolver_run, NULL) != 0) tars_fail("cannot start the network: %m");
  pthread_setname_np(thread, "resolver");
}

static void started(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, start);
}

void tars_net_close(void) {
  if (net.fd >= 0) close(net.fd);
  net.fd = -1;
  net.state = TARS_NET_CLOSED;
  net.want_receive = net.want_send = false;
}

/* Ends with an error. */
static int fail(int err) {
  tars_net_close();
  return net.state = err;
}

/* Begins to connect. */
int tars_net_open(const char *host, uint16_t port) {
  started();
  tars_net_close();
  if (strlen(host) >= sizeof resolver.host) return -TARS_E_UNKNOWN;
  pthread_mutex_lock(&resolver.lock);
  net.names.number = ++resolver.number;
  strcpy(resolver.host, host);
  snprintf(resolver.service, sizeof resolver.service, "%u", port);
  pthread_cond_signal(&resolver.asked);
  pthread_mutex_unlock(&resolver.lock);
  net.names.count = net.tried = 0;
  net.deadline_us = tars_os_now_us() + CONNECT_US;
  net.state = TARS_NET_OPENING;
  return 0;
}

/* Tries the next address; the last error counts. */
static int next_try(int err) {
  if (net.fd >= 0) close(net.fd);
  net.fd = -1;
  while (net.tried < net.names.count) {
    const struct sockaddr *address = (const struct sockaddr *)&net.names.addresses[net.tried];
    socklen_t size = net.names.sizes[net.tried++];
    int one = 1;
    net.fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (net.fd < 0) continue;
    setsockopt(net.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    net.deadline_us = tars_os_now_us() + CONNECT_US;
    if (connect(net.fd, address, size) == 0 || errno == EINPROGRESS) return net.state;
    close(net.fd);
    net.fd = -1;
  }
  return fail(err);
}

/* Takes the resolver's answer. */
static int names_take(void) {
  pthread_mutex_lock(&resolver.lock);
  bool found = resolver.result.number == net.names.number;
  if (found) net.names = resolver.result;
  pthread_mutex_unlock(&resolver.lock);
  if (!found) return tars_os_now_us() >= net.deadline_us ? fail(-TARS_E_UNKNOWN) : net.state;
  return net.names.err ? fail(net.names.err) : next_try(-TARS_E_IO);
}

int tars_net_state_get(void) {
  if (net.state != TARS_NET_OPENING) return net.state;
  if (net.names.count == 0) return names_take();
  struct pollfd fd = { .fd = net.fd, .events = POLLOUT };
  int err = 0;
  socklen_t size = sizeof err;
  if (poll(&fd, 1, 0) <= 0) return tars_os_now_us() >= net.deadline_us ? next_try(-TARS_E_TIMEOUT) : net.state;
  if (getsockopt(net.fd, SOL_SOCKET, SO_ERROR, &err, &size) != 0 || err != 0)
    return next_try(err == ETIMEDOUT ? -TARS_E_TIMEOUT : -TARS_E_IO);
  return net.state = TARS_NET_OPEN;
}

int32_t tars_net_send(const void *bytes, uint32_t size) {
  if (net.state != TARS_NET_OPEN) return -TARS_E_IO;
  ssize_t sent = send(net.fd, bytes, size, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return fail(-TARS_E_IO);
  net.want_send = sent < (ssize_t)size;
  return sent < 0 ? 0 : (int32_t)sent;
}

int32_t tars_net_receive(void *bytes, uint32_t capacity) {
  if (net.state != TARS_NET_OPEN) return -TARS_E_IO;
  ssize_t got = recv(net.fd, bytes, capacity, 0);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return fail(-TARS_E_IO);
  net.want_receive = got < 0;
  return got < 0 ? 0 : (int32_t)got;
}

void tars_net_wait(int64_t until_us) {
  started();
  struct pollfd fds[2] = { { .fd = wake_fd, .events = POLLIN }, { .fd = net.fd } };
  if (net.state == TARS_NET_OPENING && net.deadline_us < until_us) until_us = net.deadline_us;
  if (net.state == TARS_NET_OPENING || net.want_send) fds[1].events |= POLLOUT;
  if (net.want_receive) fds[1].events |= POLLIN;
  if (fds[1].events == 0) fds[1].fd = -1; /* poll would report a broken connection again and again */
  int64_t wait_us = until_us - tars_os_now_us();
  if (wait_us < 0) wait_us = 0;
  struct timespec timeout = { .tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000 };
  if (ppoll(fds, 2, until_us == INT64_MAX ? NULL : &timeout, NULL) > 0 && fds[0].revents) {
    uint64_t count;
    if (read(wake_fd, &count, sizeof count) < 0) return;
  }
}
