/** The table of commands. A command's file is loaded only when it is called: that keeps every start short. */
import type { Command } from '../command.js';

export interface CommandRow {
  /** How it is called, in yargs' notation; the first word is its name. */
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

export const commands: readonly CommandRow[] = [
  { usage: 'new <name>', summary: 'make a folder with a first behaviour', load: () => import('./new.js') },
  {
    usage: 'build <path>',
    summary: 'compile a behaviour into a module, or a project into an app image',
    load: () => import('./build.js'),
  },
  { usage: 'check [path]', summary: 'look for mistakes, show the worst case', load: () => import('./check.js') },
  {
    usage: 'inspect <path>',
    summary: 'explain a module, a bundle or a root document',
    load: () => import('./inspect.js'),
  },
  {
    usage: 'run [path]',
    summary: 'run an app on a private virtual board and watch it',
    load: () => import('./run.js'),
  },
  { usage: 'flash [path]', summary: 'put an app onto a board', load: () => import('./flash.js') },
  {
    usage: 'keys <action> [name]',
    summary: 'make and show keys, make root documents',
    load: () => import('./keys.js'),
  },
  { usage: 'bundle <path>', summary: 'pack and sign an app', load: () => import('./bundle.js') },
  {
    usage: 'provision',
    summary: 'give a board an owner and a broker, or erase both',
    load: () => import('./provision.js'),
  },
  {
    usage: 'repair',
    summary: 'make a board usable again whose flash is damaged',
    load: () => import('./repair.js'),
  },
  { usage: 'boards [name]', summary: 'list the boards that apps can be built for', load: () => import('./boards.js') },
  { usage: 'board <action> [name]', summary: 'start, stop or list virtual boards', load: () => import('./board.js') },
  {
    usage: 'ota <action> [path]',
    summary: 'push apps to a fleet, see how far they are, go back',
    load: () => import('./ota.js'),
  },
  {
    usage: 'fleet <action> [names..]',
    summary: 'list or watch the devices of a fleet',
    load: () => import('./fleet.js'),
  },
  { usage: 'broker', summary: 'run a small MQTT broker for the desk', load: () => import('./broker.js') },
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
