import { calls, kinds, manifest as keys, sources, stateFlags } from '../../hal/contract/index.js';
import type { Field } from '../../hal/contract/index.js';
import { manifestBytes, withoutCustoms } from './attach.js';
import { decodeModule } from './decode.js';
import { decodeManifest } from './manifest-decode.js';
import type { FieldValue, Manifest, SourceRow, Use } from './manifest.js';
import { verify } from './verify.js';
import type { Finding } from './verify.js';

/** A module explained for a person. */
export interface Inspection {
  /** Bytes: of the file, without custom sections, and of the manifest with its section header. */
  readonly size: { readonly total: number; readonly code: number; readonly manifest: number };
  readonly sections: readonly { readonly name: string; readonly bytes: number }[];
  readonly imports: readonly { readonly id: string; readonly name: string; readonly doc: string }[];
  readonly globals: readonly { readonly type: string; readonly initial: string }[];
  readonly manifest?: Manifest;
  /** Each key of the manifest with what it means here. */
  readonly fields: readonly { readonly name: string; readonly value: string; readonly doc: string }[];
  /** Handles by number, each as text. */
  readonly handles: readonly string[];
  /** Source 0, sources and timers with their bounds. */
  readonly entries: readonly { readonly entry: string; readonly instructions: number; readonly calls: number }[];
  /** Rules of the ABI that the module breaks. */
  readonly findings: readonly Finding[];
}

/** Explains a module. Throws ImageError if `bytes` is none. */
export function inspect(bytes: Uint8Array): Inspection {
  const module = decodeModule(bytes);
  const content = manifestBytes(bytes);
  const result = content && decodeManifest(content);
  const manifest = result && 'manifest' in result ? result.manifest : undefined;
  const code = withoutCustoms(bytes).length;
  const section = module.sections.find((each) => each.custom === 't');
  return {
    size: { total: bytes.length, code, manifest: section ? section.end - section.start : 0 },
    sections: module.sections.map((each) => ({
      name: each.custom === undefined ? each.name : `custom "${each.custom}"`,
      bytes: each.end - each.start,
    })),
    imports: module.imports.map(({ field }) => {
      const call = calls.find((each) => each.id.toString(36) === field);
      return { id: field, name: call?.name ?? 'unknown', doc: call?.doc ?? '' };
    }),
    globals: module.globals.map(({ type, initial }) => ({ type, initial: String(initial ?? '') })),
    ...(manifest && { manifest }),
    fields: manifest ? keys.map(({ name, doc }) => ({ name, value: keyText(manifest, name), doc })) : [],
    handles: manifest ? manifest.uses.map(useText) : [],
    entries: manifest ? entriesOf(manifest) : [],
    findings: verify(bytes),
  };
}

function keyText(manifest: Manifest, name: (typeof keys)[number]['name']): string {
  const value = manifest[name];
  if (name === 'calls')
    return manifest.calls.map((id) => calls.find((call) => call.id === id)?.name ?? String(id)).join(', ');
  if (name === 'uses') return manifest.uses.map((use) => use.kind).join(', ');
  if (name === 'sources') return manifest.sources.map((source) => sourceText(manifest, source)).join(', ');
  if (name === 'state') return stateText(manifest);
  return Array.isArray(value)
    ? value.map((item) => (typeof item === 'string' ? `"${item}"` : String(item))).join(', ')
    : String(value);
}

function stateText({ state }: Manifest): string {
  return state
    .map(({ hash, place, flags, size }) => {
      const where = flags & stateFlags.memory ? 'offset' : 'global';
      const kept = flags & stateFlags.retain ? ', retained' : '';
      return `${hash.toString(16).padStart(8, '0')} at ${where} ${place}, ${size} bytes${kept}`;
    })
    .join('; ');
}

const valueText = (value: FieldValue | undefined, unit = ''): string =>
  typeof value === 'string' ? `"${value}"` : `${String(typeof value === 'object' ? value.float : value)}${unit}`;

function rowText(fields: readonly Field[], values: Readonly<Record<string, FieldValue>>): string {
  return fields.map((field) => `${field.name} ${valueText(values[field.name], field.unit)}`).join(', ');
}

const useText = (use: Use): string =>
  `${use.kind}: ${rowText(kinds.find((kind) => kind.name === use.kind)?.fields ?? [], use.fields)}`;

function sourceText(manifest: Manifest, source: SourceRow): string {
  const fields = sources.find((each) => each.name === source.kind)?.fields ?? [];
  const handle = source.fields['handle'];
  const name = handle === undefined ? undefined : manifest.uses[Number(handle)]?.fields['name'];
  return `${source.kind} ${name === undefined ? '' : `of ${valueText(name)}, `}${rowText(fields, source.fields)}`;
}

function entriesOf(manifest: Manifest): Inspection['entries'] {
  const names = [
    'start',
    ...manifest.sources.map((source) => sourceText(manifest, source)),
    ...Array.from({ length: manifest.timers }, (_, i) => `timer ${i}`),
  ];
  return names.map((entry, i) => ({
    entry,
    instructions: manifest.bounds[2 + 2 * i] ?? 0,
    calls: manifest.bounds[3 + 2 * i] ?? 0,
  }));
}
