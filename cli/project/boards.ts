/** Board files: those that come with tars and those of the project, by name. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, UserError } from '../errors.js';
import { readPlainText } from '../files.js';
import { homePath } from '../home.js';
import type { BoardFile } from '../../boards/schema.js';
import { didYouMean } from '../terminal/near.js';
import { staysInside } from './inside.js';

export const DEFAULT_BOARD = 'virtual';

/** Folders with board files: the project's own come first and may replace one of ours. */
function boardFolders(project: string | undefined): string[] {
  const own = project === undefined ? undefined : join(project, 'boards');
  const ours = homePath('boards');
  return own !== undefined && own !== ours && existsSync(own) ? [own, ours] : [ours];
}

const boardNames = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'board.schema.json')
    .map((file) => file.slice(0, -5));

/** Names of all boards, sorted. `project` is the folder of the user's tars.toml, if there is one. */
export function listBoards(project?: string): string[] {
  return [...new Set(boardFolders(project).flatMap(boardNames))].sort();
}

/** Reads the board `name`. Throws a UserError if there is none or its file is broken. */
export function loadBoard(name: string, project?: string): BoardFile {
  const folder = boardFolders(project).find((candidate) => existsSync(join(candidate, `${name}.json`)));
  if (folder === undefined || /[/\\]/.test(name)) {
    throw new UserError('no_such_board', `there is no board called ${name}${didYouMean(name, listBoards(project))}`, {
      cure: `choose one of: ${listBoards(project).join(', ')}`,
    });
  }
  const path = join(folder, `${name}.json`);
  // Ours lie elsewhere, and there is no link among them.
  if (project !== undefined && folder !== homePath('boards')) staysInside(path, project);
  let parsed: unknown;
  try {
    parsed = JSON.parse(readPlainText(path));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw broken(path, error instanceof Error ? error.message : String(error));
  }
  if (!isBoard(parsed)) throw broken(path, 'name, class, calls, resources, budgets, floors and speed are required');
  return parsed;
}

/** What every start can afford to check; `npm run check` holds our board files against the whole schema. */
function isBoard(value: unknown): value is BoardFile {
  if (typeof value !== 'object' || value === null) return false;
  const { name, class: boardClass, calls, resources, budgets, floors, speed } = value as Record<string, unknown>;
  const objects = [resources, budgets, floors, speed].every((part) => typeof part === 'object' && part !== null);
  return typeof name === 'string' && typeof boardClass === 'string' && Array.isArray(calls) && objects;
}

const broken = (path: string, why: string): UserError =>
  new UserError('bad_board', `${path} is no board file: ${why}`, {
    cure: 'compare it with boards/virtual.json and boards/board.schema.json',
    exit: exitCodes.request,
  });
