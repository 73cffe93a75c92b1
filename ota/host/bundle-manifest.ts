/**
 * The manifest of a bundle: the template of the closed SUIT profile, read and written. Commands stand in one order and
 * with one meaning each; a manifest that would need interpreting is refused.
 */
import { bundle, bundleParameters, limits } from '../../hal/contract/index.js';
import { cbor, FormError, type MapRow, Reader } from './cbor.js';
import { digestItem, readDigest } from './cose.js';
import { decodeGrant, encodeGrant, type Grant } from './grant.js';

const { command, common, component, epochShift, manifest: keys, manifestVersion, report, uri: uris } = bundle;
const U32 = 0xffffffff;
const EPOCH = 2 ** epochShift;
const MAX_EPOCH = 0xffff;

/** How a payload that is not the whole app image makes one. */
export interface Delta {
  readonly method: number;
  /** SHA-256 of the app image that it starts from. */
  readonly base: Uint8Array;
  /** Bytes and SHA-256 of the payload. */
  readonly size: number;
  readonly digest: Uint8Array;
}

/** What a manifest says. */
export interface BundleManifest {
  readonly epoch: number;
  readonly number: number;
  readonly vendor: Uint8Array;
  readonly class: Uint8Array;
  /** Absent: for every device of the class. */
  readonly device?: Uint8Array;
  /** SHA-256 and bytes of the app image. */
  readonly digest: Uint8Array;
  readonly size: number;
  readonly grant: Grant;
  /** Bitmap of the host calls needed. */
  readonly calls: Uint8Array;
  readonly healthMs: number;
  /** Engine condition of native code. */
  readonly engine?: Uint8Array;
  readonly delta?: Delta;
  /** True: the payload is not in the envelope. */
  readonly detached: boolean;
}

type ParameterName = (typeof bundleParameters)[number]['name'];

/** Bytes of a manifest. */
export function encodeBundleManifest(manifest: BundleManifest): Uint8Array {
  const { epoch, number, detached } = manifest;
  const condition = cbor.int(report.condition);
  const conditions = [command.vendor, command.class, ...(manifest.device ? [command.device] : [])];
  const shared = cbor.array(
    cbor.int(command.override),
    cbor.map(parameters(manifest)),
    ...conditions.flatMap((label) => [cbor.int(label), condition]),
  );
  const place = cbor.map([[uris.parameter, cbor.text(detached ? uris.detached : uris.integrated)]]);
  return cbor.map([
    [keys.version, cbor.int(manifestVersion)],
    [keys.sequence, cbor.int(epoch * EPOCH + number)],
    [
      keys.common,
      cbor.bytes(
        cbor.map([
          [common.components, cbor.array(cbor.array(cbor.bytes(Uint8Array.of(component))))],
          [common.shared, cbor.bytes(shared)],
        ]),
      ),
    ],
    [keys.validate, cbor.bytes(cbor.array(cbor.int(command.image), condition))],
    [keys.invoke, cbor.bytes(cbor.array(cbor.int(command.invoke), cbor.int(report.directive)))],
    [
      keys.install,
      cbor.bytes(
        cbor.array(
          cbor.int(command.override),
          place,
          cbor.int(command.fetch),
          cbor.int(report.directive),
          cbor.int(command.image),
          condition,
        ),
      ),
    ],
  ]);
}

function parameters(manifest: BundleManifest): readonly (readonly [number, Uint8Array | undefined])[] {
  const { device, engine, delta } = manifest;
  const values: Readonly<Record<ParameterName, Uint8Array | undefined>> = {
    vendor: cbor.bytes(manifest.vendor),
    class: cbor.bytes(manifest.class),
    digest: cbor.bytes(digestItem(manifest.digest)),
    size: cbor.int(manifest.size),
    device: device && cbor.bytes(device),
    grant: cbor.bytes(encodeGrant(manifest.grant)),
    calls: cbor.bytes(manifest.calls),
    health: cbor.int(manifest.healthMs),
    engine: engine && cbor.bytes(engine),
    delta:
      delta &&
      cbor.bytes(
        cbor.array(cbor.int(delta.method), cbor.bytes(delta.base), cbor.int(delta.size), cbor.bytes(delta.digest)),
      ),
  };
  return bundleParameters.map(({ label, name }) => [label, values[name]]);
}

/** Reads a manifest against the template. Throws FormError at the first byte that doesn't fit. */
export function decodeBundleManifest(document: Uint8Array): BundleManifest {
  const reader = new Reader(document);
  let sequence = 0;
  let shared: Shared | undefined;
  let detached = false;
  reader.map(
    [
      { key: keys.version, read: (r) => r.literal(manifestVersion, 'the version', 'version') },
      { key: keys.sequence, read: (r) => (sequence = readSequence(r)) },
      { key: keys.common, read: (r) => (shared = wrapped(r, 'common', readCommon)) },
      {
        key: keys.validate,
        read: (r) => wrapped(r, 'validate', (inner) => literals(inner, [command.image, report.condition], 'validate')),
      },
      {
        key: keys.invoke,
        read: (r) => wrapped(r, 'invoke', (inner) => literals(inner, [command.invoke, report.directive], 'invoke')),
      },
      { key: keys.install, read: (r) => (detached = wrapped(r, 'install', readInstall)) },
    ],
    'the manifest',
  );
  reader.done('the manifest');
  return { ...(shared as unknown as Shared), epoch: Math.floor(sequence / EPOCH), number: sequence % EPOCH, detached };
}

type Shared = Omit<BundleManifest, 'epoch' | 'number' | 'detached'>;

function wrapped<T>(reader: Reader, what: string, read: (inner: Reader) => T): T {
  const inner = reader.nested(what);
  const value = read(inner);
  inner.done(what);
  return value;
}

function readSequence(reader: Reader): number {
  const start = reader.at;
  const sequence = reader.uint(1, MAX_EPOCH * EPOCH + U32, 'the sequence number');
  if (sequence % EPOCH === 0) reader.fail('profile', 'the sequence number is 0', start);
  return sequence;
}

/** An array of these integers. */
function literals(reader: Reader, wanted: readonly number[], what: string): void {
  reader.array(wanted.length, wanted.length, what);
  for (const each of wanted) reader.literal(each, what);
}

function readCommon(reader: Reader): Shared {
  let shared: Shared | undefined;
  reader.map(
    [
      {
        key: common.components,
        read: (r) => {
          r.array(1, 1, 'the components');
          r.array(1, 1, 'the component');
          const start = r.at;
          if (r.byteString(1, 1, 'the component')[0] !== component) r.fail('profile', 'another component', start);
        },
      },
      { key: common.shared, read: (r) => (shared = wrapped(r, 'the shared sequence', readShared)) },
    ],
    'common',
  );
  return shared as unknown as Shared;
}

function readShared(reader: Reader): Shared {
  const count = reader.array(6, 8, 'the shared sequence');
  if (count === 7) reader.fail('profile', 'the shared sequence has 7 items');
  reader.literal(command.override, 'the first command');
  const shared = readParameters(reader);
  if ((shared.device !== undefined) !== (count === 8))
    reader.fail('profile', 'device condition and device parameter do not match');
  const labels = [command.vendor, command.class, ...(shared.device ? [command.device] : [])];
  for (const label of labels) {
    reader.literal(label, 'a condition');
    reader.literal(report.condition, 'a reporting policy');
  }
  return shared;
}

function readParameters(reader: Reader): Shared {
  const values: Partial<Record<ParameterName, unknown>> = {};
  const rows = bundleParameters.map((row): MapRow => ({
    key: row.label,
    optional: row.optional,
    read: (r) => {
      const what = `the parameter ${row.name}`;
      if (row.type === 'u32') values[row.name] = r.uint(row.min, row.max, what);
      else if (row.type === 'bytes')
        values[row.name] = row.name === 'calls' ? readCalls(r, row.max) : r.byteString(row.min, row.max, what).slice();
      else values[row.name] = contents[row.name](r.nested(what, row.max));
    },
  }));
  reader.map(rows, 'the parameters');
  const { health, ...rest } = values;
  return { ...rest, healthMs: health } as unknown as Shared;
}

function readCalls(reader: Reader, max: number): Uint8Array {
  const start = reader.at;
  const bitmap = reader.byteString(0, max, 'the parameter calls').slice();
  if (bitmap.at(-1) === 0) reader.fail('profile', 'the parameter calls ends with a zero byte', start);
  return bitmap;
}

/** Readers of the parameters that hold an item. */
const contents = {
  digest: (r: Reader): Uint8Array => {
    const digest = readDigest(r, 'the payload digest').slice();
    r.done('the payload digest');
    return digest;
  },
  grant: (r: Reader): Grant => asProfile(r, () => decodeGrant(r.bytes.subarray(r.at, r.end))),
  delta: (r: Reader): Delta =>
    asProfile(r, () => {
      r.array(4, 4, 'delta');
      const delta = {
        method: r.uint(1, 255, 'delta method'),
        base: r.byteString(32, 32, 'delta base').slice(),
        size: r.uint(1, U32, 'delta size'),
        digest: r.byteString(32, 32, 'delta digest').slice(),
      };
      r.done('delta');
      return delta;
    }),
};

/** Inside of grant and delta every fault of form is `profile`. */
function asProfile<T>(reader: Reader, read: () => T): T {
  const start = reader.at;
  try {
    return read();
  } catch (error) {
    if (error instanceof FormError) return reader.fail('profile', error.message, start);
    throw error;
  }
}

/** Reads the install sequence; true: the payload is fetched from elsewhere. */
function readInstall(reader: Reader): boolean {
  reader.array(6, 6, 'install');
  reader.literal(command.override, 'install');
  let uri = '';
  reader.map(
    [
      {
        key: uris.parameter,
        read: (r) => {
          const start = r.at;
          uri = r.text(Infinity, 'the place of the payload');
          if (uri !== uris.integrated && uri !== uris.detached) r.fail('profile', 'the place of the payload', start);
        },
      },
    ],
    'the parameters of install',
  );
  for (const each of [command.fetch, report.directive, command.image, report.condition])
    reader.literal(each, 'install');
  return uri === uris.detached;
}

/** Limits that the packer keeps too. */
export const healthLimits = { min: 1, max: limits.health_max_ms.value } as const;
