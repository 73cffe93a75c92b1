/** What is too large for a bundle: the index of an app image, and its modules in chunks, as devices ask for them. */
import { limits } from '../../hal/contract/index.js';
import { CborError, decodeBody, encodeBody, fleet as messages } from '../../sdk/wire/index.js';
import { moduleDigest, unpackApp } from '../host/app.js';
import { toHex } from '../host/ids.js';
import type { Store } from './store.js';

export interface Chunk {
  /** Digest of the app image or the module, hexadecimal. */
  readonly digest: string;
  /** Number of the chunk, or `index`. */
  readonly chunk: string;
  readonly bytes: Uint8Array;
}

export class Blobs {
  private readonly modules = new Map<string, Uint8Array>();

  constructor(private readonly store: Pick<Store, 'payload' | 'payloads'>) {}

  /** What a `want` asks for, as far as it is here. */
  *answer(payload: Uint8Array): Iterable<Chunk> {
    const want = readWant(payload);
    if (!want) return;
    const digest = toHex(want.digest);
    if (want.index) {
      const image = this.store.payload(digest);
      if (image) yield { digest, chunk: 'index', bytes: indexOf(image) };
      return;
    }
    const module = this.module(digest);
    const size = limits.blob_chunk.value;
    for (let bit = 0; module && bit < 32; bit++) {
      const at = (want.first + bit) * size;
      if ((want.bitmap >>> bit) & 1 && at < module.length)
        yield { digest, chunk: String(want.first + bit), bytes: module.subarray(at, at + size) };
    }
  }

  /** A module of any app image that is kept. */
  private module(digest: string): Uint8Array | undefined {
    for (const image of this.modules.has(digest) ? [] : this.store.payloads()) {
      const bytes = this.store.payload(image);
      for (const module of bytes ? unpackApp(bytes).modules : []) this.modules.set(toHex(moduleDigest(module)), module);
    }
    return this.modules.get(digest);
  }
}

interface Want {
  readonly digest: Uint8Array;
  readonly index: boolean;
  readonly first: number;
  readonly bitmap: number;
}

function readWant(payload: Uint8Array): Want | undefined {
  try {
    return decodeBody(messages.want, payload);
  } catch (error) {
    if (error instanceof CborError) return undefined;
    throw error;
  }
}

function indexOf(image: Uint8Array): Uint8Array {
  const { class: boardClass, modules } = unpackApp(image);
  return encodeBody(messages.index, {
    class: boardClass,
    digests: Uint8Array.from(modules.flatMap((module) => [...moduleDigest(module)])),
    sizes: modules.map((module) => module.length),
  });
}
