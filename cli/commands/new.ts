/** `tars new`: a folder with a behaviour that runs, to change from there. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DEFAULT_BOARD, loadBoard } from '../project/boards.js';
import { defineCommand, jsonOption } from '../command.js';
import { UserError, usageError } from '../errors.js';
import { PROJECT_FILE } from '../project/project.js';
import { commandLine } from '../terminal/calling.js';

const behaviour = (
  name: string,
): string => `// Toggles the LED twice a second. Change the period while \`tars run --watch\` shows the pin, and save.
behaviour ${name}
use led: gpio.out = board.LED

every 250ms { led.toggle() }
`;

const project = (name: string, board: string): string => `# The app that one machine runs: its board and its behaviours.
[app]
name = "${name}"
board = "${board}"

[behaviours.${name}]
file = "${name}.tars"
`;

export const command = defineCommand({
  positionals: {
    name: { type: 'string', demandOption: true, describe: 'folder to make; its last part names the app' },
  },
  options: { board: { type: 'string', default: DEFAULT_BOARD, describe: 'board that it is built for' }, ...jsonOption },
  examples: [
    ['tars new rover', 'make a folder rover with a behaviour that blinks'],
    ['tars new rover --board nucleo-h743zi', 'the same for another board'],
  ],
  async run({ name: folder, board }, terminal) {
    const name = basename(folder).replace(/-/g, '_');
    if (!/^[a-z][a-z0-9_]{0,31}$/.test(name)) {
      throw usageError(
        `${name} is no name for a behaviour: small letters, digits and _, a letter first, at most 32`,
        'new',
      );
    }
    if (!('LED' in loadBoard(board).resources)) {
      throw new UserError('no_led', `the board ${board} has no LED to begin with`, {
        cure: 'choose another board, or write the files by hand',
      });
    }
    if (existsSync(folder))
      throw new UserError('exists', `${folder} exists already`, { cure: 'choose another name, or remove it first' });
    mkdirSync(folder, { recursive: true });
    const files = [
      [`${name}.tars`, behaviour(name)],
      [PROJECT_FILE, project(name, board)],
      ['.gitignore', '.tars/\n*.wasm\n*.app\n'],
    ] as const;
    const written = files.map(([file]) => join(folder, file));
    for (const [index, [, text]] of files.entries()) writeFileSync(written[index] as string, text);
    for (const line of terminal.json ? [JSON.stringify({ folder, files: written })] : written) terminal.out(line);
    terminal.note(`next: ${commandLine`tars run ${folder} --watch`}`);
  },
});
