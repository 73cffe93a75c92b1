/** What behaviours cost at most, as the compiler proved it and wrote it into their manifests. */
import { table, type Terminal } from '../terminal/terminal.js';
import type { Built } from './build.js';

/** Prints one table per behaviour. */
export function showBounds({ board, behaviours }: Built, terminal: Terminal): void {
  if (terminal.json)
    return terminal.out(
      JSON.stringify({ board: board.name, behaviours: behaviours.map(({ name, bounds }) => ({ name, ...bounds })) }),
    );
  for (const { name, bounds } of behaviours) {
    terminal.out(`${terminal.color.bold(name)}: stack ${bounds.stack} bytes, memory ${bounds.memory} bytes`);
    const cells = bounds.entries.map(({ entry, instructions, calls }) => [
      `  ${entry}`,
      String(instructions),
      String(calls),
    ]);
    for (const line of table([['  EVENT', 'INSTRUCTIONS', 'HOST CALLS'], ...cells], terminal.color)) terminal.out(line);
  }
}
