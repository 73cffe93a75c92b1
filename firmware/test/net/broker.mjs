// For the tests of the network: certificates by openssl, mosquitto, and servers that misbehave, on the loopback. All of
// it is gone after `clean`.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../../hil-tests/fleet/free-port.mjs';

process.env.PATH += `${delimiter}/usr/sbin`;
const has = (program, ...args) => {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch (error) {
    return error.code !== 'ENOENT';
  }
};

/** Ends the test as skipped if one of these programs is missing; each is started with an argument that does nothing. */
export function need(programs) {
  const gone = Object.entries(programs)
    .filter(([program, argument]) => !has(program, argument))
    .map(([program]) => program);
  if (gone.length === 0) return;
  console.log(`skipped: ${gone.join(' and ')} missing`);
  clean();
  process.exit(77);
}

const folder = mkdtempSync(join(tmpdir(), 'tars-tls-'));
export const file = (name) => join(folder, name);
const cleanups = [() => rmSync(folder, { recursive: true })];

const openssl = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });
export const P256 = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
export const P384 = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'];
export const RSA = (bits) => ['rsa', '-pkeyopt', `rsa_keygen_bits:${bits}`];

/** A self-signed certificate; `extensions` as openssl writes them. */
export function selfSigned(name, key, extensions) {
  const more = extensions.flatMap((line) => ['-addext', line]);
  openssl(
    'req',
    '-x509',
    '-newkey',
    ...key,
    '-nodes',
    '-sha256',
    '-days',
    '3650',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    file(`${name}.key`),
    '-out',
    file(`${name}.crt`),
    ...more,
  );
  openssl('x509', '-in', file(`${name}.crt`), '-outform', 'DER', '-out', file(`${name}.der`));
}
export const authority = (name, key) => selfSigned(name, key, ['keyUsage=critical,keyCertSign']);

/** A certificate signed by another one. `cn` stands for the host where there are no alternative names. */
export function issue(name, by, key, { extensions = [], days = 3650, cn = 'nobody', digest = 'sha256' }) {
  openssl(
    'req',
    '-new',
    '-newkey',
    ...key,
    '-nodes',
    '-subj',
    `/CN=${cn}`,
    '-keyout',
    file(`${name}.key`),
    '-out',
    file(`${name}.csr`),
  );
  writeFileSync(file('ext'), extensions.join('\n'));
  openssl(
    'x509',
    '-req',
    `-${digest}`,
    '-in',
    file(`${name}.csr`),
    '-CA',
    file(`${by}.crt`),
    '-CAkey',
    file(`${by}.key`),
    '-CAcreateserial',
    '-extfile',
    file('ext'),
    '-days',
    String(days),
    '-out',
    file(`${name}.crt`),
  );
}

const opens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

/** One mosquitto with a listener for each certificate and its settings; resolves with their ports. */
export async function startBroker(listeners) {
  const ports = {};
  let text = `user root\nallow_anonymous true\nlog_type error\n`;
  for (const [name, { certificate, lines = [] }] of Object.entries(listeners)) {
    ports[name] = await freePort();
    text += `listener ${ports[name]} 127.0.0.1\n`;
    if (certificate) text += `certfile ${file(`${certificate}.crt`)}\nkeyfile ${file(`${certificate}.key`)}\n`;
    text += lines.map((line) => `${line}\n`).join('');
  }
  writeFileSync(file('mosquitto.conf'), text);
  const child = spawn('mosquitto', ['-c', file('mosquitto.conf')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stdout.on('data', (chunk) => (log += chunk));
  child.stderr.on('data', (chunk) => (log += chunk));
  cleanups.push(() => child.kill());
  for (const port of Object.values(ports)) {
    while (!(await opens(port))) {
      if (child.exitCode !== null) throw new Error(`mosquitto ended:\n${log}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return ports;
}

/** A server that does `behave` with each connection. */
export async function startServer(behave) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    behave(socket);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  server.unref();
  return server.address().port;
}

/** Ends what was started, the newest first. */
export function clean() {
  for (const cleanup of cleanups.reverse()) cleanup();
}
