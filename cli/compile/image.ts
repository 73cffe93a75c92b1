/** An app ready for one board, from sources or from a file that `tars build` wrote. */
import { statSync } from 'node:fs';
import { AppError, isModule, unpackApp, type App } from '../../ota/host/app.js';
import { listBoards, loadBoard } from '../project/boards.js';
import { UserError } from '../errors.js';
import { readNamed } from '../files.js';
import { findProject } from '../project/project.js';
import { readSources } from '../project/sources.js';
import type { Terminal } from '../terminal/terminal.js';
import type { Room } from './fits.js';

/**
 * The app at `path`. Sources are compiled for `board`, by default for the board whose class the connected one has; a
 * module carries no class, so it is taken to be for that one; an app image says what it was built for.
 */
export async function appFor(
  path: string,
  { boardClass, board }: { readonly boardClass: string; readonly board: string | undefined },
  terminal: Terminal,
): Promise<App> {
  const built = statSync(path, { throwIfNoEntry: false })?.isFile() && !path.endsWith('.tars');
  if (built) return readBuilt(path, boardClass);
  const { boardFor, buildApp, noteWarnings } = await import('./build.js');
  const sources = await readSources(path);
  const wanted = board ?? sources.board ?? boardOfClass(boardClass, sources.project);
  const app = await buildApp(sources, boardFor(sources, wanted));
  noteWarnings(app, terminal);
  return { class: app.board.class, modules: app.behaviours.map(({ module }) => module) };
}

function boardOfClass(boardClass: string, project = findProject(process.cwd())): string | undefined {
  return listBoards(project).find((name) => loadBoard(name, project).class === boardClass);
}

/**
 * What a board of a class has room and time for: its arena as it says itself, all else as the board file of the class
 * does. Of a class without a board file nothing is known but what it says.
 */
export function roomOf(boardClass: string, arena?: number): Room {
  const name = boardOfClass(boardClass);
  if (name === undefined) return { name: boardClass, budgets: { arena: arena ?? Infinity, stack: Infinity } };
  const board = loadBoard(name, findProject(process.cwd()));
  return { ...board, budgets: { ...board.budgets, arena: arena ?? board.budgets.arena }, clock: board };
}

function readBuilt(path: string, boardClass: string): App {
  const bytes = readNamed(path);
  if (isModule(bytes)) return { class: boardClass, modules: [bytes] };
  try {
    return unpackApp(bytes);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new UserError('not_tars', `${path} is neither a module nor an app image (${error.message})`, {
      cure: 'name a .tars file, a folder, or what `tars build` wrote',
    });
  }
}
