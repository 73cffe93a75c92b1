// For servers that can't be told to take any port and say which: a free one of the loopback. JavaScript, because the
// firmware's tests of the network run without a compiler.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports that no system hands out by itself, to listeners or to the near ends of connections: nobody takes one before
 * its server, nor while that is away.
 */
const PORTS = { from: 10_000, to: 32_000 };

const free = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

export async function freePort() {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await free(port)) return port;
  }
}
