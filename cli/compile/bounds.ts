/** What behaviours cost at most, as the compiler proved it and wrote it into their manifests. */
import { table, type Terminal } from '../terminal/terminal.js';
import { needsOf } from '../../sdk/engine/index.js';
import type { Built, BuiltBehaviour } from './build.js';

/** Prints one table per behaviour. */
export function showBounds({ board, behaviours }: Built, terminal: Terminal): void {
  if (terminal.json)
    return terminal.out(
      JSON.stringify({
        board: board.name,
        behaviours: behaviours.map((each) => ({ name: each.name, ...each.bounds, arena: arenaOf(each, board) })),
      }),
    );
  for (const behaviour of behaviours) {
    const { name, bounds } = behaviour;
    terminal.out(
      `${terminal.color.bold(name)}: stack ${bounds.stack} of ${board.budgets.stack} bytes, ` +
        `memory ${bounds.memory} bytes, arena ${arenaOf(behaviour, board)} of ${board.budgets.arena} bytes`,
    );
    const cells = bounds.entries.map(({ entry, instructions, calls }) => [
      `  ${entry}`,
      String(instructions),
      String(calls),
    ]);
    for (const line of table([['  EVENT', 'INSTRUCTIONS', 'HOST CALLS'], ...cells], terminal.color)) terminal.out(line);
  }
}

/** Bytes of a behaviour's arena on the board that the module needs while it is loaded. */
const arenaOf = ({ module }: BuiltBehaviour, { pointer }: Built['board']): number | undefined =>
  needsOf(module, pointer ?? 8)?.arena;
