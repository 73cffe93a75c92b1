/** Modules as bytes: encode, decode, verify, explain. Pure functions. */
export { manifestBytes, withManifest, withoutCustoms } from './attach.js';
export { decodeModule, ImageError } from './decode.js';
export type { Decoded } from './decode.js';
export { disassemble } from './disassemble.js';
export { encodeModule } from './encode.js';
export { inspect } from './inspect.js';
export type { Inspection } from './inspect.js';
export { encodeManifest } from './manifest.js';
export type { FieldValue, Manifest, SourceRow, Use } from './manifest.js';
export { decodeManifest } from './manifest-decode.js';
export type { ManifestResult } from './manifest-decode.js';
export type { WasmModule } from './module.js';
export { hash32, sha256 } from './sha256.js';
export { belowFloor } from './floors.js';
export type { Floors } from './floors.js';
export { verify } from './verify.js';
export type { Finding } from './verify.js';
