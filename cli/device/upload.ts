/** Documents that are longer than a frame, on their way to a board: bundles, root documents, certificates. */
import { limits, uploads } from '../../hal/contract/index.js';
import type { LinkClient } from '../transport/link.js';

export type Use = (typeof uploads)[number];

/** The board checks signatures and writes flash before it answers. */
const SLOW = { timeoutMs: 5000, attempts: 4 } as const;

/** Sends a document. `same`: the board has this very one; `detached`: the payload of this bundle must follow. */
export async function upload(
  link: LinkClient,
  use: Use,
  bytes: Uint8Array,
  onProgress?: (sent: number) => void,
): Promise<{ readonly same: boolean; readonly detached: boolean }> {
  await link.request('upload.begin', { use: uploads.indexOf(use), size: bytes.length }, SLOW);
  for (let offset = 0; offset < bytes.length; offset += limits.chunk.value) {
    await link.request('upload.data', { offset, data: bytes.subarray(offset, offset + limits.chunk.value) }, SLOW);
    onProgress?.(Math.min(offset + limits.chunk.value, bytes.length));
  }
  return link.request('upload.end', {}, SLOW);
}
