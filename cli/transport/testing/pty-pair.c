// A pseudo-terminal for tests: prints the path of the slave, then copies standard input to the master and the master to
// standard output until standard input ends. With it the real serialport package is tested without a serial port.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

// Copies what is there from one descriptor to another; returns 0 at the end of the file.
static int copy(int from, int to) {
  char bytes[4096];
  ssize_t n = read(from, bytes, sizeof bytes);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  for (ssize_t done = 0; done < n;) {
    ssize_t m = write(to, bytes + done, (size_t)(n - done));
    if (m < 0 && errno != EAGAIN && errno != EINTR) return 0;
    if (m > 0) done += m;
  }
  return n > 0;
}

// Opens the pair, keeps one end of the slave open so that the master never hangs up, and copies both ways.
int main(void) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) || unlockpt(master)) return 1;
  const char *path = ptsname(master);
  int slave = open(path, O_RDWR | O_NOCTTY);
  struct termios raw;
  if (slave < 0 || tcgetattr(slave, &raw)) return 1;
  cfmakeraw(&raw);
  if (tcsetattr(slave, TCSANOW, &raw)) return 1;
  printf("%s\n", path);
  fflush(stdout);
  for (;;) {
    struct pollfd ends[] = { { STDIN_FILENO, POLLIN, 0 }, { master, POLLIN, 0 } };
    if (poll(ends, 2, -1) < 0 && errno != EINTR) return 1;
    if (ends[0].revents && !copy(STDIN_FILENO, master)) return 0;
    if (ends[1].revents && !copy(master, STDOUT_FILENO)) return 0;
  }
}
