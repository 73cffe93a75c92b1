// Runs a program with a peer for the stream part of the conformance suite: node peer.mjs PROGRAM ARGUMENT…, where PORT
// in an argument becomes the peer's port on the loopback. What it does with a connection is the first byte it gets: E
// sends everything back, L sends 3,000 bytes and ends, R resets, H reads nothing until no more
// bytes have come for a second, then counts all before a z and sends the count.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const LAST_BYTES = 3000;
const HOLD_MS = 1000;

const hex = (port) => port.toString(16).toUpperCase().padStart(4, '0');

/**
 * Bytes that wait in the kernel for a connection, at both of its ends: how many it takes before it holds the sender
 * back is its own business.
 */
function waiting({ localPort, remotePort }) {
  const table = readFileSync('/proc/net/tcp', 'utf8');
  const row = (from, to) => new RegExp(` \\w+:${hex(from)} \\w+:${hex(to)} \\w+ (\\w+):(\\w+) `).exec(table) ?? [];
  const [, , received = '0'] = row(localPort, remotePort);
  const [, sent = '0'] = row(remotePort, localPort);
  return parseInt(received, 16) + parseInt(sent, 16);
}

function hold(socket, chunk) {
  let count = 0;
  const take = (bytes) => {
    count += bytes.length;
    if (bytes.at(-1) !== 'z'.charCodeAt(0)) return;
    const answer = Buffer.alloc(4);
    answer.writeUInt32BE(count - 1);
    socket.write(answer);
  };
  take(chunk);
  socket.pause();
  let before = -1;
  const timer = setInterval(() => {
    const now = waiting(socket);
    if (now === before && now > 0) {
      clearInterval(timer);
      socket.on('data', take).resume();
    }
    before = now;
  }, HOLD_MS);
  socket.on('close', () => clearInterval(timer));
}

const behaviours = {
  E: (socket, chunk) => {
    socket.write(chunk);
    socket.pipe(socket);
  },
  L: (socket) => socket.end(Uint8Array.from({ length: LAST_BYTES }, (_, at) => at * 7 + Math.floor(at / 251))),
  R: (socket) => socket.resetAndDestroy(),
  H: hold,
};

const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', (chunk) => behaviours[String.fromCharCode(chunk[0])]?.(socket, chunk.subarray(1)));
});
server.listen(0, '127.0.0.1', () => {
  const [program, ...words] = process.argv.slice(2).map((word) => word.replace('PORT', String(server.address().port)));
  const child = spawn(program, words, { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
});
