import { calls, ENTRY, EXPORTS, limits, MEMORY_PAGE, MEMORY_UNIT, SECTION } from '../../hal/contract/index.js';
import type { ErrorName, HostCall, Scalar } from '../../hal/contract/index.js';
import { manifestBytes } from './attach.js';
import { decodeModule, ImageError } from './decode.js';
import type { Decoded } from './decode.js';
import { belowFloor, type Floors } from './floors.js';
import { decodeManifest } from './manifest-decode.js';
import type { Manifest } from './manifest.js';
import type { FunctionType } from './module.js';
import type { ValueType } from './opcodes.js';
import { atMost, Excess, verifyCode } from './verify-code.js';

/** A rule of the ABI that a module breaks; `verdict` is the error that a board gives. */
export interface Finding {
  readonly verdict: ErrorName;
  readonly why: string;
}

const valueType = (scalar: Scalar): ValueType => (scalar === 'i64' || scalar === 'f32' ? scalar : 'i32');

/** The Wasm type of a host call. */
export function callType(call: HostCall): FunctionType {
  const first: ValueType[] = call.kinds.length > 0 || call.timer ? ['i32'] : [];
  return {
    params: [...first, ...call.params.map((param) => valueType(param.type))],
    results: call.result ? [valueType(call.result.type)] : [],
  };
}

const sameType = (a: FunctionType | undefined, b: FunctionType): boolean =>
  a?.params.join() === b.params.join() && a.results.join() === b.results.join();

/**
 * Every rule of the module ABI that `bytes` breaks, and with `floors` those of a board's file; none: a board with its
 * calls and resources would take it.
 */
export function verify(bytes: Uint8Array, floors?: Floors): Finding[] {
  try {
    const findings: Finding[] = [];
    if (bytes.length > limits.module.value)
      findings.push({ verdict: 'module', why: `${bytes.length} bytes, at most ${limits.module.value}` });
    const module = decodeModule(bytes);
    const manifest = verifyManifest(bytes, module, findings);
    const why = manifest && floors && belowFloor(manifest, floors);
    if (why !== undefined) findings.push({ verdict: 'floor', why });
    verifySections(module, manifest, findings);
    if (manifest) verifyMemory(module, manifest, findings);
    if (findings.length === 0) limited(findings, () => verifyCode(module));
    return findings;
  } catch (error) {
    if (error instanceof ImageError) return [{ verdict: 'module', why: error.message }];
    throw error;
  }
}

/** Notes the first limit that is exceeded. */
function limited(findings: Finding[], check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof Excess)) throw error;
    findings.push({ verdict: 'excess', why: error.message });
  }
}

/** All but the code, in the order of the sections, which is that of a board's refusals. */
function verifySections(module: Decoded, manifest: Manifest | undefined, findings: Finding[]): void {
  const most = (count: number, what: string, limit: keyof typeof limits): void =>
    limited(findings, () => atMost(count, what, limit));
  most(module.sections.filter(({ name }) => name === 'custom').length, 'custom sections', 'customs');
  most(module.types.length, 'types', 'types');
  most(Math.max(0, ...module.types.map(({ params }) => params.length)), 'parameters of a type', 'type_params');
  most(Math.max(0, ...module.types.map(({ results }) => results.length)), 'results of a type', 'type_results');
  most(module.imports.length, 'imports', 'calls');
  verifyImports(module, manifest, findings);
  most(module.functions.length, 'functions', 'functions');
  verifyFixed(module, findings);
  most(module.tables[0]?.min ?? 0, 'places in a table', 'table');
  most(module.globals.length, 'globals', 'globals');
  most(module.exports.length, 'exports', 'exports');
  verifyExports(module, findings);
  if (module.sections.some((section) => section.name === 'start'))
    findings.push({ verdict: 'module', why: 'start section: code would run before the board is ready for it' });
  most(module.elements.length, 'lists of elements', 'elements');
  most(module.data.length, 'data segments', 'data');
}

function verifyManifest(bytes: Uint8Array, module: Decoded, findings: Finding[]): Manifest | undefined {
  const count = module.sections.filter((section) => section.custom === SECTION).length;
  const content = manifestBytes(bytes);
  if (count !== 1 || !content) {
    findings.push({ verdict: 'manifest', why: `${count} manifests instead of one` });
    return undefined;
  }
  const result = decodeManifest(content);
  if ('manifest' in result) return result.manifest;
  findings.push(result);
  return undefined;
}

function verifyImports(module: Decoded, manifest: Manifest | undefined, findings: Finding[]): void {
  for (const each of module.imports) {
    const what = `import ${each.module}.${each.field}`;
    if (each.kind !== 'function' || each.module !== SECTION) {
      findings.push({ verdict: 'module', why: `${what}: only functions of module ${SECTION} can be imported` });
      continue;
    }
    const call = calls.find((candidate) => candidate.id.toString(36) === each.field);
    if (!call) findings.push({ verdict: 'missing_call', why: `${what}: there is no such call` });
    else if (!sameType(module.types[each.type ?? -1], callType(call)))
      findings.push({ verdict: 'module', why: `${what} (${call.name}) has another type` });
    else if (manifest && !manifest.calls.includes(call.id))
      findings.push({ verdict: 'denied', why: `${call.name} is not in the manifest` });
    else if (module.imports.find(({ field }) => field === each.field) !== each)
      findings.push({ verdict: 'module', why: `${what} (${call.name}) is there twice` });
  }
  for (const id of manifest?.calls ?? [])
    if (!calls.some((call) => call.id === id))
      findings.push({ verdict: 'missing_call', why: `the manifest asks for call ${id}, which does not exist` });
}

function verifyExports(module: Decoded, findings: Finding[]): void {
  const entries = module.exports.filter((each) => each.name === ENTRY);
  const imported = module.imports.filter((each) => each.kind === 'function').length;
  if (entries.length !== 1)
    findings.push({ verdict: 'module', why: `${entries.length} exports \`${ENTRY}\` instead of one` });
  for (const each of entries) {
    const type = module.types[module.functions[each.index - imported] ?? -1];
    if (each.kind !== 'function' || !sameType(type, { params: ['i32', 'i32'], results: [] }))
      findings.push({ verdict: 'module', why: `\`${ENTRY}\` is not (i32, i32) -> ()` });
  }
  for (const each of module.exports) {
    const wanted = each.name === EXPORTS[0] ? 'memory' : 'global';
    const known = (EXPORTS as readonly string[]).includes(each.name) && each.kind === wanted;
    if (each.name !== ENTRY && !known)
      findings.push({
        verdict: 'module',
        why: `export \`${each.name}\`: only ${[ENTRY, ...EXPORTS].join(', ')} are allowed`,
      });
  }
}

function verifyFixed(module: Decoded, findings: Finding[]): void {
  for (const [what, list] of [
    ['table', module.tables],
    ['memory', module.memories],
  ] as const) {
    if (list.some((each) => each.max !== each.min))
      findings.push({ verdict: 'module', why: `a ${what} that can grow: its minimum must be its maximum` });
  }
}

/** The manifest's bytes of memory lie inside the module's pages, and its data inside the bytes. */
function verifyMemory(module: Decoded, manifest: Manifest, findings: Finding[]): void {
  const pages = module.memories[0]?.min ?? 0;
  const bytes = manifest.bounds[1] ?? 0;
  if (bytes % MEMORY_UNIT !== 0 || bytes > pages * MEMORY_PAGE || bytes > 0 !== pages > 0) {
    findings.push({
      verdict: 'manifest',
      why: `${bytes} bytes of memory in a module with ${pages} pages: a multiple of ${MEMORY_UNIT} inside of them`,
    });
    return;
  }
  const outside = module.data.find(({ offset, size }) => offset !== undefined && offset + size > bytes);
  if (outside)
    findings.push({ verdict: 'module', why: `data at ${outside.offset} don't fit into ${bytes} bytes of memory` });
}
