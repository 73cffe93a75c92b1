/** What a module asks for: host calls, handles and bounds out of its manifest, the custom section `t`. */
import { kinds, limits, SECTION } from '../../hal/contract/index.js';
import type { ErrorName, Field, Kind } from '../../hal/contract/index.js';
import { decodeManifest, type FieldValue, type Use } from '../../sdk/image/index.js';
import { loadOf, type Pace } from '../../sdk/timing/index.js';
import { CborFloat, encodeCbor } from '../../sdk/wire/index.js';
import { Reader } from './cbor.js';
import { guarded, isRefused, type Refused } from './envelope.js';
import type { Budget } from './budget.js';
import type { Cell, Row } from './rows.js';

export interface Request {
  readonly name: string;
  /** Ids of the host calls. */
  readonly calls: readonly number[];
  readonly uses: readonly Row[];
  /** As the manifest says it: a load of 0 stands for what bounds and periods come to on the board. */
  readonly budget: Budget;
  /** The load that a board of this pace would hold the module to, permille. */
  loadOn(this: void, pace: Pace): number;
}

const U8 = 0xff;
const ABI_KEY = 0;
/** Magic number and version of a module. */
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** What the fifth byte of a number of 32 bits may be. */
const LAST_MAX = 0x0f;
const CUSTOM = 0;

class Malformed extends Error {
  constructor(
    readonly error: ErrorName,
    why: string,
  ) {
    super(why);
  }
}

/**
 * Reads the request of a module, or says why there is none. The ABI's rules for what the module does are not looked at.
 */
export function readRequest(module: Uint8Array): Request | Refused {
  try {
    return requestOf(manifestOf(module));
  } catch (error) {
    if (error instanceof Malformed) return { error: error.error, why: error.message };
    throw error;
  }
}

/** Content of the one section `t`. */
function manifestOf(module: Uint8Array): Uint8Array {
  if (!HEADER.every((byte, i) => module[i] === byte)) throw new Malformed('module', 'no Wasm module');
  const found: Uint8Array[] = [];
  for (let at = HEADER.length; at < module.length;) {
    const id = module[at];
    const size = leb(module, at + 1);
    const end = size.end + size.value;
    if (end > module.length) throw new Malformed('module', `a section that is cut short at byte ${at}`);
    if (id === CUSTOM) {
      const length = leb(module, size.end);
      const body = length.end + length.value;
      if (body > end) throw new Malformed('module', `a section's name that is cut short at byte ${at}`);
      if (String.fromCharCode(...module.subarray(length.end, body)) === SECTION) found.push(module.subarray(body, end));
    }
    at = end;
  }
  const [content] = found;
  if (found.length !== 1 || !content) throw new Malformed('manifest', `${found.length} manifests instead of one`);
  if (content.length > limits.manifest.value)
    throw new Malformed('manifest', `${content.length} bytes, at most ${limits.manifest.value}`);
  return content;
}

/** An unsigned LEB128 number of at most 32 bits. */
function leb(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[start + i];
    if (byte === undefined || (i === 4 && byte > LAST_MAX)) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  throw new Malformed('module', `a number that is cut short or too long at byte ${start}`);
}

/** The manifest by all of the board's rules, those for keys that say nothing about a request too. */
function requestOf(content: Uint8Array): Request {
  checkAbi(content);
  const result = decodeManifest(content);
  if ('verdict' in result) throw new Malformed(result.verdict, result.why);
  const { manifest } = result;
  const { name, calls, uses, bounds, load, priority } = manifest;
  const [stack = 0, memory = 0, ...entries] = bounds;
  const instructions = entries.filter((_, i) => i % 2 === 0);
  const budget = {
    stack,
    memory,
    instructions: instructions.includes(0) ? 0 : Math.max(0, ...instructions),
    calls: Math.max(0, ...entries.filter((_, i) => i % 2 === 1)),
    load,
    priority,
  };
  return { name, calls, uses: uses.map(rowOf), budget, loadOn: (pace) => loadOf(manifest, pace) };
}

/** A module for another ABI may spell the rest otherwise: its number is looked at before anything else is. */
function checkAbi(content: Uint8Array): void {
  const abi = guarded(() => {
    const reader = new Reader(content);
    if (reader.expect('map', 'the manifest') > U8) reader.fail('profile', 'the manifest has too many keys');
    reader.literal(ABI_KEY, 'the first key');
    return { number: reader.uint(0, U8, 'abi') };
  });
  if (!isRefused(abi) && abi.number !== limits.abi.value)
    throw new Malformed('abi', `ABI ${abi.number}, this is ${limits.abi.value}`);
}

/** A handle as a row. There is one spelling of each value, so its bytes follow from it. */
function rowOf({ kind: name, fields }: Use): Row {
  const kind = kinds.find((each) => each.name === name) as Kind;
  return {
    kind: name,
    cells: Object.fromEntries(
      kind.fields.map((field) => [field.name, cellOf(field, fields[field.name] as FieldValue)]),
    ),
  };
}

function cellOf({ type }: Field, given: FieldValue): Cell {
  const float = typeof given === 'object' || type === 'f32';
  const value = typeof given === 'object' ? given.float : given;
  return { value, raw: encodeCbor(float ? new CborFloat(Number(value)) : value) };
}

/** Bitmap of host calls as bundles and boards have it: bit id % 8 of byte id / 8, without zero bytes at its end. */
export function callBitmap(ids: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(ids.length > 0 ? (Math.max(...ids) >> 3) + 1 : 0);
  for (const id of ids) bytes[id >> 3] = (bytes[id >> 3] as number) | (1 << (id & 7));
  return bytes;
}

/** Ids in a bitmap. */
export const callIds = (bitmap: Uint8Array): number[] =>
  [...bitmap].flatMap((byte, i) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => 8 * i + bit),
  );
