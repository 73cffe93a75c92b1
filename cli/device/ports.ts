/**
 * From what the user says after `--port` to a transport: a name, a device or an address. The only board is the default.
 */
import { existsSync } from 'node:fs';
import { exitCodes, UserError, usageError } from '../errors.js';
import type { Transport } from '../transport/transport.js';
import { findProject } from '../project/project.js';
import { findRunning, listVirtualBoards, type BoardRecord } from '../virtual/registry.js';
import { didYouMean } from '../terminal/near.js';

/** A way to a board. The second way is tried if another program holds the first. */
export interface Port {
  readonly name: string;
  readonly ways: readonly (() => Promise<Transport>)[];
}

/** A port that the user can choose. */
export interface PortChoice {
  readonly port: string;
  readonly title: string;
}

const serial = (path: string) => async (): Promise<Transport> =>
  new (await import('../transport/serial.js')).SerialTransport(path);
const tcp = (host: string, port: number) => async (): Promise<Transport> =>
  new (await import('../transport/tcp.js')).TcpTransport({ host, port });

/** A virtual board is reached like a real one, over its serial port; while that is taken, over the loopback. */
const virtualPort = (record: BoardRecord): Port => ({
  name: record.name,
  ways: [serial(record.pty), ...(record.tcp === undefined ? [] : [tcp('127.0.0.1', record.tcp)])],
});

/** Finds the port that is meant. Throws a UserError that lists the choices if that isn't clear. */
export async function findPort(wanted: string | undefined): Promise<Port> {
  if (wanted === undefined) return onlyPort();
  if (wanted.startsWith('tcp:')) return { name: wanted, ways: [tcpAddress(wanted)] };
  const record = findRunning(wanted);
  if (record) return virtualPort(record);
  const device = [wanted, `/dev/${wanted}`].find((path) => path.startsWith('/') && existsSync(path));
  if (device) return { name: device, ways: [serial(device)] };
  const choices = await listPorts();
  const near = didYouMean(
    wanted,
    choices.map(({ port }) => port),
  );
  throw new UserError('no_such_port', `there is no port or virtual board ${wanted}${near}`, {
    cure: cure(choices),
    exit: exitCodes.board,
  });
}

function tcpAddress(wanted: string): () => Promise<Transport> {
  const match = /^tcp:(.+):(\d{1,5})$/.exec(wanted);
  const port = Number(match?.[2]);
  if (!match?.[1] || port < 1 || port > 65535)
    throw usageError(`${wanted} is no address; it looks like tcp:127.0.0.1:4000`);
  return tcp(match[1], port);
}

async function onlyPort(): Promise<Port> {
  const choices = await listPorts();
  const [only] = choices;
  if (only && choices.length === 1) return findPort(only.port);
  const message = only ? `there are ${choices.length} boards` : 'there is no board';
  throw new UserError(only ? 'many_ports' : 'no_board', message, { cure: cure(choices), exit: exitCodes.board });
}

function cure(choices: readonly PortChoice[]): string {
  if (choices.length > 0)
    return `choose one with --port: ${choices.map(({ port, title }) => `${port} (${title})`).join(', ')}`;
  const project = findProject(process.cwd());
  const own = project === undefined ? '' : `; the project in ${project} has virtual boards of its own`;
  return `plug one in, or start a virtual one with \`tars board start\`${own}`;
}

/** Boards that can be chosen now: virtual ones that run, and serial ports with a USB device behind them. */
export async function listPorts(): Promise<PortChoice[]> {
  const virtual = listVirtualBoards()
    .filter(({ running }) => running)
    .map(({ name }) => ({ port: name, title: 'virtual board' }));
  const { listSerialPorts } = await import('../transport/serial.js');
  return [...virtual, ...(await listSerialPorts()).map(({ path, title }) => ({ port: path, title }))];
}
