/** The contract as the generators see it, with its digest. */
import { createHash } from 'node:crypto';
import type { ErrorRow, HostCall, Kind, Message, SourceKind } from '../contract/index.js';
import * as contract from '../contract/index.js';

export const calls: readonly HostCall[] = contract.calls;
export const kinds: readonly Kind[] = contract.kinds;
export const sources: readonly SourceKind[] = contract.sources;
export const errors: readonly ErrorRow[] = contract.errors;
export const link: readonly Message[] = contract.link;
export const bench: readonly Message[] = contract.bench;
export const fleet: readonly Message[] = [...contract.fleet, ...contract.blobs];

/** Protocols whose bodies are rows of messages. */
export const protocols = { link, bench, fleet } as const;
export type ProtocolName = keyof typeof protocols;

/** First 8 bytes of the SHA-256 of the contract's rows as JSON without their documentation. */
export function contractDigest(): Uint8Array {
  const {
    calls: callRows,
    kinds: kindRows,
    sources,
    manifest,
    link: linkRows,
    bench: benchRows,
    fleet: fleetRows,
    errors: errorRows,
    limits,
    frame,
  } = contract;
  const text = JSON.stringify(
    { callRows, kindRows, sources, manifest, linkRows, benchRows, fleetRows, errorRows, limits, frame },
    (key, value: unknown) => (['doc', 'text', 'cure'].includes(key) ? undefined : value),
  );
  return createHash('sha256').update(text).digest().subarray(0, 8);
}
