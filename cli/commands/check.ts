/** `tars check`: looks for mistakes without writing anything; with --bounds also what the behaviours cost at most. */
import { boardFor, buildApp, noteWarnings } from '../compile/build.js';
import { readSources } from '../project/sources.js';
import { defineCommand, jsonOption } from '../command.js';

export const command = defineCommand({
  positionals: {
    path: { type: 'string', default: '.', describe: '.tars file, or folder with one or with a tars.toml' },
  },
  options: {
    bounds: {
      type: 'boolean',
      default: false,
      describe: 'show the worst case per event: instructions, host calls, time; stack, memory, load, waiting',
    },
    board: { type: 'string', alias: 'b', describe: 'board to check for (default: what tars.toml says, else virtual)' },
    ...jsonOption,
  },
  examples: [
    ['tars check', 'check the behaviour or project in this folder'],
    ['tars check examples/kalman --bounds', 'also show what it costs at most'],
  ],
  async run({ path, board, bounds }, terminal) {
    const sources = await readSources(path);
    const built = await buildApp(sources, boardFor(sources, board));
    noteWarnings(built, terminal);
    if (bounds) return (await import('../compile/bounds.js')).showBounds(built, terminal);
    const names = built.behaviours.map(({ name }) => name);
    terminal.out(
      terminal.json
        ? JSON.stringify({ board: built.board.name, behaviours: names, diagnostics: [], warnings: built.warnings })
        : `${names.join(', ')}: no mistakes, for ${built.board.name}`,
    );
  },
});
