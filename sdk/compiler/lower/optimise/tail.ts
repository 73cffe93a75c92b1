import type { Label, Stmt } from '../ir.js';

/** The end of the function, as a target of branches that `emit` knows by not finding it open. */
const END: Label = { name: 'end of function' };

/**
 * Blocks at the end of a function without result need no block: a branch to their end returns. A `return` at the very
 * end needs no instruction.
 */
export function shortTail(body: readonly Stmt[]): readonly Stmt[] {
  return leave(last(body, new Set([END])), new Set([END]));
}

/** The statements with what is last in them unwrapped. `ends`: labels that are the end of the function. */
function last(list: readonly Stmt[], ends: Set<Label>): readonly Stmt[] {
  const s = list.at(-1);
  const before = list.slice(0, -1);
  if (s?.op === 'block') {
    ends.add(s.label);
    return leave(last([...before, ...s.body], ends), ends);
  }
  if (s?.op === 'if')
    return [...leave(before, ends), { ...s, then: last(s.then, ends), otherwise: last(s.otherwise, ends) }];
  if (s?.op === 'return' && !s.value) return last(before, ends);
  if (s?.op === 'br' && ends.has(s.label)) return last(before, ends);
  return leave(list, ends);
}

/** Branches to the end return; a conditional one keeps its label, which now means the end. */
function leave(list: readonly Stmt[], ends: ReadonlySet<Label>): readonly Stmt[] {
  return list.map((s): Stmt => {
    switch (s.op) {
      case 'br':
        return ends.has(s.label) ? { op: 'return' } : s;
      case 'if': {
        const then = leave(s.then, ends);
        const only = then.length === 1 && s.otherwise.length === 0 && then[0]?.op === 'return' && !then[0].value;
        return only
          ? { op: 'br_if', condition: s.condition, label: END }
          : { ...s, then, otherwise: leave(s.otherwise, ends) };
      }
      case 'block':
      case 'loop':
        return { ...s, body: leave(s.body, ends) };
      case 'set':
      case 'do':
      case 'br_if':
      case 'br_table':
      case 'return':
      case 'goto':
      case 'suspend':
        return s;
    }
  });
}
