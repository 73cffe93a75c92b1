/**
 * What the fuzzer of the device's verifier found worth keeping, before the host's verifier too: both must name the same
 * refusal. Parts of documents are put into whole ones and really signed here. A long run takes all of a grown corpus.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errors } from '../../hal/contract/index.js';
import { runs } from '../../sdk/testing/figures.js';
import { packApp } from './app.js';
import { makeBundleManifest } from './bundle.js';
import { cbor, concat } from './cbor.js';
import { isRefused, readEnvelope, signDocument, type Signer } from './envelope.js';
import { decodeGrant } from './grant.js';
import { sha256, toHex } from './ids.js';
import type { BundleManifest } from './bundle-manifest.js';
import { type RoleName, type TrustedRoot, verifyRoot } from './root.js';
import { verifyBeacon, verifyCommand } from './signed.js';
import { accepted } from './testing/accepted.js';
import { appAttacks } from './testing/app-attacks.js';
import { attacks } from './testing/attacks.js';
import {
  boardOf,
  boards,
  DEVICE_ID,
  images,
  keys,
  rootDocuments,
  roots,
  VENDOR,
  type VectorBoard,
} from './testing/cast.js';
import { bundleLine, type Case, compileFilter, field, project, runFilter } from './testing/device-filter.js';
import { NONCE } from './testing/fleet-cases.js';
import { forge, hex, parameterPairs } from './testing/forge.js';
import { verifyBundle } from './verify.js';

/** Entries of a grown corpus; the seeds and a short run's corpus are all taken. */
const MOST = runs({ full: 1_000_000, short: 100 });
const RUNS = 4_000;
const work = 'build/fuzz-verdicts';

/** The parts of a bundle in the order in which fuzz_bundle.c numbers them. */
const parts = [
  'bundle',
  'root',
  'manifest',
  'shared',
  'body',
  'app',
  'grant',
  'command',
  'beacon',
  'command body',
  'beacon body',
] as const;
const HEAD = 2;
/** The session of the golden vectors. */
const [COUNTER, TIME_S] = [4, 1_789_913_600];
const rows: readonly Case[] = [...accepted, ...attacks, ...appAttacks];
const codes = new Map<string, number>(errors.map(({ name, code }) => [name, code]));
const scratch = mkdtempSync(join(tmpdir(), 'tars-fuzz-'));
let filter = '';

beforeAll(() => {
  filter = compileFilter();
  for (const target of ['bundle', 'manifest']) {
    execFileSync(process.execPath, ['cli/dev/fuzz.mjs', '--target', target, '--runs', String(RUNS), '--work', work], {
      cwd: project,
    });
  }
}, 600_000);
afterAll(() => rmSync(scratch, { recursive: true }));

interface RootCase {
  readonly old: Uint8Array | undefined;
  readonly bytes: Uint8Array;
}

/** One input of the fuzzer. */
interface Entry {
  readonly name: string;
  readonly part: (typeof parts)[number];
  readonly row: number;
  readonly content: Uint8Array;
}

const header = hex('0061736d01000000');

/** Files of a folder, by name. */
function files(folder: string): (readonly [string, Uint8Array])[] {
  const path = join(project, folder);
  return existsSync(path)
    ? readdirSync(path)
        .sort()
        .map((name) => [`${folder}/${name}`, new Uint8Array(readFileSync(join(path, name)))] as const)
    : [];
}

/** An input of the fuzzer of bundles. */
const bundleEntry = ([name, bytes]: readonly [string, Uint8Array]): Entry => ({
  name,
  part: parts[(bytes[0] ?? 0) % parts.length] as Entry['part'],
  row: (bytes[1] ?? 0) % rows.length,
  content: bytes.subarray(HEAD),
});

/** An input of the fuzzer of manifests, inside a module of nothing else. */
function manifestEntry([name, bytes]: readonly [string, Uint8Array]): Entry {
  const size = bytes.length + 2;
  const section = concat(Uint8Array.of(0, (size & 0x7f) | 0x80, size >> 7, 1, 0x74), bytes);
  return { name, part: 'app', row: 0, content: packApp({ class: 'virtual', modules: [concat(header, section)] }) };
}

/** Every n-th, so that at most `most` remain. */
const thinned = <T>(list: readonly T[], most: number): readonly T[] =>
  list.filter((_, i) => i % Math.ceil(list.length / most) === 0);

/** Seeds, the corpus of the short run, and of the one that grows with every run. */
function corpusOf(target: string, entry: (file: readonly [string, Uint8Array]) => Entry): readonly Entry[] {
  const grown = files(`build/fuzz/${target}/corpus-fast`);
  return [...files(`${work}/${target}/seeds`), ...files(`${work}/${target}/corpus-fast`), ...thinned(grown, MOST)]
    .filter(([, { length }]) => length > HEAD)
    .map(entry);
}

const corpus = (): readonly Entry[] => [...corpusOf('bundle', bundleEntry), ...corpusOf('manifest', manifestEntry)];

/** Keys of the board's owner that have a role; on a board without owner some key. */
function signersOf({ root }: VectorBoard, role: RoleName): readonly Signer[] {
  const all = Object.values(keys);
  return root
    ? roots[root].keys
        .filter((key) => key.roles.includes(role))
        .map(({ publicKey }) => all.find((key) => toHex(key.publicKey) === toHex(publicKey)) as Signer)
    : [keys.alice];
}

const wide = decodeGrant(hex('871affffffff1affffffff001affffffff0018ff81840664493243311848190190'));
const rowOf = ({ row }: Entry): Case => rows[row] as Case;

/** What a manifest says that this board takes, of another app. */
function manifestFor(board: VectorBoard, payload: Uint8Array): BundleManifest {
  const owner = board.root && roots[board.root];
  const epoch = owner?.epoch ?? 0;
  const number = 8 + Math.max(owner?.sequence ?? 0, board.committed?.epoch === epoch ? board.committed.number : 0);
  const base = makeBundleManifest({ image: images.kalman, vendor: owner?.vendor ?? VENDOR, epoch, number });
  return { ...base, digest: sha256(payload), size: payload.length, detached: true };
}

/** The payload inside of a row's bundle. */
function payloadOf({ bytes }: Case): Uint8Array | undefined {
  const envelope = readEnvelope('bundle', bytes);
  return isRefused(envelope) ? undefined : envelope.payload;
}

/** Bundles made of an entry. */
function bundlesOf(entry: Entry): Case[] {
  const row = rowOf(entry);
  const { board } = row;
  const { content } = entry;
  const signers = signersOf(board, 'release');
  const around = (document: Uint8Array, payload?: Uint8Array): Case => ({
    board,
    bytes: signDocument('bundle', document, signers, payload),
  });
  switch (entry.part) {
    case 'bundle': {
      const envelope = readEnvelope('bundle', content);
      return [
        { ...row, bytes: content },
        ...(isRefused(envelope) ? [] : [{ ...row, ...around(envelope.document, envelope.payload) }]),
      ];
    }
    case 'manifest':
      return [{ ...row, ...around(content, payloadOf(row)) }];
    case 'shared':
      return [{ ...row, ...around(forge(manifestFor(board, images.kalman), { shared: content })) }];
    case 'app': {
      const manifest = { ...manifestFor(board, content), grant: wide, calls: board.calls };
      return [{ ...around(forge(manifest)), payload: content }];
    }
    case 'grant': {
      const pairs = parameterPairs(manifestFor(board, images.kalman)).map(
        ([key, value]) => [key, toHex(key) === '38ff' ? cbor.bytes(content) : value] as const,
      );
      return [{ ...around(forge(manifestFor(board, images.kalman), { parameters: pairs })), payload: images.kalman }];
    }
    case 'root':
    case 'body':
    case 'command':
    case 'beacon':
    case 'command body':
    case 'beacon body':
      return [];
  }
}

/** Root documents made of an entry. */
function rootsOf(entry: Entry): RootCase[] {
  const { board } = rowOf(entry);
  const old = board.root && rootDocuments[board.root];
  const signers = signersOf(board, 'root');
  if (entry.part === 'body') return [{ old, bytes: signDocument('root', entry.content, signers) }];
  if (entry.part !== 'root') return [];
  const envelope = readEnvelope('root', entry.content);
  const again = isRefused(envelope) ? [] : [{ old, bytes: signDocument('root', envelope.document, signers) }];
  return [{ old: entry.row % 2 ? old : undefined, bytes: entry.content }, ...again];
}

/** The host's answers in the filter's form. */
function hostBundle({ board, bytes, payload }: Case): string {
  const verdict = verifyBundle(bytes, boardOf(board), payload ? { payload } : {});
  if ('refused' in verdict) return String(codes.get(verdict.refused.error));
  return verdict.accepted.same ? 'same' : '0';
}

function trusted(bytes: Uint8Array): TrustedRoot {
  const result = verifyRoot(bytes);
  if ('refused' in result) throw new Error(result.refused.why);
  return result.accepted;
}

function hostRoot({ old, bytes }: RootCase): string {
  const result = verifyRoot(bytes, old && trusted(old));
  if ('refused' in result) return String(codes.get(result.refused.error));
  return result.same ? 'same' : '0';
}

type Operator = 'command' | 'beacon';

/** Commands and beacons made of an entry: as it is, or around a body. */
function operatorOf(entry: Entry, document: Operator): Uint8Array[] {
  const signers = signersOf(boards.fresh, 'operator');
  if (entry.part === `${document} body`) return [signDocument(document, entry.content, signers)];
  if (entry.part !== document) return [];
  const envelope = readEnvelope(document, entry.content);
  return [entry.content, ...(isRefused(envelope) ? [] : [signDocument(document, envelope.document, signers)])];
}

/** What the session of the golden vectors' device says. */
function hostOperator(document: Operator, bytes: Uint8Array): string {
  const root = roots.one;
  const body =
    document === 'command'
      ? verifyCommand(bytes, { root, device: DEVICE_ID, nonces: [{ nonce: NONCE, ageMs: 0, counter: COUNTER }] })
      : verifyBeacon(bytes, { root, device: DEVICE_ID, nonce: NONCE, timeS: TIME_S });
  return isRefused(body) ? String(codes.get(body.error)) : '0';
}

/** Where the two differ, in the words of the entry; and how often each answer came. */
function compare(names: readonly string[], device: readonly string[], host: readonly string[]): string[] {
  expect(device).toHaveLength(names.length);
  return names.flatMap((name, i) => (device[i] === host[i] ? [] : [`${name}: host ${host[i]}, device ${device[i]}`]));
}

describe('the corpus of the fuzzer', () => {
  it('has the same verdicts on host and device, for every bundle', () => {
    const cases = corpus().flatMap((entry) =>
      bundlesOf(entry).map((each) => [`${entry.part} ${entry.row} ${entry.name}`, each] as const),
    );
    const device = runFilter(
      filter,
      'bundle',
      cases.map(([, each]) => bundleLine(each)),
    );
    expect(
      compare(
        cases.map(([name]) => name),
        device,
        cases.map(([, each]) => hostBundle(each)),
      ),
    ).toEqual([]);
    // A comparison of nothing but one refusal would say little.
    expect(cases.length).toBeGreaterThan(400);
    expect(new Set(device).size).toBeGreaterThan(30);
    expect(device.filter((answer) => answer === '0').length).toBeGreaterThan(20);
  }, 600_000);

  it('has the same verdicts on host and device, for every root document', () => {
    const cases = corpus().flatMap((entry) =>
      rootsOf(entry).map((each) => [`${entry.part} ${entry.row} ${entry.name}`, each] as const),
    );
    const device = runFilter(
      filter,
      'root',
      cases.map(([, { old, bytes }]) => `${field(old)} ${toHex(bytes)}`),
    );
    expect(
      compare(
        cases.map(([name]) => name),
        device,
        cases.map(([, each]) => hostRoot(each)),
      ),
    ).toEqual([]);
    expect(cases.length).toBeGreaterThan(60);
    expect(new Set(device).size).toBeGreaterThan(15);
  }, 600_000);

  it.each(['command', 'beacon'] as const)(
    'has the same verdicts on host and device, for every %s',
    (document) => {
      const cases = corpus().flatMap((entry) =>
        operatorOf(entry, document).map((each) => [`${entry.part} ${entry.name}`, each] as const),
      );
      const session = [rootDocuments.one, DEVICE_ID, NONCE].map(field);
      const device = runFilter(
        filter,
        document,
        cases.map(([, bytes]) => [...session, 0, COUNTER, TIME_S, toHex(bytes)].join(' ')),
      );
      expect(
        compare(
          cases.map(([name]) => name),
          device,
          cases.map(([, bytes]) => hostOperator(document, bytes)),
        ),
      ).toEqual([]);
      expect(cases.length).toBeGreaterThan(20);
      expect(new Set(device).size).toBeGreaterThan(6);
    },
    600_000,
  );
});
