/** `tars broker`: a small MQTT broker for the desk. */
import { createServer, isIP } from 'node:net';
import { defineCommand, jsonOption } from '../command.js';
import { interrupted } from '../ends.js';
import { exitCodes, systemCode, usageError, UserError } from '../errors.js';

const LOOPBACK = '127.0.0.1',
  LOOPBACK_6 = '::1';
/** Above the largest message that the fleet sends: a bundle with its topic. */
const MAX_PACKET = 16_384;

export const command = defineCommand({
  positionals: {},
  options: {
    listen: { type: 'number', default: 1883, describe: 'TCP port; 0: any free one' },
    host: {
      type: 'string',
      default: LOOPBACK,
      describe: 'address to listen on; only this computer reaches the default',
    },
    ...jsonOption,
  },
  examples: [
    ['tars broker', 'a broker on this computer, until Ctrl-C'],
    ['tars broker --listen 0 --json', 'on a free port, which it prints'],
  ],
  async run({ listen, host }, terminal) {
    if (!Number.isInteger(listen) || listen < 0 || listen > 65_535)
      throw usageError('--listen takes a port from 0 to 65535', 'broker');
    if (isIP(host) === 0) throw usageError('--host takes an IP address', 'broker');
    const { Aedes } = await import('aedes');
    const aedes = await Aedes.createBroker({ maximumPacketSize: MAX_PACKET, connectTimeout: 10_000 });
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      aedes.handle(socket);
    });
    aedes.on('clientError', () => undefined);
    aedes.on('connectionError', () => undefined);
    await new Promise<void>((resolve, reject) => {
      // The broker's own timers would keep the process alive.
      server.once('error', (error) => aedes.close(() => reject(explain(error, `${host}:${listen}`))));
      server.listen(listen, host, resolve);
    });
    const end = interrupted();
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : listen;
    const url = `mqtt://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    terminal.out(
      terminal.json
        ? JSON.stringify({ url })
        : `broker on ${url}; it is for the desk: it keeps nothing when it ends, and lets everybody in who reaches it`,
    );
    if (host !== LOOPBACK && host !== LOOPBACK_6)
      terminal.note(
        'everybody on this network reaches it; boards believe only what their owner signed, but anybody can read ' +
          'and flood it',
      );
    await end.by;
    server.close();
    await new Promise<void>((resolve) => aedes.close(resolve));
  },
});

function explain(error: Error, place: string): UserError {
  const taken = systemCode(error) === 'EADDRINUSE';
  return new UserError('cannot_listen', `can't listen on ${place} (${systemCode(error) ?? error.message})`, {
    cure: taken
      ? 'another broker runs there: use it, or choose another port with --listen'
      : 'choose another port with --listen',
    exit: exitCodes.board,
  });
}
