/**
 * What is verified on a Cortex-M7 to measure it, as a C header: a signed bundle, the owner's root document, and a
 * board.
 */
import { calls } from '../../hal/contract/index.js';
import { packApp } from '../../ota/host/app.js';
import { packBundle } from '../../ota/host/bundle.js';
import { digestItem, toBeSigned } from '../../ota/host/cose.js';
import { publicKey } from '../../ota/host/ed25519.js';
import { documents, isRefused, readEnvelope } from '../../ota/host/envelope.js';
import { callBitmap } from '../../ota/host/request.js';
import { makeRoot, signRoot } from '../../ota/host/root.js';

const BOARD_CLASS = 'virtual';
/** The bytes that, repeated, are the seeds of the owner's key and of the device's. */
const OWNER = 1;
const DEVICE = 16;

const seedOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const array = (name: string, bytes: Uint8Array): string =>
  `static const uint8_t fixture_${name}[] = {${[...bytes].join(',')}};\n`;

/** Packs a module as an app and signs it with a key that everybody knows. */
export function fixture(module: Uint8Array): string {
  const signer = { seed: seedOf(OWNER), publicKey: publicKey(seedOf(OWNER)) };
  const root = makeRoot({
    version: 1,
    epoch: 0,
    sequence: 0,
    owner: 'robots.example',
    thresholds: { root: 1, release: 1, operator: 0, aot: 0, dev: 0 },
    keys: [{ publicKey: signer.publicKey, roles: ['root', 'release'], name: 'alice' }],
  });
  const image = packApp({ class: BOARD_CLASS, modules: [module] });
  const { bytes } = packBundle({ image, vendor: root.vendor, epoch: 0, number: 7, detached: false }, [signer]);
  const envelope = readEnvelope('bundle', bytes);
  if (isRefused(envelope)) throw new Error(envelope.why);
  const [signature] = envelope.signatures;
  if (!signature) throw new Error('the bundle has no signature');
  return (
    '/* Written by cli/dev/m7-fixture.ts. */\n#include <stdint.h>\n' +
    `#define FIXTURE_PAYLOAD ${image.length}\nstatic const char fixture_class[] = "${BOARD_CLASS}";\n` +
    array('bundle', bytes) +
    array('root', signRoot(root, [signer])) +
    array('key', publicKey(seedOf(DEVICE))) +
    array('calls', callBitmap(calls.map(({ id }) => id))) +
    array('signer', signer.publicKey) +
    array('signature', signature.bytes) +
    array('signed', toBeSigned({ aad: documents.bundle.aad, digest: digestItem(envelope.digest) }, signature.header))
  );
}
