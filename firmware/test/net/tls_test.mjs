// TLS of the firmware against mosquitto on the loopback, and against servers that misbehave. Certificates are made
// here, by openssl. Usage: tls_test.mjs PROBE (firmware/test/net/probe.c). Exit code 77: mosquitto or openssl is
// missing.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import {
  authority,
  clean,
  file,
  issue,
  need,
  P256,
  P384,
  RSA,
  selfSigned,
  startBroker,
  startServer,
} from './broker.mjs';
import { freePort } from '../../../hil-tests/fleet/free-port.mjs';

const [probe] = process.argv.slice(2);
const DENIED = -3;
const TIMEOUT = -6;
const IO = -10;

function makeCertificates() {
  const named = { extensions: ['subjectAltName=DNS:broker.test,IP:10.1.2.3'] };
  authority('ca', P256);
  authority('other', P256);
  authority('rsa', RSA(4096));
  selfSigned('alone', P256, ['subjectAltName=DNS:broker.test']);
  issue('good', 'ca', P256, named);
  issue('plain', 'ca', P256, { cn: 'broker.test' });
  issue('expired', 'ca', P256, { ...named, days: -1 });
  issue('client', 'ca', P256, { extensions: ['subjectAltName=DNS:broker.test', 'extendedKeyUsage=clientAuth'] });
  issue('wide', 'ca', P384, named);
  issue('short', 'ca', P256, { ...named, digest: 'sha224' });
  issue('rsaleaf', 'rsa', RSA(2048), named);
  issue('middle', 'ca', P256, {
    extensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'],
    cn: 'middle',
  });
  issue('chain', 'middle', P256, named);
  writeFileSync(file('chain.crt'), readFileSync(file('chain.crt'), 'utf8') + readFileSync(file('middle.crt'), 'utf8'));
  writeFileSync(file('none.der'), '');
  writeFileSync(file('damaged.der'), readFileSync(file('ca.der')).subarray(0, 200));
}

/** Passes a connection on to `port`, but of its answer only the first bytes. */
const passing = (port, bytes) =>
  startServer((socket) => {
    const behind = connect(port, '127.0.0.1');
    let left = bytes;
    socket.pipe(behind);
    behind.on('error', () => {});
    behind.on('data', (chunk) => {
      socket.write(chunk.subarray(0, left));
      left = Math.max(0, left - chunk.length);
    });
    socket.on('close', () => behind.destroy());
  });

/** What the probe says: its last line, and that nothing went wrong in it. */
const run = (host, port, ca, ...more) =>
  new Promise((resolve) => {
    execFile(probe, [host, String(port), file(`${ca}.der`), ...more], { timeout: 120_000 }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? error?.signal ?? 0, line: stdout.trimEnd().split('\n').at(-1), stderr });
    });
  });

async function expectOpen(what, ...args) {
  const { code, line, stderr } = await run(...args);
  assert.match(line, /^open \d+$/, `${what}: ${line} ${stderr}`);
  assert.equal(code, 0, `${what}: ${stderr}`);
  console.log(`${what}: ${line} bytes of the pool`);
}

async function expectError(what, error, reason, ...args) {
  const { code, line, stderr } = await run(...args);
  const [, found, text] = /^error (-?\d+) (.*)$/.exec(line) ?? assert.fail(`${what}: ${line} ${stderr}`);
  assert.equal(Number(found), error, `${what}: ${line}`);
  assert.match(text, reason, what);
  assert.equal(code, 0, `${what}: ${stderr}`);
  console.log(`${what}: ${text}`);
}

async function againstBroker() {
  const ports = await startBroker({
    good: { certificate: 'good' },
    plain: { certificate: 'plain' },
    expired: { certificate: 'expired' },
    alone: { certificate: 'alone' },
    client: { certificate: 'client' },
    wide: { certificate: 'wide' },
    short: { certificate: 'short' },
    rsaleaf: { certificate: 'rsaleaf' },
    chain: { certificate: 'chain' },
    aes: { certificate: 'good', lines: ['tls_version tlsv1.2', 'ciphers ECDHE-ECDSA-AES128-GCM-SHA256'] },
    chacha: { certificate: 'good', lines: ['tls_version tlsv1.2', 'ciphers ECDHE-ECDSA-CHACHA20-POLY1305'] },
    old: { certificate: 'rsaleaf', lines: ['tls_version tlsv1.2', 'ciphers AES256-SHA'] },
    newest: { certificate: 'good', lines: ['tls_version tlsv1.3'] },
    mutual: { certificate: 'good', lines: [`cafile ${file('ca.crt')}`, 'require_certificate true'] },
    open: {},
  });
  const host = 'broker.test';
  await expectOpen('right CA and host name', host, ports.good, 'ca');
  await expectOpen('one byte at a time', host, ports.good, 'ca', 'trickle');
  await expectOpen('twenty times before', host, ports.good, 'ca', 'again');
  await expectOpen('an address', '10.1.2.3', ports.good, 'ca');
  await expectOpen('a host name in the subject alone', host, ports.plain, 'ca');
  await expectOpen('expired', host, ports.expired, 'ca');
  await expectOpen('RSA, CA of 4,096 bits', host, ports.rsaleaf, 'rsa');
  await expectOpen('an authority between', host, ports.chain, 'ca');
  await expectOpen('self-signed and trusted as such', host, ports.alone, 'alone');
  await expectOpen('AES-128-GCM', host, ports.aes, 'ca');
  await expectError('wrong CA', DENIED, /not signed by the CA/, host, ports.good, 'other');
  await expectError('self-signed', DENIED, /not signed by the CA/, host, ports.alone, 'ca');
  await expectError('wrong host name', DENIED, /another host name/, 'broker.other', ports.good, 'ca');
  await expectError('wrong address', DENIED, /another host name/, '10.1.2.4', ports.good, 'ca');
  await expectError('a certificate for clients', DENIED, /not made for a server/, host, ports.client, 'ca');
  await expectError('a curve that is not built in', IO, /no cipher in common/, host, ports.wide, 'ca');
  await expectError('a hash that is not built in', DENIED, /not signed by the CA/, host, ports.short, 'ca');
  await expectError('no cipher in common', IO, /no cipher in common/, host, ports.old, 'rsa');
  await expectError('ChaCha20-Poly1305 alone', IO, /no cipher in common/, host, ports.chacha, 'ca');
  await expectError('TLS 1.3 only', IO, /doesn't offer TLS 1.2/, host, ports.newest, 'ca');
  await expectError('certificate of the client wanted', DENIED, /certificate of the client/, host, ports.mutual, 'ca');
  await expectError('no CA', DENIED, /no certificate is trusted|no CA/, host, ports.good, 'none');
  await expectError('a damaged CA', DENIED, /is damaged/, host, ports.good, 'damaged');
  await expectError('a listener without TLS', IO, /./, host, ports.open, 'ca');
  const stalled = await passing(ports.good, 300);
  await expectError('silent in the middle of the handshake', TIMEOUT, /doesn't finish/, host, stalled, 'ca', 'fast');
  const { line, stderr } = await run(host, ports.good, 'ca', 'flips');
  const [, flipped, waited] =
    /^refused (\d+), (\d+) of them by waiting$/.exec(line) ?? assert.fail(`flipped bytes: ${line} ${stderr}`);
  assert(Number(flipped) > 500, 'a handshake is longer than that');
  assert(
    Number(waited) < Number(flipped) / 4,
    `${waited} of ${flipped} handshakes with a flipped byte were not refused but timed out`,
  );
  console.log(`each of ${flipped} bytes of the broker's side flipped: refused, ${waited} by waiting`);
}

async function againstOthers() {
  const host = 'broker.test';
  await expectError(
    'silent from the beginning',
    TIMEOUT,
    /doesn't finish/,
    host,
    await startServer(() => {}),
    'ca',
    'fast',
  );
  await expectError(
    'closes at once',
    IO,
    /closed the connection/,
    host,
    await startServer((socket) => socket.destroy()),
    'ca',
  );
  await expectError(
    'another protocol',
    IO,
    /doesn't speak TLS/,
    host,
    await startServer((socket) => socket.write('220 mail ready\r\n')),
    'ca',
  );
  await expectError('nobody there', IO, /refused/, host, await freePort(), 'ca');
}

need({ openssl: 'version', mosquitto: '-h' });
try {
  makeCertificates();
  await againstBroker();
  await againstOthers();
} finally {
  clean();
}
