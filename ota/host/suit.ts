/**
 * SUIT manifests in general (draft-ietf-suit-manifest), as far as its examples go: for people who look at envelopes of
 * others, and to show that our closed profile is a true subset. Nothing here decides what a board takes.
 */
import { bundle } from '../../hal/contract/index.js';
import { cbor, concat, Reader, sameBytes } from './cbor.js';
import { documentDigest } from './envelope.js';

/** Any CBOR item. Tags other than those below don't occur. */
export type Item = number | bigint | string | boolean | null | Uint8Array | Tagged | readonly Item[] | readonly Entry[];
/** A pair of a map; a map is a list of them, so that keys may be of any type and keep their order. */
export class Entry {
  constructor(
    readonly key: Item,
    readonly value: Item,
  ) {}
}
/** The empty map; a list without entries would be an array. */
export const EMPTY_MAP: Uint8Array[] = [];
export class Tagged {
  constructor(
    readonly tag: number,
    readonly item: Item,
  ) {}
}

const MAX_DEPTH = 16;

/** Reads one item of any kind, in shortest form. */
export function readItem(reader: Reader, depth = 0): Item {
  if (depth > MAX_DEPTH) return reader.fail('profile', 'nested too deeply');
  const initial = reader.bytes[reader.at] ?? 0;
  switch (initial >> 5) {
    case 0:
    case 1:
      return reader.number('an integer');
    case 2:
      return reader.byteString(0, Infinity, 'a byte string').slice();
    case 3:
      return reader.text(Infinity, 'a text');
    case 4:
      return repeat(reader.expect('array', 'an array'), () => readItem(reader, depth + 1));
    case 5: {
      const count = reader.expect('map', 'a map');
      if (count === 0) return EMPTY_MAP;
      return repeat(count, () => new Entry(readItem(reader, depth + 1), readItem(reader, depth + 1)));
    }
    case 6:
      return new Tagged(reader.expect('tag', 'a tag'), readItem(reader, depth + 1));
    default: {
      const { value, info, start } = reader.head();
      if (info === 20 || info === 21) return info === 21;
      return info === 22 && value === 22 ? null : reader.fail('profile', 'a simple value or float', start);
    }
  }
}

/** Reads `count` items. A count that is too large fails at the end of the bytes. */
function repeat<T>(count: number, item: () => T): T[] {
  const items: T[] = [];
  while (items.length < count) items.push(item());
  return items;
}

/** Bytes of one item. */
export function writeItem(item: Item): Uint8Array {
  if (item === null) return cbor.null;
  if (typeof item === 'boolean') return Uint8Array.of(item ? 0xf5 : 0xf4);
  if (typeof item === 'number' || typeof item === 'bigint') return cbor.int(item);
  if (typeof item === 'string') return cbor.text(item);
  if (item instanceof Uint8Array) return cbor.bytes(item);
  if (item instanceof Tagged) return cbor.tag(item.tag, writeItem(item.item));
  if (item === EMPTY_MAP) return Uint8Array.of(0xa0);
  const [first] = item;
  if (!(first instanceof Entry)) return cbor.array(...(item as readonly Item[]).map(writeItem));
  const pairs = (item as readonly Entry[]).flatMap(({ key, value }) => [writeItem(key), writeItem(value)]);
  // The head of a map is the head of an array with another major type.
  const head = cbor.array(...Array.from({ length: item.length }, () => cbor.null)).slice(0, item.length < 24 ? 1 : 2);
  head[0] = (head[0] as number) + 0x20;
  return concat(head, ...pairs);
}

/** A command: what it does by its name, its argument decoded as far as it holds further commands. */
export interface SuitCommand {
  readonly label: number;
  readonly name: string;
  readonly argument: SuitArgument;
}
export type SuitArgument =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'sequence'; readonly commands: readonly SuitCommand[] }
  | { readonly kind: 'choice'; readonly sequences: readonly (readonly SuitCommand[] | null)[] }
  | { readonly kind: 'parameters'; readonly entries: readonly Entry[] };

/** Names of commands and members as the specification has them. */
const COMMANDS: Readonly<Record<number, string>> = {
  1: 'condition-vendor-identifier',
  2: 'condition-class-identifier',
  3: 'condition-image-match',
  5: 'condition-component-slot',
  6: 'condition-check-content',
  12: 'directive-set-component-index',
  14: 'condition-abort',
  15: 'directive-try-each',
  18: 'directive-write',
  20: 'directive-override-parameters',
  21: 'directive-fetch',
  22: 'directive-copy',
  23: 'directive-invoke',
  24: 'condition-device-identifier',
  31: 'directive-swap',
  32: 'directive-run-sequence',
};
const TRY_EACH = 15;
const OVERRIDE = 20;
const RUN_SEQUENCE = 32;
const MEMBERS: Readonly<Record<number, string>> = {
  1: 'version',
  2: 'sequence',
  3: 'common',
  4: 'reference-uri',
  7: 'validate',
  8: 'load',
  9: 'invoke',
  16: 'payload-fetch',
  20: 'install',
  23: 'text',
};
const SEQUENCES: readonly number[] = [7, 8, 9, 16, 20];

/** A member of a manifest: a command sequence, or anything else as it stands. */
export interface SuitMember {
  readonly key: number;
  readonly name: string;
  readonly value:
    | { readonly commands: readonly SuitCommand[] }
    | { readonly common: readonly Entry[]; readonly shared: readonly SuitCommand[] }
    | { readonly item: Item };
}

export interface SuitEnvelope {
  readonly digest: { readonly algorithm: number; readonly bytes: Uint8Array };
  /** COSE algorithm of each signature. */
  readonly algorithms: readonly (number | undefined)[];
  readonly manifest: readonly SuitMember[];
  /** The manifest as it stood. */
  readonly document: Uint8Array;
  /** True: the digest is that of the manifest. */
  readonly digestFits: boolean;
  /** Severed members and integrated payloads. */
  readonly others: readonly Entry[];
}

function whole(bytes: Uint8Array): Item {
  const reader = new Reader(bytes);
  const item = readItem(reader);
  reader.done('the item');
  return item;
}

const misfit = (what: string): never => new Reader(new Uint8Array()).fail('profile', what);
const bytesOf = (item: Item | undefined, what: string): Uint8Array =>
  item instanceof Uint8Array ? item : misfit(what);
const listOf = (item: Item | undefined, what: string): readonly Item[] =>
  Array.isArray(item) && !(item[0] instanceof Entry) ? (item as readonly Item[]) : misfit(what);
const entriesOf = (item: Item | undefined, what: string): readonly Entry[] =>
  item === EMPTY_MAP ? [] : Array.isArray(item) && item[0] instanceof Entry ? (item as readonly Entry[]) : misfit(what);
const numberOf = (item: Item | undefined, what: string): number => (typeof item === 'number' ? item : misfit(what));
const valueOf = (entries: readonly Entry[], key: number): Item | undefined =>
  entries.find((entry) => entry.key === key)?.value;

/** Reads a SUIT envelope of any profile. Throws FormError. */
export function decodeSuit(bytes: Uint8Array): SuitEnvelope {
  const top = whole(bytes);
  if (!(top instanceof Tagged) || top.tag !== bundle.tag) return misfit('no SUIT envelope');
  const entries = entriesOf(top.item, 'the envelope');
  const [digestBytes, ...blocks] = listOf(
    whole(bytesOf(valueOf(entries, 2), 'the authentication')),
    'the authentication',
  );
  const [algorithm, digest] = listOf(whole(bytesOf(digestBytes, 'the digest')), 'the digest');
  const document = bytesOf(valueOf(entries, 3), 'the manifest');
  return {
    digest: { algorithm: numberOf(algorithm, 'the digest'), bytes: bytesOf(digest, 'the digest') },
    algorithms: blocks.map((block) => algorithmOf(bytesOf(block, 'a signature'))),
    manifest: entriesOf(whole(document), 'the manifest').map(decodeMember),
    document,
    digestFits: sameBytes(bytesOf(digest, 'the digest'), documentDigest(document)),
    others: entries.filter(({ key }) => key !== 2 && key !== 3),
  };
}

function algorithmOf(block: Uint8Array): number | undefined {
  const tagged = whole(block);
  const [header] = listOf(tagged instanceof Tagged ? tagged.item : undefined, 'a signature');
  const algorithm = valueOf(
    entriesOf(whole(bytesOf(header, 'a protected header')), 'a protected header'),
    bundle.header.algorithm,
  );
  return typeof algorithm === 'number' ? algorithm : undefined;
}

function decodeMember({ key, value }: Entry): SuitMember {
  const label = numberOf(key, 'a key of the manifest');
  const member = { key: label, name: MEMBERS[label] ?? String(label) };
  if (label === bundle.manifest.common) {
    const common = entriesOf(whole(bytesOf(value, 'common')), 'common');
    const shared = valueOf(common, bundle.common.shared);
    return {
      ...member,
      value: { common, shared: shared === undefined ? [] : decodeCommands(bytesOf(shared, 'the shared sequence')) },
    };
  }
  // A severed member is a digest, not a byte string.
  if (SEQUENCES.includes(label) && value instanceof Uint8Array)
    return { ...member, value: { commands: decodeCommands(value) } };
  return { ...member, value: { item: value } };
}

function decodeCommands(bytes: Uint8Array): SuitCommand[] {
  const items = listOf(whole(bytes), 'a command sequence');
  if (items.length % 2 === 1) misfit('a command without its argument');
  return Array.from({ length: items.length / 2 }, (_, i) => {
    const label = numberOf(items[2 * i], 'a command');
    return {
      label,
      name: COMMANDS[label] ?? `custom ${label}`,
      argument: decodeArgument(label, items[2 * i + 1] as Item),
    };
  });
}

function decodeArgument(label: number, item: Item): SuitArgument {
  if (label === RUN_SEQUENCE) return { kind: 'sequence', commands: decodeCommands(bytesOf(item, 'a sequence')) };
  if (label === TRY_EACH)
    return {
      kind: 'choice',
      sequences: listOf(item, 'a choice').map((each) =>
        each === null ? null : decodeCommands(bytesOf(each, 'a sequence')),
      ),
    };
  if (label === OVERRIDE) return { kind: 'parameters', entries: entriesOf(item, 'parameters') };
  return { kind: 'item', item };
}

/** Bytes of a manifest, from its members. */
export function encodeSuitManifest(members: readonly SuitMember[]): Uint8Array {
  return writeItem(
    members.map(({ key, value }) => {
      if ('item' in value) return new Entry(key, value.item);
      if ('commands' in value) return new Entry(key, encodeCommands(value.commands));
      return new Entry(
        key,
        writeItem(
          value.common.map((entry) =>
            entry.key === bundle.common.shared ? new Entry(entry.key, encodeCommands(value.shared)) : entry,
          ),
        ),
      );
    }),
  );
}

function encodeCommands(commands: readonly SuitCommand[]): Uint8Array {
  return writeItem(commands.flatMap(({ label, argument }): Item[] => [label, encodeArgument(argument)]));
}

function encodeArgument(argument: SuitArgument): Item {
  switch (argument.kind) {
    case 'item':
      return argument.item;
    case 'parameters':
      return argument.entries;
    case 'sequence':
      return encodeCommands(argument.commands);
    case 'choice':
      return argument.sequences.map((each) => each && encodeCommands(each));
  }
}
