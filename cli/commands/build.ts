/** `tars build`: compiles a behaviour into a module, or a project into an app image. */
import { boardFor, buildApp, noteWarnings, outputBytes, type Built } from '../compile/build.js';
import { readSources } from '../project/sources.js';
import { defineCommand, jsonOption } from '../command.js';
import { writeOutput } from '../files.js';
import type { Terminal } from '../terminal/terminal.js';

export const command = defineCommand({
  positionals: {
    path: { type: 'string', demandOption: true, describe: '.tars file, or folder with one or with a tars.toml' },
  },
  options: {
    board: { type: 'string', alias: 'b', describe: 'board to build for (default: what tars.toml says, else virtual)' },
    output: { type: 'string', alias: 'o', describe: 'file to write (default: NAME.wasm or NAME.app here)' },
    ...jsonOption,
  },
  examples: [
    ['tars build examples/blink', 'compile one behaviour into blink.wasm'],
    ['tars build examples/topic -o room.app', 'compile the two behaviours of a project into an app image'],
    ['tars build blink.tars --board nucleo-h743zi', 'the same for another board: only the manifest differs'],
  ],
  async run({ path, board, output }, terminal) {
    const sources = await readSources(path);
    const built = await buildApp(sources, boardFor(sources, board));
    noteWarnings(built, terminal);
    const bytes = await outputBytes(built);
    const out = output ?? `${built.name}.${built.kind === 'module' ? 'wasm' : 'app'}`;
    writeOutput(out, bytes, { derived: output === undefined });
    show(terminal, built, out, bytes.length);
  },
});

function show(terminal: Terminal, { board, behaviours, warnings }: Built, out: string, bytes: number): void {
  const modules = behaviours.map(({ name, file, module }) => ({ name, file, bytes: module.length }));
  if (terminal.json)
    return terminal.out(
      JSON.stringify({ output: out, bytes, board: board.name, class: board.class, modules, diagnostics: [], warnings }),
    );
  const parts = modules.length > 1 ? ` (${modules.map(({ name, bytes: size }) => `${name} ${size}`).join(', ')})` : '';
  terminal.out(`${out}: ${bytes} bytes${parts} for ${board.name}`);
}
