/** `tars board`: virtual boards, the real firmware on this computer. */
import { defineCommand, jsonOption } from '../command.js';
import { usageError } from '../errors.js';
import { table, type Terminal } from '../terminal.js';
import { listVirtualBoards, startBoard, stopBoard } from '../virtual/registry.js';

/** Name of the board when the user gives none. */
const DEFAULT_NAME = 'desk';

export const command = defineCommand({
  positionals: {
    action: { choices: ['start', 'stop', 'list'] as const, demandOption: true, describe: 'what to do' },
    name: { type: 'string', describe: `name of the board (default: ${DEFAULT_NAME})` },
  },
  options: {
    clock: { choices: ['real', 'virtual'] as const, default: 'real' as const, describe: 'virtual: time moves only by the bench' },
    baud: { type: 'number', describe: 'pace the link like a serial line' },
    trace: { type: 'string', describe: 'file for every reaction and host call' },
    ...jsonOption,
  },
  examples: [
    ['tars board start', `start a virtual board called ${DEFAULT_NAME}`],
    ['tars board start rover --clock virtual', 'start one whose time a test moves'],
    ['tars board list', 'boards of this project and where to reach them'],
    ['tars board stop rover', 'stop it; its flash stays'],
  ],
  async run({ action, name = DEFAULT_NAME, clock, baud, trace }, terminal) {
    if (action === 'list') return list(terminal);
    if (action === 'stop') {
      await stopBoard(name);
      return terminal.out(terminal.json ? JSON.stringify({ name, running: false }) : `stopped ${name}`);
    }
    if (baud !== undefined && !(Number.isInteger(baud) && baud >= 300)) throw usageError('--baud takes a whole number from 300', 'board');
    const board = await startBoard({ name, clock, ...(baud !== undefined && { baud }), ...(trace !== undefined && { trace }) });
    if (terminal.json) return terminal.out(JSON.stringify(board, ['name', 'pid', 'pty', 'tcp', 'bench', 'clock']));
    terminal.out(`started ${name}: serial port ${board.pty}, link tcp:127.0.0.1:${board.tcp}, bench tcp:127.0.0.1:${board.bench}`);
    terminal.note(`next: tars flash examples/blink --port ${name}`);
  },
});

function list(terminal: Terminal): void {
  const boards = listVirtualBoards();
  if (terminal.json) {
    return terminal.out(JSON.stringify(boards.map(({ name, running }) => ({ name, running: running !== undefined, ...(running && { pty: running.pty, tcp: running.tcp, bench: running.bench, clock: running.clock }) }))));
  }
  if (boards.length === 0) return terminal.out('no virtual boards yet; start one with `tars board start`');
  const rows = boards.map(({ name, running }) =>
    running ? [name, 'running', running.clock, running.pty, `tcp:127.0.0.1:${running.tcp}`, `tcp:127.0.0.1:${running.bench}`] : [name, 'stopped']);
  for (const line of table([['NAME', 'STATE', 'CLOCK', 'SERIAL PORT', 'LINK', 'BENCH'], ...rows], terminal.color)) terminal.out(line);
}
