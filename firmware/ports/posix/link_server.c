/* The link's thread (the main one): the pty, TCP clients, signals, and the reasons to end. */
#include "link_stream.h"
#include "port.h"
#include "tars_fleet_agent.h" /* replies on their way */
#include "tars_os.h"          /* reset */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { TCP_CLIENTS = TARS_AGENT_SESSIONS - 1, PTY = 0, STREAMS = TCP_CLIENTS + 1 };
enum { RESET_US = 3000000 }; /* so long a restart waits for hosts that don't take what is for them */
enum { FD_WAKE, FD_SIGNAL, FD_STDIN, FD_LISTEN, FD_PTY_USERS, FD_FIXED }; /* poll's order, then the streams */

static tars_link_stream streams[STREAMS];
static int wake_fd = -1, signal_fd = -1, pty_watch = -1, pty_users;
static const tars_options *options;
static int64_t reset_us; /* host time at which a restart waits no longer; 0: none is wanted */

/* Any task may call this: the link has something to send. */
void tars_link_server_wake(void) {
  uint64_t one = 1;
  tars_hold();
  if (wake_fd >= 0 && write(wake_fd, &one, sizeof one) < 0 && errno != EAGAIN) tars_fail("the link can't be woken: %m");
  tars_release();
}

/* Ends the process and leaves nothing behind. */
static _Noreturn void finish(void) {
  tars_trace_flush();
  if (options->pty_link) tars_pty_unlink(options->pty_link);
  exit(0);
}

/* Takes what was written to a wake or inotify descriptor. */
static ssize_t drain(int fd, void *bytes, size_t size) {
  ssize_t got = read(fd, bytes, size);
  return got > 0 ? got : 0;
}

/* Follows who has the pty open: when nobody has, the session ends and what waited for it is dropped. */
static void pty_users_read(void) {
  char bytes[1024] __attribute__((aligned(__alignof__(struct inotify_event))));
  ssize_t size = drain(pty_watch, bytes, sizeof bytes);
  for (ssize_t at = 0; at < size; at += (ssize_t)sizeof(struct inotify_event)) {
    const struct inotify_event *event = (const void *)(bytes + at); /* a watched file has no name behind its event */
    pty_users += event->mask & IN_OPEN ? 1 : -1;
  }
  if (size > 0 && pty_users <= 0) { /* after a power cycle users may be there that were never counted */
    pty_users = 0;
    tcflush(tars_power.pty_slave, TCIOFLUSH);
    tars_link_stream_renew(&streams[PTY]);
  }
}

/* Accepts a TCP client, or closes its connection if all streams are in use. */
static void client_accept(void) {
  int fd = tars_net_accept(tars_power.tcp);
  if (fd < 0) return;
  for (int i = PTY + 1; i < STREAMS; i++)
    if (streams[i].fd < 0 && tars_link_stream_open(&streams[i], fd, options->baud)) return;
  close(fd);
}

/* Ends a TCP client's stream. */
static void client_close(tars_link_stream *stream) {
  close(stream->fd);
  tars_link_stream_close(stream);
}

/* Opens what the process serves. */
void tars_link_server_open(const tars_options *given) {
  sigset_t set;
  options = given;
  for (int i = 0; i < STREAMS; i++) streams[i].fd = -1;
  wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (wake_fd < 0 || signal_fd < 0) tars_fail("cannot start the link: %m");
  if (!options->pty_link) return;
  tars_link_stream_open(&streams[PTY], tars_power.pty_master, options->baud);
  pty_watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (pty_watch >= 0) /* without it a session lasts until the next `hello` */
    inotify_add_watch(pty_watch, tars_pty_path(), IN_OPEN | IN_CLOSE);
}

/* Sleeps until something happens, or until a paced line is free, or to look after the parent. */
static void server_wait(struct pollfd fds[FD_FIXED + STREAMS]) {
  int64_t wait_us = options->parent ? 500000 : 60000000;
  const int fixed[FD_FIXED] = { wake_fd, signal_fd, options->stdin_guard ? STDIN_FILENO : -1, tars_power.tcp,
                                pty_watch };
  for (int i = 0; i < FD_FIXED; i++) fds[i] = (struct pollfd){ .fd = fixed[i], .events = POLLIN };
  for (int i = 0; i < STREAMS; i++) {
    struct pollfd *fd = &fds[FD_FIXED + i];
    *fd = (struct pollfd){ .fd = streams[i].fd };
    if (fd->fd >= 0) fd->events = tars_link_stream_events(&streams[i], &wait_us);
  }
  if (reset_us && wait_us > RESET_US) wait_us = RESET_US;
  struct timespec timeout = { .tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000 };
  if (ppoll(fds, FD_FIXED + STREAMS, &timeout, NULL) < 0)
    for (int i = 0; i < FD_FIXED + STREAMS; i++) fds[i].revents = 0;
}

/* Reasons to end: a signal, standard input closed, the parent gone. */
static void end_check(const struct pollfd fds[FD_FIXED + STREAMS]) {
  char bytes[256];
  if (fds[FD_SIGNAL].revents) finish();
  if (fds[FD_STDIN].revents && drain(STDIN_FILENO, bytes, sizeof bytes) == 0) finish();
  if (options->parent && kill(options->parent, 0) != 0 && errno == ESRCH) finish();
}

/* Reads and writes every stream that is ready; each may bring one request, then the others have their turn. */
static void streams_serve(const struct pollfd fds[FD_FIXED + STREAMS]) {
  for (int i = 0; i < STREAMS; i++) {
    bool readable = streams[i].fd >= 0 && fds[FD_FIXED + i].revents & (POLLIN | POLLHUP | POLLERR);
    if (readable && !tars_link_stream_read(&streams[i]) && i != PTY) client_close(&streams[i]);
    if (streams[i].fd >= 0) tars_link_stream_take(&streams[i]);
  }
  tars_agent_poll();
  for (int i = 0; i < STREAMS; i++)
    if (streams[i].fd >= 0 && !tars_link_stream_write(&streams[i]) && i != PTY) client_close(&streams[i]);
}

/* True when all bytes have been sent. */
static bool all_sent(void) {
  for (int i = 0; i < STREAMS; i++)
    if (streams[i].fd >= 0 && streams[i].out_at < streams[i].out_size) return false;
  return true;
}

/* True when the board is to restart now: a host that doesn't take what is for it is in nobody's way for long. */
static bool reset_due(void) {
  if (!tars_agent_reset_wanted()) return false;
  if (!reset_us) reset_us = tars_clock_host_us() + RESET_US;
  return (all_sent() || tars_clock_host_us() >= reset_us) && !tars_fleet_replying();
}

/* Serves until the process ends. */
void tars_link_server_run(void) {
  struct pollfd fds[FD_FIXED + STREAMS];
  uint64_t count;
  for (;;) {
    server_wait(fds);
    end_check(fds);
    if (fds[FD_WAKE].revents) drain(wake_fd, &count, sizeof count);
    if (fds[FD_PTY_USERS].revents) pty_users_read();
    streams_serve(fds);
    if (fds[FD_LISTEN].revents) client_accept();
    if (reset_due()) tars_os_reset();
  }
}
