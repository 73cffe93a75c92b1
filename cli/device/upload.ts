/** Documents that are longer than a frame, on their way to a board: bundles, root documents, certificates. */
import { limits, uploads } from '../../hal/contract/index.js';
import { BoardError } from '../transport/client.js';
import type { LinkClient } from '../transport/link.js';

export type Use = (typeof uploads)[number];

/** The board checks signatures and writes flash before it answers. */
const SLOW = { timeoutMs: 5000, attempts: 4 } as const;

export interface UploadOptions {
  readonly onProgress?: (sent: number) => void;
  /** Begins the upload with a signature, where another connection keeps the board's place for one. */
  readonly sign?: (body: { readonly use: number; readonly size: number }) => Promise<void>;
}

/** Sends a document. `same`: the board has this very one; `detached`: the payload of this bundle must follow. */
export async function upload(
  link: LinkClient,
  use: Use,
  bytes: Uint8Array,
  { onProgress, sign }: UploadOptions = {},
): Promise<{ readonly same: boolean; readonly detached: boolean }> {
  const body = { use: uploads.indexOf(use), size: bytes.length };
  try {
    await link.request('upload.begin', body, SLOW);
  } catch (error) {
    if (!(error instanceof BoardError) || error.code !== 'busy' || !sign) throw error;
    await sign(body);
  }
  for (let offset = 0; offset < bytes.length; offset += limits.chunk.value) {
    await link.request('upload.data', { offset, data: bytes.subarray(offset, offset + limits.chunk.value) }, SLOW);
    onProgress?.(Math.min(offset + limits.chunk.value, bytes.length));
  }
  return link.request('upload.end', {}, SLOW);
}
