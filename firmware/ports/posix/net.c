/* TCP on the loopback only: it counts as a physical port, because whoever reaches it is on this computer already. */
#include "port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* Listens on the loopback. */
int tars_net_listen(int port, const char *what) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  if (fd < 0) tars_fail("cannot open a socket: %m");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 8) != 0) {
    if (errno == EADDRINUSE)
      tars_fail("TCP port %d for the %s is in use; take another one, or 0 for any free one", port, what);
    tars_fail("cannot listen on TCP port %d for the %s: %m", port, what);
  }
  return fd;
}

/* Port number of a listening socket. */
int tars_net_port(int fd) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  return getsockname(fd, (struct sockaddr *)&address, &size) == 0 ? ntohs(address.sin_port) : -1;
}

/* Takes the next client. */
int tars_net_accept(int fd) {
  int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), one = 1;
  if (client >= 0) setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return client;
}
