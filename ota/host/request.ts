/** What a module asks for: host calls, handles and bounds out of its manifest, the custom section `t`. */
import { limits, manifest as keys, SECTION } from '../../hal/contract/index.js';
import type { ErrorName } from '../../hal/contract/index.js';
import { FormError, Reader } from './cbor.js';
import type { Refused } from './envelope.js';
import type { Budget } from './grant.js';
import { kindById, readFields, type Row } from './rows.js';

export interface Request {
  readonly name: string;
  /** Ids of the host calls. */
  readonly calls: readonly number[];
  readonly uses: readonly Row[];
  readonly budget: Budget;
}

const U32 = 0xffffffff;
const HEADER = 8;
const CUSTOM = 0;

class Malformed extends Error {
  constructor(readonly error: ErrorName, why: string) {
    super(why);
  }
}

/** Reads the request of a module, or says why there is none. Rules beyond the manifest's form are not looked at. */
export function readRequest(module: Uint8Array): Request | Refused {
  try {
    return readManifest(new Reader(manifestOf(module)));
  } catch (error) {
    if (error instanceof Malformed) return { error: error.error, why: error.message };
    if (error instanceof FormError) return { error: 'manifest', why: error.message };
    throw error;
  }
}

/** Content of the one section `t`. */
function manifestOf(module: Uint8Array): Uint8Array {
  if (module.length < HEADER || String.fromCharCode(...module.subarray(0, 4)) !== '\0asm') throw new Malformed('module', 'no Wasm module');
  const found: Uint8Array[] = [];
  for (let at = HEADER; at < module.length;) {
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
  if (content.length > limits.manifest.value) throw new Malformed('manifest', `${content.length} bytes, at most ${limits.manifest.value}`);
  return content;
}

/** An unsigned LEB128 number of at most 32 bits. */
function leb(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  throw new Malformed('module', `a number that is cut short or too long at byte ${start}`);
}

function readManifest(reader: Reader): Request {
  let name = '';
  const calls: number[] = [];
  const uses: Row[] = [];
  const bounds: number[] = [];
  const readers: Readonly<Record<string, (r: Reader) => void>> = {
    abi: (r) => {
      const abi = r.uint(0, U32, 'abi');
      if (abi !== limits.abi.value) throw new Malformed('abi', `ABI ${abi}, this is ${limits.abi.value}`);
    },
    name: (r) => (name = r.text(limits.name.value, 'the name')),
    calls: (r) => list(r, limits.calls.value, () => calls.push(r.uint(0, 0xffff, 'a call'))),
    uses: (r) => list(r, limits.uses.value, () => uses.push(readUse(r))),
    bounds: (r) => list(r, 100, () => bounds.push(r.uint(0, U32, 'a bound'))),
  };
  reader.map(keys.map((row) => ({ key: row.key, optional: 'default' in row, read: readers[row.name] ?? skip })), 'the manifest');
  reader.done('the manifest');
  const [stack = 0, memory = 0, ...entries] = bounds;
  const instructions = entries.filter((_, i) => i % 2 === 0);
  const budget = {
    stack, memory,
    instructions: instructions.includes(0) ? 0 : Math.max(0, ...instructions),
    calls: Math.max(0, ...entries.filter((_, i) => i % 2 === 1)),
  };
  return { name, calls, uses, budget };
}

function list(reader: Reader, max: number, item: () => void): void {
  const count = reader.array(0, max, 'a list');
  for (let i = 0; i < count; i++) item();
}

function readUse(reader: Reader): Row {
  const count = reader.array(1, limits.fields.value, 'a use') - 1;
  const kind = kindById(reader.uint(0, U32, 'a kind'));
  if (!kind) return reader.fail('profile', 'an unknown kind');
  return { kind: kind.name, cells: readFields(reader, kind.fields, count) };
}

/** Passes over one item, whatever it holds. No recursion: a hostile manifest may nest as deeply as it is long. */
function skip(reader: Reader): void {
  for (let pending = 1; pending > 0; pending--) {
    const { major, value, start } = reader.head();
    const isString = major === 2 || major === 3;
    const items = major === 4 ? value : major === 5 ? 2 * value : 0;
    if (major === 6) reader.fail('profile', 'a tag', start);
    if (Math.max(isString ? value : 0, items) > reader.end - reader.at) reader.fail('truncated', 'an item that is cut short', start);
    if (isString) reader.at += value;
    pending += items;
  }
}

/** Bitmap of host calls as bundles and boards have it: bit id % 8 of byte id / 8, without zero bytes at its end. */
export function callBitmap(ids: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(ids.length > 0 ? (Math.max(...ids) >> 3) + 1 : 0);
  for (const id of ids) bytes[id >> 3] = (bytes[id >> 3] as number) | (1 << (id & 7));
  return bytes;
}

/** Ids in a bitmap. */
export const callIds = (bitmap: Uint8Array): number[] =>
  [...bitmap].flatMap((byte, i) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => 8 * i + bit));
