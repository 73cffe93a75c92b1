/** What behaviours cost at most on a board, from what the compiler proved and wrote into their manifests. */
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { percent, showDuration } from '../terminal/values.js';
import { needsOf } from '../../sdk/engine/index.js';
import { shareOf } from '../../sdk/timing/index.js';
import type { Built, BuiltBehaviour } from './build.js';
import { shareJson, sharesOf, type Share } from './shares.js';

/** Prints one table per behaviour. */
export function showBounds(built: Built, terminal: Terminal): void {
  const { board, behaviours, warnings } = built;
  const shares = sharesOf(behaviours, board);
  if (terminal.json)
    return terminal.out(
      JSON.stringify({
        board: board.name,
        behaviours: behaviours.map((each, i) => ({
          ...each.bounds,
          ...shareJson(shares[i] as Share),
          entries: entriesOf(each, shares[i] as Share),
          arena: arenaOf(each, board),
        })),
        warnings,
      }),
    );
  for (const [i, behaviour] of behaviours.entries()) showBehaviour(behaviour, shares[i] as Share, built, terminal);
}

function showBehaviour(behaviour: BuiltBehaviour, share: Share, { board }: Built, terminal: Terminal): void {
  const { name, bounds } = behaviour;
  terminal.out(
    `${terminal.color.bold(name)}: stack ${bounds.stack} of ${board.budgets.stack} bytes, ` +
      `memory ${bounds.memory} bytes, arena ${arenaOf(behaviour, board)} of ${board.budgets.arena} bytes`,
  );
  terminal.out(
    `  takes ${percent(share.takes)} of ${board.name}, load ${percent(share.load)}; ` +
      `an event is answered within ${showDuration(share.responseUs)}` +
      (share.deadlineUs < Infinity ? `, deadline ${showDuration(share.deadlineUs)}` : ''),
  );
  const cells = entriesOf(behaviour, share).map(({ entry, instructions, calls, costUs, periodUs, share: permille }) => [
    entry,
    String(instructions),
    String(calls),
    showDuration(costUs),
    periodUs === undefined ? '' : showDuration(periodUs),
    permille === undefined ? '' : percent(permille),
  ]);
  const head = ['EVENT', 'INSTRUCTIONS', 'HOST CALLS', 'TIME', 'PERIOD', 'SHARE'];
  for (const line of table([head, ...cells], terminal, '  ')) terminal.out(line);
}

interface EntryRow {
  readonly entry: string;
  readonly instructions: number;
  readonly calls: number;
  readonly costUs: number;
  readonly periodUs?: number;
  /** Permille of the processor's time. */
  readonly share?: number;
}

const entriesOf = ({ bounds }: BuiltBehaviour, { entries }: Share): EntryRow[] =>
  bounds.entries.map((bound, i) => {
    const time = entries[i];
    return {
      ...bound,
      costUs: (time?.costNs ?? 0) / 1000,
      ...(time?.periodUs !== undefined && { periodUs: time.periodUs, share: Number(shareOf(time).toFixed(3)) }),
    };
  });

/** Bytes of a behaviour's arena on the board that the module needs while it is loaded. */
const arenaOf = ({ module }: BuiltBehaviour, { pointer }: Built['board']): number | undefined =>
  needsOf(module, pointer ?? 8)?.arena;
