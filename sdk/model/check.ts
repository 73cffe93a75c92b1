/**
 * The rules of the module ABI that a board checks at install, checked here with Node's own decoder where it has one.
 */
import {
  calls,
  ENTRY,
  EXPORTS,
  limits,
  MEMORY_PAGE,
  MEMORY_UNIT,
  type Scalar,
  SECTION,
} from '../../hal/contract/index.js';
import { Refused } from './fault.js';
import {
  findExport,
  readData,
  Reader,
  readMemoryPages,
  readSections,
  readSignatures,
  SECTION_ID,
  type Section,
} from './wasm.js';

/** Throws Refused `module` or `missing_call` for a module that no board would install. */
export function checkModule(bytes: Uint8Array): void {
  if (bytes.length > limits.module.value) throw new Refused('module', `${bytes.length} bytes`);
  const compiled = compile(bytes);
  const sections = readSections(bytes);
  if (sections.some(({ id }) => id === SECTION_ID.start)) throw new Refused('module', 'start section');
  for (const section of sections) checkFixedSize(section);
  const imports = WebAssembly.Module.imports(compiled);
  for (const wanted of imports) checkImport(wanted);
  checkExports(WebAssembly.Module.exports(compiled));
  const signatures = readSignatures(sections);
  imports.forEach(({ name }, i) => {
    checkSignature(name, signatures[i], signatureOf(parseInt(name, 36)));
  });
  checkSignature(ENTRY, signatures[findExport(sections, ENTRY)], '(ii)');
}

/** Every call that a module imports must be one that its manifest asks for. Throws Refused `denied`. */
export function checkCalls(bytes: Uint8Array, allowed: readonly number[]): void {
  const lacking = WebAssembly.Module.imports(compile(bytes)).find(({ name }) => !allowed.includes(parseInt(name, 36)));
  if (lacking !== undefined) throw new Refused('denied', `call ${lacking.name}`);
}

/**
 * The manifest's bytes of memory are whole units inside the module's pages, none exactly if it has no pages, and hold
 * its data. Throws Refused `manifest`, or `module` if only the data don't fit.
 */
export function checkMemory(sections: readonly Section[], bytes: number): void {
  const pages = readMemoryPages(sections);
  if (bytes % MEMORY_UNIT !== 0 || bytes > pages * MEMORY_PAGE || bytes > 0 !== pages > 0)
    throw new Refused('manifest', `${bytes} bytes of memory in a module with ${pages} pages`);
  const outside = readData(sections).find(({ offset, size }) => offset + size > bytes);
  if (outside !== undefined) throw new Refused('module', `data at ${outside.offset}`);
}

function checkSignature(name: string, found: string | undefined, wanted: string): void {
  if (found !== wanted) throw new Refused('module', `${name} is ${String(found)}, not ${wanted}`);
}

/** Signature of a call as a module must import it. */
function signatureOf(id: number): string {
  const row = calls.find((call) => call.id === id);
  if (row === undefined) throw new Refused('missing_call', String(id));
  const letter = (type: Scalar): string => (type === 'i64' ? 'I' : type === 'f32' ? 'f' : 'i');
  const first = row.kinds.length > 0 || row.timer === true ? 'i' : '';
  const result = row.result === undefined ? '' : letter(row.result.type);
  return `(${first}${row.params.map(({ type }) => letter(type)).join('')})${result}`;
}

function compile(bytes: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw new Refused('module', String(error));
  }
}

function checkImport({ module, name, kind }: WebAssembly.ImportEntry): void {
  if (module !== SECTION || kind !== 'function') throw new Refused('module', `import ${module}.${name}`);
  if (!calls.some(({ id }) => id.toString(36) === name)) throw new Refused('missing_call', name);
}

function checkExports(exported: readonly WebAssembly.ExportEntry[]): void {
  const allowed: readonly string[] = [ENTRY, ...EXPORTS];
  const stranger = exported.find(({ name }) => !allowed.includes(name));
  if (stranger !== undefined) throw new Refused('module', `export ${stranger.name}`);
  if (!exported.some(({ name, kind }) => name === ENTRY && kind === 'function'))
    throw new Refused('module', `no export ${ENTRY}`);
}

/** Tables and memories neither grow nor come without a maximum. */
function checkFixedSize(section: Section): void {
  if (section.id !== SECTION_ID.table && section.id !== SECTION_ID.memory) return;
  const reader = new Reader(section.body);
  for (let left = reader.u32(); left > 0; left--) {
    if (section.id === SECTION_ID.table) reader.byte(); // element type
    const bounded = reader.byte() === 1;
    const minimum = reader.u32();
    if (!bounded || reader.u32() !== minimum) throw new Refused('module', 'memory or table that can grow');
  }
}
