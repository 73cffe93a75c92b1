import type { Expr, Label, Stmt } from '../ir.js';
import { isPure } from '../purity.js';
import { eachStmt } from '../walk.js';
import { asCondition, not, opposed } from './expression.js';

/** Shorter forms of a list of statements whose parts are short already. */
export function shortList(list: Stmt[]): readonly Stmt[] {
  const out: Stmt[] = [];
  for (const s of list) {
    for (const short of shortStmt(s)) out.push(short);
    const last = out.at(-1);
    // What stands behind a jump never runs.
    if (last && (last.op === 'br' || last.op === 'return' || last.op === 'br_table')) break;
  }
  return out;
}

function shortStmt(s: Stmt): readonly Stmt[] {
  switch (s.op) {
    case 'if':
      return shortIf(s);
    case 'br_if':
      return shortBranch(s);
    case 'block':
      return shortBlock(s);
    case 'set':
      return s.value.op === 'get' && s.value.slot === s.slot
        ? []
        : s.value.op === 'seq'
          ? [...s.value.body, { ...s, value: s.value.value }]
          : [s];
    case 'do':
      return shortEffect(s);
    case 'loop':
    case 'br':
    case 'br_table':
    case 'return':
    case 'goto':
    case 'suspend':
      return [s];
  }
}

function shortEffect(s: Stmt & { op: 'do' }): readonly Stmt[] {
  if (s.value.op === 'seq') return [...s.value.body, ...shortEffect({ ...s, value: s.value.value })];
  return s.drop && isPure(s.value) ? [] : [s];
}

function shortBranch(s: Stmt & { op: 'br_if' }): readonly Stmt[] {
  const condition = asCondition(s.condition);
  if (condition.op === 'const') return condition.value === 0 ? [] : [{ op: 'br', label: s.label }];
  return [...lifted(condition, (value) => ({ ...s, condition: value }))];
}

/** Statements in front of a condition's value stand in front of its statement. */
function lifted(condition: Expr, build: (value: Expr) => Stmt): readonly Stmt[] {
  return condition.op === 'seq' ? [...condition.body, build(condition.value)] : [build(condition)];
}

function shortIf(s: Stmt & { op: 'if' }): readonly Stmt[] {
  const condition = asCondition(s.condition);
  if (condition.op === 'const') return condition.value === 0 ? s.otherwise : s.then;
  if (condition.op === 'seq') return [...condition.body, ...shortIf({ ...s, condition: condition.value })];
  const [first, ...more] = s.then;
  const [second, ...others] = s.otherwise;
  if (!first && !second) return isPure(condition) ? [] : [{ op: 'do', value: condition, drop: true }];
  if (first?.op === 'br' && more.length === 0) return [{ op: 'br_if', condition, label: first.label }, ...s.otherwise];
  if (second?.op === 'br' && others.length === 0)
    return [{ op: 'br_if', condition: asCondition(not(condition)), label: second.label }, ...s.then];
  if (!first) return [{ op: 'if', condition: asCondition(not(condition)), then: s.otherwise, otherwise: [] }];
  // A then-part that leaves needs no `else`.
  const last = s.then.at(-1);
  if (second && last && (last.op === 'return' || last.op === 'br'))
    return [{ op: 'if', condition, then: s.then, otherwise: [] }, ...s.otherwise];
  return [{ ...s, condition }];
}

function shortBlock(s: Stmt & { op: 'block' }): readonly Stmt[] {
  const { label } = s;
  let body = s.body;
  const last = body.at(-1);
  if (last?.op === 'br' && last.label === label) body = body.slice(0, -1);
  body = guarded(body, label);
  return refersTo(body, label) ? [{ ...s, body }] : body;
}

/**
 * `if c { A }` at the end of its block is a guard and A, where the opposite of c costs nothing; `A; leave` before B is
 * a choice.
 */
export function guarded(body: readonly Stmt[], label: Label): readonly Stmt[] {
  const last = body.at(-1);
  if (last?.op === 'if' && last.otherwise.length === 0 && refersTo(body, label)) {
    const opposite = opposed(last.condition);
    if (opposite) return [...body.slice(0, -1), { op: 'br_if', condition: asCondition(opposite), label }, ...last.then];
  }
  return body;
}

/** True if something in the statements branches to the label. */
export function refersTo(list: readonly Stmt[], label: Label): boolean {
  let found = false;
  eachStmt(list, (s) => {
    if (s.op === 'br' || s.op === 'br_if') found ||= s.label === label;
    if (s.op === 'br_table') found ||= s.otherwise === label || s.labels.includes(label);
  });
  return found;
}
