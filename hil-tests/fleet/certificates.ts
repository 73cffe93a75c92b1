/** A certificate authority that lives as long as a test, and a broker's certificate of it for the loopback. */
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const DAYS = ['-days', '30'];

export const hasOpenssl = (): boolean => spawnSync('openssl', ['version']).status === 0;

export interface Certificates {
  /** The authority's, as a PEM file and as a board takes it. */
  readonly caPath: string;
  readonly ca: Uint8Array;
  /** Settings of mosquitto. */
  readonly settings: readonly string[];
}

/** Writes them into `folder`: `ca.crt`, `broker.crt` and their keys. */
export function makeCertificates(folder: string): Certificates {
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  openssl(
    'req',
    '-x509',
    ...P256,
    ...DAYS,
    '-subj',
    '/CN=ca',
    '-addext',
    'keyUsage=critical,keyCertSign',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
  );
  openssl('req', '-new', ...P256, '-subj', '/CN=broker', '-keyout', 'broker.key', '-out', 'broker.csr');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl(
    'x509',
    '-req',
    '-in',
    'broker.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-extfile',
    'names',
    ...DAYS,
    '-out',
    'broker.crt',
  );
  const caPath = join(folder, 'ca.crt');
  return {
    caPath,
    ca: new X509Certificate(readFileSync(caPath)).raw,
    settings: [`certfile ${join(folder, 'broker.crt')}`, `keyfile ${join(folder, 'broker.key')}`],
  };
}
