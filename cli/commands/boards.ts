/** `tars boards`: the boards that an app can be built for, and what one of them offers. */
import { listBoards, loadBoard } from '../project/boards.js';
import { defineCommand, jsonOption } from '../command.js';
import { findProject } from '../project/project.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';

export const command = defineCommand({
  positionals: { name: { type: 'string', describe: 'board to describe' } },
  options: jsonOption,
  examples: [
    ['tars boards', 'list the boards'],
    ['tars boards virtual', 'pins, channels and buses of one board'],
  ],
  async run({ name }, terminal) {
    const project = findProject(process.cwd());
    if (name === undefined) listAll(terminal, project);
    else describe(terminal, name, project);
  },
});

function listAll(terminal: Terminal, project: string | undefined): void {
  const boards = listBoards(project).map((name) => loadBoard(name, project));
  if (terminal.json)
    return terminal.out(
      JSON.stringify(
        boards.map(({ name, class: boardClass, title, port }) => ({ name, class: boardClass, title, port })),
      ),
    );
  const rows = boards.map((board) => [
    board.name,
    board.flashing === 'none' ? 'build only' : 'build and run',
    board.title,
  ]);
  for (const line of table([['BOARD', 'USE', 'WHAT IT IS'], ...rows], terminal)) terminal.out(line);
}

function describe(terminal: Terminal, name: string, project: string | undefined): void {
  const board = loadBoard(name, project);
  if (terminal.json) return terminal.out(JSON.stringify(board));
  terminal.out(`${board.name}: ${board.title}`);
  const { slots, arena, reactionUs } = board.budgets;
  terminal.out(
    `class ${board.class}; room for ${slots} behaviours of ${arena} bytes each, old and new ones side by side ` +
      `during a swap; a reaction may take ${reactionUs} us, a period is at least ${board.floors.periodUs} us`,
  );
  const rows = Object.entries(board.resources).map(([resource, { type, pin, maxKHz, doc }]) => [
    `board.${resource}`,
    type,
    pin ?? '',
    maxKHz === undefined ? '' : `${maxKHz} kHz`,
    doc ?? '',
  ]);
  for (const line of table([['NAME', 'TYPE', 'PIN', 'FASTEST', 'NOTE'], ...rows], terminal)) terminal.out(line);
}
