/** Addresses of brokers as people write them, and the certificate that one must be signed by. */
import { X509Certificate } from 'node:crypto';
import { limits, names } from '../../hal/contract/index.js';
import { readNamed } from '../files.js';
import { exitCodes, usageError, UserError } from '../errors.js';

export interface BrokerAddress {
  /** The URL as the user wrote it, with its port. */
  readonly url: string;
  readonly tls: boolean;
  /** An IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
}

const PORTS = { 'mqtt:': 1883, 'mqtts:': 8883 } as const;
const URL_MAX = 128;

/** Reads `mqtt://host:port` or `mqtts://host:port`. */
export function brokerAddress(text: string): BrokerAddress {
  // A password before the host is nothing for screens and logs.
  const shown = text.replace(/\/\/.*@/s, '//…@');
  const wrong = usageError(`${shown} is no broker; it looks like mqtt://127.0.0.1:1883 or mqtts://broker.example:8883`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong;
  }
  if (url.protocol !== 'mqtt:' && url.protocol !== 'mqtts:') throw wrong;
  if (url.username !== '' || url.password !== '')
    throw new UserError('usage', `${shown} names a user or a password, which others could read there`, {
      cure: `write ${url.protocol}//${url.host}, and give --user NAME and TARS_BROKER_PASSWORD in the environment`,
      exit: exitCodes.usage,
    });
  const plain = url.hostname !== '' && /^\/?$/.test(url.pathname) && url.search === '' && url.hash === '';
  if (!plain) throw wrong;
  const port = url.port === '' ? PORTS[url.protocol] : Number(url.port);
  const full = `${url.protocol}//${url.hostname}:${port}`;
  if (full.length > URL_MAX) throw usageError(`the address of the broker has ${full.length} bytes, at most ${URL_MAX}`);
  return { url: full, tls: url.protocol === 'mqtts:', host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port };
}

/** Refuses what can't be a part of a topic. */
export function fleetName(name: string): string {
  if (!names.fleet.pattern.test(name))
    throw usageError(`${name} can't be the name of a fleet: up to 32 letters, digits, '.', '-' and '_'`);
  return name;
}

/** The one certificate in a PEM file. */
export function certificate(path: string): X509Certificate {
  const text = Buffer.from(readNamed(path)).toString('latin1');
  const cure =
    "name the PEM file of the authority that signed the broker's certificate, with exactly one certificate in it";
  const count = text.split('-----BEGIN CERTIFICATE-----').length - 1;
  if (count !== 1) throw new UserError('bad_ca', `${path} holds ${count} certificates`, { cure });
  let found: X509Certificate;
  try {
    found = new X509Certificate(text);
  } catch {
    throw new UserError('bad_ca', `the certificate in ${path} can't be read`, { cure });
  }
  if (found.raw.length > limits.ca.value)
    throw new UserError(
      'bad_ca',
      `the certificate in ${path} has ${found.raw.length} bytes, boards keep ${limits.ca.value}`,
      { cure: 'use an authority with a shorter key, ECDSA P-256 for example' },
    );
  return found;
}
