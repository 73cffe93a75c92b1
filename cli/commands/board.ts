/** `tars board`: virtual boards, the real firmware on this computer. */
import { relative } from 'node:path';
import { DEFAULT_BOARD } from '../project/boards.js';
import { findProject } from '../project/project.js';
import { defineCommand, jsonOption } from '../command.js';
import { usageError } from '../errors.js';
import { readIdentity } from '../keys/owner.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { LinkClient } from '../transport/link.js';
import { EMULATED } from '../virtual/emulated.js';
import { listVirtualBoards, startBoard, stopBoard } from '../virtual/registry.js';
import { commandLine, hint } from '../terminal/calling.js';

/** Owner of a board that has none. */
const OPEN = 'open';

/** Name of the board when the user gives none. */
const DEFAULT_NAME = 'desk';

export const command = defineCommand({
  positionals: {
    action: { choices: ['start', 'stop', 'list'] as const, demandOption: true, describe: 'what to do' },
    name: { type: 'string', describe: `name of the board (default: ${DEFAULT_NAME})` },
  },
  options: {
    clock: {
      choices: ['real', 'virtual'] as const,
      default: 'real' as const,
      describe: 'virtual: time moves only by the bench',
    },
    board: {
      choices: [DEFAULT_BOARD, EMULATED] as const,
      default: DEFAULT_BOARD,
      describe: `${EMULATED}: the firmware for a Cortex-M7, in an emulator`,
    },
    baud: { type: 'number', describe: 'pace the link like a serial line' },
    trace: { type: 'string', describe: 'file for every reaction and host call' },
    ...jsonOption,
  },
  alone: ['list'],
  examples: [
    ['tars board start', `start a virtual board called ${DEFAULT_NAME}`],
    ['tars board start rover --clock virtual', 'start one whose time a test moves'],
    [`tars board start arm --board ${EMULATED}`, 'the same on a Cortex-M7 that QEMU emulates'],
    ['tars board list', 'boards of this project and where to reach them'],
    ['tars board stop rover', 'stop it; its flash stays'],
  ],
  async run({ action, name = DEFAULT_NAME, clock, board: file, baud, trace }, terminal) {
    if (action === 'list') return list(terminal, await owners());
    if (action === 'stop') {
      await stopBoard(name);
      return terminal.out(terminal.json ? JSON.stringify({ name, running: false }) : `stopped ${name}`);
    }
    if (baud !== undefined && !(Number.isInteger(baud) && baud >= 300))
      throw usageError('--baud takes a whole number from 300', 'board');
    const emulated = file === EMULATED;
    if (emulated && (baud !== undefined || trace !== undefined))
      throw usageError(`--baud and --trace are for the board ${DEFAULT_BOARD}`, 'board');
    const board = await startBoard({
      name,
      clock,
      ...(emulated && { board: file }),
      ...(baud !== undefined && { baud }),
      ...(trace !== undefined && { trace }),
    });
    if (terminal.json)
      return terminal.out(JSON.stringify(board, ['name', 'pid', 'pty', 'tcp', 'bench', 'clock', 'board', 'qmp']));
    terminal.out(`started ${name}: serial port ${board.pty}, ${linkOf(board)}bench tcp:127.0.0.1:${board.bench}`);
    terminal.note(
      `next: ${commandLine`tars flash ${something()} --port ${name} ${emulated ? ['--board', EMULATED] : []}`}`,
    );
  },
});

/** What there is to flash from here: the project, or an example. */
function something(): string {
  const project = findProject(process.cwd());
  return project === undefined ? 'examples/blink' : relative(process.cwd(), project) || '.';
}

/** The link's second way in, if there is one. */
const linkOf = ({ tcp }: { readonly tcp?: number }): string => (tcp === undefined ? '' : `link tcp:127.0.0.1:${tcp}, `);

/** Owners of the boards that run and answer: their domain, or `open`. */
async function owners(): Promise<ReadonlyMap<string, string>> {
  const { TcpTransport } = await import('../transport/tcp.js');
  const { SerialTransport } = await import('../transport/serial.js');
  const found = new Map<string, string>();
  await Promise.all(
    listVirtualBoards().map(async ({ name, running }) => {
      if (!running) return;
      const link = new LinkClient(
        running.tcp === undefined
          ? new SerialTransport(running.pty)
          : new TcpTransport({ host: '127.0.0.1', port: running.tcp }),
      );
      try {
        const hello = await link.connect();
        found.set(name, hello.owned ? ((await readIdentity(link))?.owner ?? '') : OPEN);
      } catch {
        // A board that is busy or stopped has no owner to show: the list goes on.
      } finally {
        await link.close();
      }
    }),
  );
  return found;
}

function list(terminal: Terminal, owner: ReadonlyMap<string, string>): void {
  const boards = listVirtualBoards();
  if (terminal.json) {
    return terminal.out(
      JSON.stringify(
        boards.map(({ name, running }) => ({
          name,
          running: running !== undefined,
          ...(running && {
            pty: running.pty,
            tcp: running.tcp,
            bench: running.bench,
            clock: running.clock,
            owner: owner.get(name) ?? null,
          }),
        })),
      ),
    );
  }
  if (boards.length === 0) return terminal.out(`no virtual boards yet; start one with ${hint`tars board start`}`);
  const rows = boards.map(({ name, running }) =>
    running
      ? [
          name,
          'running',
          owner.get(name) ?? '?',
          running.clock,
          running.pty,
          running.tcp === undefined ? '' : `tcp:127.0.0.1:${running.tcp}`,
          `tcp:127.0.0.1:${running.bench}`,
        ]
      : [name, 'stopped'],
  );
  for (const line of table([['NAME', 'STATE', 'OWNER', 'CLOCK', 'SERIAL PORT', 'LINK', 'BENCH'], ...rows], terminal))
    terminal.out(line);
}
