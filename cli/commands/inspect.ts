/** `tars inspect`: explains a module: its sections, host calls, manifest, handles and bounds. */
import { statSync } from 'node:fs';
import { isModule, unpackApp } from '../../ota/host/app.js';
import { needsOf } from '../../sdk/engine/index.js';
import { isEnvelope } from '../../ota/host/envelope.js';
import { disassemble, ImageError, inspect, type Inspection } from '../../sdk/image/index.js';
import { boardFor, buildApp } from '../compile/build.js';
import { readSources } from '../project/sources.js';
import { defineCommand, jsonOption } from '../command.js';
import { exitCodes, UserError, type ExitCode } from '../errors.js';
import { readNamed } from '../files.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

export const command = defineCommand({
  positionals: {
    path: {
      type: 'string',
      demandOption: true,
      describe: '.wasm module, .app image, bundle, root document, .tars file or folder',
    },
  },
  options: {
    text: { type: 'boolean', alias: 't', default: false, describe: 'also print the code as WebAssembly text' },
    board: {
      type: 'string',
      alias: 'b',
      describe: 'board to build sources for (default: what tars.toml says, else virtual)',
    },
    ...jsonOption,
  },
  examples: [
    ['tars inspect blink.wasm', 'what is in a module, byte by byte'],
    ['tars inspect examples/kalman --text', 'compile it, and show the code too'],
  ],
  async run({ path, text, board }, terminal) {
    const signed = signedBytes(path);
    if (signed) return (await import('../keys/explain.js')).showSigned(path, signed, terminal);
    const modules = await modulesOf(path, board);
    const found = modules.map((bytes) => ({ bytes, inspection: inspectOr(path, bytes) }));
    if (terminal.json)
      terminal.out(
        JSON.stringify(
          found.map(({ bytes, inspection }) => ({
            ...inspection,
            stack: stackNeeds(bytes),
            ...(text && { text: disassemble(bytes) }),
          })),
          bigints,
        ),
      );
    else
      for (const { bytes, inspection } of found) {
        show(terminal, inspection, text ? disassemble(bytes) : undefined);
        for (const line of stackLines(bytes)) terminal.out(line);
      }
    const broken = found.some(({ inspection }) => inspection.findings.length > 0);
    return broken ? exitCodes.request : (exitCodes.ok as ExitCode);
  },
});

/**
 * Bytes of the execution stack that boards with addresses of 4 bytes need, and the function that calls itself, if there
 * is one.
 */
function stackNeeds(module: Uint8Array): { readonly bytes: number; readonly circle?: number } | undefined {
  const needs = needsOf(module, 4);
  return needs && { bytes: needs.stack, ...(needs.circle !== undefined && { circle: needs.circle }) };
}

function stackLines(module: Uint8Array): readonly string[] {
  const needs = stackNeeds(module);
  if (!needs) return [];
  if (needs.circle === undefined) return [`  stack on a microcontroller: at most ${needs.bytes} bytes`];
  return [
    `  stack on a microcontroller: ${needs.bytes} bytes, and more each time that function ${needs.circle} calls ` +
      'itself, directly or through others;',
    '  where the stack of a board ends, the reaction ends with a trap (wasm operand stack overflow)',
  ];
}

/** Bytes of a bundle or root document, if that is what the path names. */
function signedBytes(path: string): Uint8Array | undefined {
  if (path.endsWith('.tars') || !statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const bytes = readNamed(path);
  return isEnvelope('bundle', bytes) || isEnvelope('root', bytes) ? bytes : undefined;
}

const bigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

async function modulesOf(path: string, board: string | undefined): Promise<readonly Uint8Array[]> {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info || info.isDirectory() || path.endsWith('.tars')) {
    const sources = await readSources(path);
    return (await buildApp(sources, boardFor(sources, board))).behaviours.map(({ module }) => module);
  }
  const bytes = readNamed(path);
  return isModule(bytes) ? [bytes] : unpackOr(path, bytes);
}

function unpackOr(path: string, bytes: Uint8Array): readonly Uint8Array[] {
  try {
    return unpackApp(bytes).modules;
  } catch {
    throw notOurs(path);
  }
}

function inspectOr(path: string, bytes: Uint8Array): Inspection {
  try {
    return inspect(bytes);
  } catch (error) {
    if (error instanceof ImageError) throw notOurs(path, `: ${error.message}`);
    throw error;
  }
}

const notOurs = (path: string, why = ''): UserError =>
  new UserError('not_tars', `${path} is neither a module nor an app image${why}`, {
    cure: 'name what `tars build` wrote, or a source',
  });

function show(
  terminal: Terminal,
  { size, manifest, sections, imports, handles, entries, fields, findings }: Inspection,
  code: string | undefined,
): void {
  const { bold, red, dim } = terminal.color;
  const rows = (heading: readonly string[], cells: readonly (readonly string[])[]): void => {
    if (cells.length > 0) for (const line of table([heading, ...cells], terminal, '  ')) terminal.out(line);
  };
  terminal.out(
    bold(
      `${manifest?.name ?? 'a module without a manifest'}: ${size.total} bytes, ${size.code} without custom ` +
        `sections, manifest ${size.manifest}`,
    ),
  );
  rows(
    ['SECTION', 'BYTES'],
    sections.map(({ name, bytes }) => [name, String(bytes)]),
  );
  rows(
    ['CALL', 'NAME', 'WHAT IT DOES'],
    imports.map(({ id, name, doc }) => [id, name, doc]),
  );
  rows(
    ['HANDLE', 'WHAT IT IS'],
    handles.map((text, index) => [String(index), text]),
  );
  rows(
    ['SOURCE', 'EVENT', 'INSTRUCTIONS', 'HOST CALLS'],
    entries.map(({ entry, instructions, calls }, index) => [String(index), entry, String(instructions), String(calls)]),
  );
  rows(
    ['MANIFEST', 'VALUE'],
    fields.filter(({ value }) => value !== '').map(({ name, value }) => [name, value]),
  );
  for (const { verdict, why } of findings) terminal.out(`  ${red(verdict)}: ${why}`);
  for (const line of code?.split('\n') ?? []) terminal.out(dim(line));
}
