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
];

/** Name of a row: the first word of its usage. */
export const commandName = (row: CommandRow): string => row.usage.split(' ')[0] ?? '';
