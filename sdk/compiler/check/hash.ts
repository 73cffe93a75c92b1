import { hash32 } from '../../image/sha256.js';
import type { Context } from './context.js';
import type { Variable } from './program.js';

/**
 * How a swap and `retain` recognise a variable: by name, declared type and unit. An u8 never takes over what was an
 * u16.
 */
export const stateHash = ({ name, type }: Variable): number => hash32(`${name}:${type.scalar}:${type.unit.text}`);

/** Reports variables that a swap could not tell apart. */
export function checkHashes(x: Context): void {
  const seen = new Map<number, Variable>();
  for (const variable of x.globals) {
    const hash = stateHash(variable);
    const other = seen.get(hash);
    // The same name twice is reported where it is declared.
    if (other && other.name !== variable.name) {
      x.bag.report(
        'T0223',
        variable.span,
        { name: variable.name, other: other.name },
        { notes: [{ span: other.span, text: 'the other one' }] },
      );
    }
    seen.set(hash, variable);
  }
}
