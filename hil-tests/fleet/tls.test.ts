/**
 * A virtual board at a broker with TLS: the certificate that it was given decides whom it believes to be the broker.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectAsync } from 'mqtt';
import { openBoard, provision } from './board.js';
import { freePort } from './free-port.mjs';
import { Mosquitto, mosquittoPath } from './mosquitto.js';
import { Operator, Owner } from './operator.js';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const able = mosquittoPath !== undefined && spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!able)('a board at a broker with TLS', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tars-tls-'));
  const file = (name: string): string => join(folder, name);
  const der = (name: string): Uint8Array => new X509Certificate(readFileSync(file(name))).raw;
  const owner = new Owner();
  let broker: Mosquitto, port: number;

  /** A certificate that signs others. */
  const authority = (name: string): void =>
    void execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        ...KEY,
        '-days',
        '30',
        '-subj',
        `/CN=${name}`,
        '-addext',
        'keyUsage=critical,keyCertSign',
        '-keyout',
        file(`${name}.key`),
        '-out',
        file(`${name}.crt`),
      ],
      { stdio: 'pipe' },
    );

  beforeAll(async () => {
    authority('ca');
    authority('other');
    writeFileSync(file('names'), 'subjectAltName=DNS:localhost\n');
    execFileSync(
      'openssl',
      ['req', '-new', ...KEY, '-subj', '/CN=broker', '-keyout', file('broker.key'), '-out', file('broker.csr')],
      { stdio: 'pipe' },
    );
    execFileSync(
      'openssl',
      [
        'x509',
        '-req',
        '-in',
        file('broker.csr'),
        '-CA',
        file('ca.crt'),
        '-CAkey',
        file('ca.key'),
        '-CAcreateserial',
        '-extfile',
        file('names'),
        '-days',
        '30',
        '-out',
        file('broker.crt'),
      ],
      { stdio: 'pipe' },
    );
    port = await freePort();
    broker = await Mosquitto.start([
      `listener ${port} 127.0.0.1`,
      `certfile ${file('broker.crt')}`,
      `keyfile ${file('broker.key')}`,
    ]);
  });

  afterAll(async () => {
    await broker?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('births and replies go through TLS', async () => {
    const operator = await Operator.connect(broker.url, owner, 'line1');
    const rig = await openBoard();
    try {
      await provision(rig, owner, { broker: `mqtts://localhost:${port}`, fleet: 'line1', ca: der('ca.crt') });
      const birth = await operator.birth();
      expect(await operator.order(birth, 'publish', { topic: 'nobody', fields: [] })).not.toBe(0);
    } finally {
      await operator.close();
      await rig.close();
    }
  });

  const refused: readonly { readonly what: string; readonly ca: string; readonly host: string }[] = [
    { what: 'signed by somebody else', ca: 'other.crt', host: 'localhost' },
    { what: 'that names another host', ca: 'ca.crt', host: '127.0.0.1' },
  ];
  it.each(refused)('a broker with a certificate $what hears nothing, and the log says why', async ({ ca, host }) => {
    const listener = await connectAsync(broker.url);
    const heard: string[] = [];
    listener.on('message', (topic) => heard.push(topic));
    await listener.subscribeAsync('#');
    const rig = await openBoard();
    try {
      await provision(rig, owner, { broker: `mqtts://${host}:${port}`, fleet: 'line2', ca: der(ca) });
      const said = await untilSaid(rig, /^broker: .*denied/);
      expect(said).toMatch(/certificate/);
      expect((await rig.link.request('identity', {})).online).toBe(false);
      expect(heard.filter((topic) => topic.includes('line2'))).toEqual([]);
    } finally {
      await listener.endAsync();
      await rig.close();
    }
  });
});

/** The first line of the board about itself that fits. */
async function untilSaid(rig: Awaited<ReturnType<typeof openBoard>>, fits: RegExp): Promise<string> {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const line = (await rig.logs()).find(({ text }) => fits.test(text));
    if (line) return line.text;
  }
  throw new Error(`the log says only: ${(await rig.logs()).map(({ text }) => text).join(' | ')}`);
}
