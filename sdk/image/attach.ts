import { SECTION } from '../../hal/contract/index.js';
import { readSections } from './decode.js';
import { writeCustom } from './encode.js';

/** The content of the manifest's section, or nothing if there is none. Throws ImageError if `bytes` is no module. */
export function manifestBytes(bytes: Uint8Array): Uint8Array | undefined {
  const section = readSections(bytes).find((each) => each.custom === SECTION);
  if (!section) return undefined;
  return bytes.subarray(section.body + 1 + SECTION.length, section.end);
}

/** The module without any custom section: what the size targets count. */
export function withoutCustoms(bytes: Uint8Array): Uint8Array {
  const kept: number[] = [...bytes.subarray(0, 8)];
  for (const section of readSections(bytes)) {
    if (section.name !== 'custom') for (const byte of bytes.subarray(section.start, section.end)) kept.push(byte);
  }
  return Uint8Array.from(kept);
}

/** The module with this manifest instead of its own, if it has one; other custom sections stay. */
export function withManifest(bytes: Uint8Array, manifest: Uint8Array): Uint8Array {
  const kept: number[] = [...bytes.subarray(0, 8)];
  for (const section of readSections(bytes)) {
    if (section.custom !== SECTION) for (const byte of bytes.subarray(section.start, section.end)) kept.push(byte);
  }
  writeCustom(kept, SECTION, manifest);
  return Uint8Array.from(kept);
}
