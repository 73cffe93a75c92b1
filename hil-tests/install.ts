/** Puts an app on a board over its link. */
import { createHash } from 'node:crypto';
import { limits } from '../hal/contract/index.js';
import type { LinkClient } from '../cli/transport/link.js';

export interface InstallOptions {
  /** Board class that the modules were built for. */
  readonly boardClass: string;
  /** True: flash. False: a dev app in RAM. */
  readonly store: boolean;
}

/** Staging an app may write flash and run its first reactions. */
const COMMIT_MS = 10_000;

/** Sends what the board lacks, swaps to the app and confirms it. Resolves with the swap's gap in microseconds, 0 if nothing was to do. */
export async function install(link: LinkClient, modules: readonly Uint8Array[], { boardClass, store }: InstallOptions): Promise<number> {
  const digests = Buffer.concat(modules.map((module) => createHash('sha256').update(module).digest()));
  const { missing, same } = await link.request('install.begin', { class: boardClass, store, digests, sizes: modules.map(({ length }) => length) });
  if (same) return 0;
  for (const [index, module] of modules.entries()) if ((missing & (1 << index)) !== 0) await send(link, index, module);
  const { gap } = await link.request('install.commit', {}, { timeoutMs: COMMIT_MS, attempts: 1 });
  await link.request('install.confirm', {}, { timeoutMs: COMMIT_MS, attempts: 1 });
  return gap;
}

async function send(link: LinkClient, module: number, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += limits.chunk.value) {
    await link.request('install.data', { module, offset, data: bytes.subarray(offset, offset + limits.chunk.value) });
  }
}
