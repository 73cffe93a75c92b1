/** For tests: modules made by hand, from WebAssembly text and rows of the manifest as they stand on the wire. */
import wabt from 'wabt';
import { limits, manifest as keys, SECTION } from '../../../hal/contract/index.js';
import { type Cbor, encodeCbor } from '../../wire/index.js';

/**
 * The manifest as CBOR values by the contract's key names. Nothing is checked or left out: a test may ask for nonsense.
 */
export type RawManifest = Readonly<Partial<Record<(typeof keys)[number]['name'], Cbor>>>;

const toolkit = await wabt();

/** Bytes of a module written as WebAssembly text, without a manifest. */
export function assemble(wat: string): Uint8Array {
  const parsed = toolkit.parseWat('module.wat', wat);
  try {
    return Uint8Array.from(parsed.toBinary({}).buffer);
  } finally {
    parsed.destroy();
  }
}

/** Content of section `t`; `abi` is the contract's and `bounds` are all unknown unless given. */
export function rawManifest(manifest: RawManifest): Uint8Array {
  const sources = (manifest.sources as readonly Cbor[] | undefined)?.length ?? 0;
  const reactions = 1 + sources + Number(manifest.timers ?? 0);
  const bounds = [64, 0, ...Array<number>(2 * reactions).fill(0)];
  const named: RawManifest = { abi: limits.abi.value, bounds, ...manifest };
  return encodeCbor(
    new Map(keys.flatMap(({ key, name }) => (named[name] === undefined ? [] : [[key, named[name]] as const]))),
  );
}

/** The module with a custom section `t` appended. */
export function withSection(module: Uint8Array, section: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode(SECTION);
  const content = [name.length, ...name, ...section];
  return Uint8Array.from([...module, 0, ...leb(content.length), ...content]);
}

/** A module from text and manifest. */
export function handmade(wat: string, manifest: RawManifest): Uint8Array {
  return withSection(assemble(wat), rawManifest(manifest));
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}
