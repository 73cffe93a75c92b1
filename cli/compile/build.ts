/** From sources to what a board takes: compiles each behaviour for one board and packs an app. Writes no file. */
import { compile, type Compiled, type Diagnostic } from '../../sdk/compiler/index.js';
import type { BoardFile } from '../../boards/schema.js';
import { DEFAULT_BOARD, loadBoard } from '../project/boards.js';
import { exitCodes, UserError } from '../errors.js';
import { checkRoom } from './fits.js';
import { sharesOf, slowReactions } from './shares.js';
import { findProject } from '../project/project.js';
import type { Terminal } from '../terminal/terminal.js';
import type { AppSources, BehaviourSource } from '../project/app-sources.js';

export interface BuiltBehaviour extends Required<Pick<Compiled, 'module' | 'manifest' | 'bounds'>> {
  readonly name: string;
  readonly file: string;
}

export interface Built {
  readonly kind: AppSources['kind'];
  readonly name: string;
  readonly board: BoardFile;
  readonly behaviours: readonly BuiltBehaviour[];
  /** What is no mistake, but not as it should be; a line each. */
  readonly warnings: readonly string[];
}

/** The user's program is wrong: all that the compiler found, with the sources to show it in. */
export class SourceError extends UserError {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;

  constructor(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>) {
    const count = diagnostics.length === 1 ? '1 error' : `${diagnostics.length} errors`;
    super('source', `${count} in the program`, { cure: 'change what is marked above', exit: exitCodes.request });
    this.diagnostics = diagnostics;
    this.sources = sources;
  }

  override async details({ color }: Terminal): Promise<{ text: string; json: object }> {
    const { sourceErrorJson, sourceErrorText } = await import('./show.js');
    return { text: sourceErrorText(this, color), json: { diagnostics: sourceErrorJson(this) } };
  }
}

/** The board that sources are built for: asked for, else named in tars.toml, else the default. */
export function boardFor(sources: AppSources, wanted: string | undefined): BoardFile {
  return loadBoard(wanted ?? sources.board ?? DEFAULT_BOARD, sources.project ?? findProject(process.cwd()));
}

/** Compiles all behaviours, so that one run shows every mistake. Throws a SourceError. */
export async function buildApp(sources: AppSources, board: BoardFile): Promise<Built> {
  const diagnostics: Diagnostic[] = [];
  const behaviours: BuiltBehaviour[] = [];
  for (const behaviour of sources.behaviours) {
    const result = compileOne(behaviour, board);
    diagnostics.push(...result.diagnostics);
    if (result.built) behaviours.push(result.built);
  }
  if (diagnostics.length > 0)
    throw new SourceError(diagnostics, new Map(sources.behaviours.map(({ file, source }) => [file, source])));
  checkRoom(
    behaviours.map(({ module }) => module),
    { ...board, clock: board },
    sources.behaviours.map(({ places }) => places),
  );
  if (behaviours.length > 1) (await import('./together.js')).checkTogether(behaviours, board);
  const warnings = sharesOf(behaviours, board).flatMap((share, i) =>
    slowReactions(share, behaviours[i]?.bounds.entries.map(({ entry }) => entry) ?? [], board),
  );
  return { kind: sources.kind, name: sources.name, board, behaviours, warnings };
}

/** Prints the warnings where people read them; programs find them in the result. */
export function noteWarnings({ warnings }: Built, { json, note, color }: Terminal): void {
  if (!json) for (const warning of warnings) note(`${color.bold(color.yellow('warning:'))} ${warning}`);
}

function compileOne(
  { file, source, name, ...deployment }: BehaviourSource,
  board: BoardFile,
): { built?: BuiltBehaviour; diagnostics: readonly Diagnostic[] } {
  const { module, manifest, bounds, diagnostics } = compile(source, { ...deployment, file, board });
  if (!module || !manifest || !bounds) return { diagnostics };
  if (name !== undefined && name !== manifest.name) {
    throw new UserError('bad_project', `tars.toml calls ${file} ${name}, its first line calls it ${manifest.name}`, {
      cure: 'give both the same name',
    });
  }
  return { built: { name: manifest.name, file, module, manifest, bounds }, diagnostics };
}

/** What is written to a file: the module of a single behaviour, or the app image. */
export async function outputBytes({ kind, board, behaviours }: Built): Promise<Uint8Array> {
  const [only] = behaviours;
  if (kind === 'module' && only) return only.module;
  const { packApp } = await import('../../ota/host/app.js');
  return packApp({ class: board.class, modules: behaviours.map(({ module }) => module) });
}
