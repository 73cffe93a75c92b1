// The network of the FreeRTOS port under QEMU: LAN9118, lwIP, DHCP, names, TLS, against mosquitto on the host's
// loopback, which the emulator shows to its guest as 10.0.2.2. Usage: qemu_test.mjs IMAGE
// (firmware/test/net/probe_m7.c). Exit code 77: something is missing.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { authority, clean, file, issue, need, P256, RSA, startBroker } from './broker.mjs';
import { freePort } from '../../../hil-tests/fleet/free-port.mjs';

const [image] = process.argv.slice(2);
const HOST = '10.0.2.2';
const NAME = 'broker.test';
const UNKNOWN = -2;
const DENIED = -3;
const IO = -10;

/** Runs the image: its lines, as `[word, number, text]`. `wrap` is a command that runs the emulator. */
const run = (host, port, ca, count, { nic = 'user', counted = false, wrap = [] } = {}) =>
  new Promise((resolve, reject) => {
    const words = ['probe', host, String(port), ca === '-' ? ca : file(`${ca}.der`), String(count)];
    const [program, ...args] = [
      ...wrap,
      'qemu-system-arm',
      '-M',
      'mps2-an500',
      '-display',
      'none',
      '-monitor',
      'none',
      '-serial',
      'null',
      '-nic',
      nic,
      ...(counted ? ['-icount', 'shift=0'] : []),
      '-semihosting-config',
      ['enable=on', 'target=native', ...words.map((word) => `arg=${word}`)].join(','),
      '-kernel',
      image,
    ];
    execFile(program, args, { timeout: 120_000 }, (error, stdout, stderr) => {
      if (error) return reject(new Error(`the emulator ended with ${error.code ?? error.signal}: ${stdout}${stderr}`));
      resolve(
        `${stdout}${stderr}`
          .trimEnd()
          .split('\n')
          .map((line) => {
            const [word, number, ...text] = line.split(' ');
            return [word, Number(number), text.join(' ').trim()];
          }),
      );
    });
  });

/**
 * The same, and again where the network was not there at first: on a loaded computer the board gets its address too
 * late.
 */
async function runOnLine(...args) {
  for (let tries = 1; ; tries++) {
    const lines = await run(...args);
    const [word, code] = lines[0] ?? [];
    if (tries === 3 || word !== 'error' || code !== IO) return lines;
  }
}

async function expectOpen(what, ...args) {
  const lines = await runOnLine(...args);
  const opened = lines.filter(([word]) => word === 'open');
  assert.equal(opened.length, args[3], `${what}: ${JSON.stringify(lines)}`);
  const figure = (name) => lines.find(([word]) => word === name)?.[1];
  console.log(
    `${what}: ${opened.length} times, stack ${figure('stack')}, pool ${figure('pool')} ` +
      `bytes${args[4]?.counted ? `, ${opened.map(([, k]) => k)} thousand instructions` : ''}`,
  );
}

async function expectError(what, error, reason, ...args) {
  const lines = await (error === IO ? run : runOnLine)(...args);
  const [, code, text] = lines.find(([word]) => word === 'error') ?? assert.fail(`${what}: ${JSON.stringify(lines)}`);
  assert.equal(code, error, `${what}: ${text}`);
  assert.match(text, reason, what);
  console.log(`${what}: ${text}`);
}

/**
 * Names: the emulator asks the host's resolver, so a namespace with a resolver of ours stands in; only root can make
 * one.
 */
function ownResolver() {
  writeFileSync(file('resolv.conf'), 'nameserver 127.0.0.1\n');
  const wrap = ['unshare', '-m', 'sh', '-c', `mount --bind ${file('resolv.conf')} /etc/resolv.conf && exec "$@"`, 'sh'];
  try {
    execFileSync(wrap[0], [...wrap.slice(1), 'true'], { stdio: 'ignore' });
    return wrap;
  } catch {
    return undefined;
  }
}

/** Answers every question for NAME with the host's address, and says of all others that there is no such name. */
function startNames() {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    const labels = NAME.split('.')
      .map((label) => String.fromCharCode(label.length) + label)
      .join('');
    const end = question.indexOf(0, 12) + 5;
    const known = question.subarray(12, end - 5).toString('latin1') === labels;
    const head = Buffer.from([question[0], question[1], 0x81, known ? 0x80 : 0x83, 0, 1, 0, known ? 1 : 0, 0, 0, 0, 0]);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...HOST.split('.').map(Number)]);
    socket.send(Buffer.concat([head, question.subarray(12, end), ...(known ? [answer] : [])]), from.port, from.address);
  });
  return new Promise((resolve) => {
    socket.on('error', () => resolve(undefined)); // somebody else's resolver has the port
    socket.bind(53, '127.0.0.1', () => resolve(socket));
  });
}

async function names(port) {
  const wrap = ownResolver();
  const socket = wrap && (await startNames());
  if (!socket) return console.log('names skipped: needs root and the port of a resolver');
  try {
    await expectOpen('by its name', NAME, port, 'ca', 1, { wrap });
    await expectError('no such name', UNKNOWN, /no such host/, 'nobody.test', port, 'ca', 1, { wrap });
  } finally {
    socket.close();
  }
}

async function main() {
  const named = { extensions: [`subjectAltName=DNS:${NAME},IP:${HOST}`] };
  authority('ca', P256);
  authority('other', P256);
  authority('rsa', RSA(2048));
  issue('good', 'ca', P256, named);
  issue('rsaleaf', 'rsa', RSA(2048), named);
  issue('named', 'ca', P256, { extensions: ['subjectAltName=DNS:elsewhere.test'] });
  const ports = await startBroker({
    open: {},
    good: { certificate: 'good' },
    rsaleaf: { certificate: 'rsaleaf' },
    named: { certificate: 'named' },
  });
  await expectOpen('TCP', HOST, ports.open, '-', 50);
  await expectOpen('TLS', HOST, ports.good, 'ca', 10);
  await expectOpen('TLS, counted', HOST, ports.good, 'ca', 3, { counted: true });
  await expectOpen('TLS with RSA, counted', HOST, ports.rsaleaf, 'rsa', 3, { counted: true });
  await expectError('wrong CA', DENIED, /not signed by the CA/, HOST, ports.good, 'other', 1);
  await expectError('wrong host name', DENIED, /another host name/, HOST, ports.named, 'ca', 1);
  await expectError('a listener without TLS', IO, /./, HOST, ports.open, 'ca', 1);
  await expectError('nobody there', IO, /refused/, HOST, await freePort(), '-', 1);
  await expectError('no Ethernet controller in use', IO, /./, HOST, ports.open, '-', 1, { nic: 'none' });
  await names(ports.good);
}

need({ openssl: 'version', mosquitto: '-h', 'qemu-system-arm': '--version' });
try {
  await main();
} finally {
  clean();
}
