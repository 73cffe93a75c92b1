/** What the steps of the demo share: a folder, the boards, the screen, and the table that is shown at the end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { buildApp } from '../compile/build.js';
import { readSources } from '../project/sources.js';
import { loadBoard } from '../project/boards.js';
import { homePath } from '../home.js';
import type { DemoBoard } from './board.js';
import type { DemoFleet, FleetStage } from './fleet.js';

/** One line of the final table. `seen` holds figures that were read back from a board or a built file. */
export interface Row {
  readonly what: string;
  readonly seen: string;
}

export interface Stage extends FleetStage {
  /** From the step that makes it on. */
  fleet: DemoFleet | undefined;
  /** More of the line that is being drawn; `end` closes it. */
  draw(text: string): void;
  end(): void;
}

export interface Step {
  readonly title: string;
  run(stage: Stage): Promise<Row[]>;
}

/** A board that an earlier step started. */
export function boardOf(stage: Stage, name: string): DemoBoard {
  const board = stage.boards.get(name);
  if (!board) throw new Error(`the demo has no board ${name}`);
  return board;
}

/** The fleet that an earlier step made. */
export function fleetOf({ fleet }: Stage): DemoFleet {
  if (!fleet) throw new Error('the demo has no fleet');
  return fleet;
}

/** Compiles what is at `path`, for the virtual board if no other is named: one module per behaviour. */
export async function compileAt(
  path: string,
  board = 'virtual',
): Promise<readonly { readonly name: string; readonly module: Uint8Array }[]> {
  return (await buildApp(await readSources(path), loadBoard(board))).behaviours;
}

/** Modules of an example that comes with tars. */
export const compileExample = async (name: string): Promise<Uint8Array[]> =>
  (await compileAt(homePath(join('examples', name)))).map(({ module }) => module);

/** Text of an example's source. */
export const exampleSource = (path: string): string => readFileSync(homePath(join('examples', path)), 'utf8');

/** Runs the steps in order and shows each; the table of all comes last. */
export async function perform(steps: readonly Step[], stage: Stage, terminal: Terminal): Promise<void> {
  const rows: string[][] = [['STEP', 'WHAT HAPPENED', 'READ BACK', 'TIME']];
  const begin = performance.now();
  for (const [index, step] of steps.entries()) {
    terminal.out('');
    terminal.out(terminal.color.bold(`${index + 1}. ${step.title}`));
    const start = performance.now();
    const done = await step.run(stage);
    const time = `${((performance.now() - start) / 1000).toFixed(2)} s`;
    rows.push(
      ...done.map(({ what, seen }, line) => [line === 0 ? String(index + 1) : '', what, seen, line === 0 ? time : '']),
    );
  }
  terminal.out('');
  for (const line of table(rows, terminal)) terminal.out(line);
  terminal.out('');
  terminal.out(
    `All of it in ${((performance.now() - begin) / 1000).toFixed(1)} s. Next: npx tars run examples/blink --watch`,
  );
}
