/** The table of commands. A command's file is loaded only when it is called: that keeps every start short. */
import type { Command } from '../command.js';

export interface CommandRow {
  /** How it is called, in yargs' notation; the first word is its name. */
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

export const commands: readonly CommandRow[] = [
  { usage: 'boards [name]', summary: 'list the boards that apps can be built for', load: () => import('./boards.js') },
  { usage: 'board <action> [name]', summary: 'start, stop or list virtual boards', load: () => import('./board.js') },
  { usage: 'ps', summary: 'show the behaviours of a board', load: () => import('./ps.js') },
  { usage: 'logs', summary: 'show log lines and changes of status', load: () => import('./logs.js') },
  { usage: 'start <behaviour>', summary: 'start a stopped or parked behaviour', load: () => import('./start.js') },
  { usage: 'stop <behaviour>', summary: 'stop a behaviour', load: () => import('./stop.js') },
  { usage: 'param [action] [name] [value]', summary: 'list, get or set parameters', load: () => import('./param.js') },
  { usage: 'pub <topic> [fields..]', summary: 'publish a message', load: () => import('./pub.js') },
  { usage: 'sub [topic]', summary: 'show messages as they come', load: () => import('./sub.js') },
];

/** Name of a row: the first word of its usage. */
export const commandName = (row: CommandRow): string => row.usage.split(' ')[0] ?? '';
