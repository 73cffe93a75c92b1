/** What boards, brokers, modules, sources and file names say never speaks to the terminal: over every command. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keys, rootOf } from '../ota/host/testing/cast.js';
import { makeRoot, signRoot } from '../ota/host/root.js';
import { FakeDevice } from '../ota/operator/testing/fake-device.js';
import { handmade } from '../sdk/model/testing/handmade.js';
import { commandName, commands } from './commands/index.js';
import { connectBroker } from './fleet/mqtt.js';
import { homePath } from './home.js';
import { Desk } from './testing/tars.js';
import { HOSTILE, hostileBoard } from './testing/hostile-board.js';

const desk = new Desk();
const servers: Server[] = [];
let port = '';
let broker = '';

beforeAll(async () => {
  const file = (name: string, content: string | Uint8Array): void => writeFileSync(join(desk.folder, name), content);
  file('hostile.tars', `behaviour x${HOSTILE} {\n${HOSTILE}\nevery 5ms { log "${HOSTILE}" }\n`);
  file('good.tars', `behaviour x\nlog "\x1b[2J\u009b\u202e"\n`);
  file(`${HOSTILE}.tars`, 'behaviour x\nnope()\n');
  const wat = '(module (import "t" "1" (func (param i32))) (func (export "r") (param i32 i32)))';
  file('hostile.wasm', handmade(wat, { name: 'hostile', calls: [1], uses: [[1, HOSTILE]], logs: [HOSTILE] }));
  file('named.wasm', handmade(wat, { name: HOSTILE, calls: [1], uses: [[1, HOSTILE]] }));
  const plain = rootOf({ alice: ['root', 'release'], olga: ['operator'] }, 1);
  const hostile = makeRoot({ ...plain, keys: plain.keys.map((key) => ({ ...key, name: HOSTILE })) });
  file('hostile.root', signRoot(hostile, [keys.alice]));
  file('plain.root', signRoot(plain, [keys.alice]));
  mkdirSync(join(desk.folder, 'project', 'boards'), { recursive: true });
  file(
    'project/tars.toml',
    `[app]\nname = "a"\n[behaviours."${HOSTILE.replace(/[^\w]/g, ' ')}"]\nfile = '''${HOSTILE}'''\n`,
  );
  const board = JSON.parse(readFileSync(homePath('boards/virtual.json'), 'utf8')) as object;
  file('project/boards/h.json', JSON.stringify({ ...board, name: HOSTILE, title: HOSTILE, class: HOSTILE }));
  const { server, port: name } = await hostileBoard();
  port = name;
  const aedes = await Aedes.createBroker();
  const plainServer = createServer((socket) => void aedes.handle(socket.on('error', () => undefined)));
  servers.push(server, plainServer);
  await new Promise<void>((resolve) => plainServer.listen(0, '127.0.0.1', resolve));
  broker = `mqtt://127.0.0.1:${(plainServer.address() as AddressInfo).port}`;
  const connection = await connectBroker({ url: broker });
  const fake = { broker: connection, fleet: 'line1', root: plain, key: keys.device, name: HOSTILE, class: HOSTILE };
  await new FakeDevice(fake).start();
});
afterAll(async () => {
  await desk.dispose();
  for (const server of servers) server.close();
});

const at = (...args: string[]): string[] => [...args, '--port', port];
const fleet = (...args: string[]): string[] => [
  ...args,
  '--broker',
  broker,
  '--fleet',
  'line1',
  '--root',
  'plain.root',
];
/** Command lines of every command that have something hostile to say. */
const lines: Readonly<Record<string, () => string[][]>> = {
  new: () => [['new', HOSTILE]],
  build: () => [
    ['build', 'hostile.tars'],
    ['build', `${HOSTILE}.tars`],
    ['build', 'project'],
  ],
  check: () => [
    ['check', 'hostile.tars'],
    ['check', 'good.tars', '--board', HOSTILE],
    ['check', 'good.tars', '--bounds'],
  ],
  inspect: () => [
    ['inspect', 'hostile.wasm', '--text'],
    ['inspect', 'named.wasm'],
    ['inspect', 'hostile.root'],
    ['inspect', HOSTILE],
  ],
  run: () => [['run', 'good.tars', '--for', '0.5']],
  flash: () => [at('flash', 'good.tars'), at('flash', 'hostile.wasm')],
  keys: () => [
    ['keys', 'show', HOSTILE],
    ['keys', 'new', HOSTILE],
  ],
  bundle: () => [['bundle', 'good.tars', '--root', 'hostile.root', '--key', HOSTILE, '-o', HOSTILE]],
  provision: () => [at('provision', '--root', 'hostile.root'), at('provision', '--root', HOSTILE)],
  repair: () => [at('repair', '--key', HOSTILE, '--number', '1')],
  boards: () => [['boards', HOSTILE], ['boards']],
  board: () => [
    ['board', 'start', HOSTILE],
    ['board', 'stop', HOSTILE],
  ],
  ota: () => [fleet('ota', 'push', 'good.tars', '--key', HOSTILE), fleet('ota', 'status')],
  fleet: () => [fleet('fleet', 'list')],
  broker: () => [['broker', HOSTILE]],
  ps: () => [at('ps'), ['ps', '--port', HOSTILE]],
  logs: () => [at('logs')],
  start: () => [at('start', HOSTILE)],
  stop: () => [at('stop', HOSTILE)],
  param: () => [at('param'), at('param', 'get', HOSTILE), at('param', 'set', HOSTILE, '7'), at('param', 'get', 'nope')],
  pub: () => [at('pub', HOSTILE, '1'), at('pub', 'nope', '1')],
  sub: () => [at('sub', '-n', '1'), at('sub', 'nope')],
};

// eslint-disable-next-line no-control-regex -- ESC begins a colour code
const OURS = /\x1b\[\d+m/g;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

it('is about every command', () => {
  expect(Object.keys(lines)).toEqual(commands.map(commandName));
});

it.each(Object.entries(lines))('%s', async (_, make) => {
  const [first = [], ...more] = make();
  const said = await Promise.all([first, [...first, '--json'], ...more].map(say));
  expect(said.some((text) => text.includes('\\u001b[2J'))).toBe(true);
});

/** What a command writes. */
async function say(args: readonly string[]): Promise<string> {
  const { exit, out, err } = await desk.tars(args, { env: { NO_COLOR: '', FORCE_COLOR: '1' } });
  expect(exit, err).not.toBe(70);
  for (const text of `${out}${err}`.replace(OURS, '').split('\n')) {
    expect(text).not.toMatch(HIDDEN);
    expect(text).not.toMatch(/^FORGE/);
  }
  if (args.includes('--json')) for (const text of out.split('\n').filter((each) => each !== '')) JSON.parse(text);
  return `${out}${err}`;
}

it('because one file writes to the streams', () => {
  const files = readdirSync(homePath('cli'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.ts$/.test(file) && !/^(dev|demo|testing)\/|\.test\.ts$/.test(file),
  );
  const writing = files.filter((file) =>
    /\b(stdout|stderr)\.write\b|\bconsole\./.test(readFileSync(homePath(`cli/${file}`), 'utf8')),
  );
  // The prompt for a passphrase is written while the terminal echoes nothing.
  expect(writing.sort()).toEqual(['keys/passphrase.ts', 'terminal/terminal.ts']);
});
