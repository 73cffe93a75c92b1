import type { Expr, Func, Stmt } from '../ir.js';
import { rewrite } from '../walk.js';
import { dropDead } from './dead.js';
import { shortExpr } from './expression.js';
import { countReads, forwardList } from './forward.js';
import { shortList } from './structure.js';
import { shortTail } from './tail.js';

/** Enough for every program seen; each round is cheap. */
const MAX_ROUNDS = 8;

/** Shortens a function without changing what it does. */
export function optimise(func: Func): Func {
  let { body } = func;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = once(body, func.result === undefined);
    if (sameSize(next, body) && round > 0) break;
    body = next;
  }
  return Object.assign(func, { body });
}

function once(body: readonly Stmt[], ends: boolean): readonly Stmt[] {
  const reads = countReads(body);
  const stmts = (list: Stmt[]): readonly Stmt[] => shortList([...forwardList([...dropDead(list, reads)], reads)]);
  const short = rewrite(body, { expr: (e: Expr) => unteed(shortExpr(e), reads), stmts });
  return ends ? shortTail(short) : short;
}

/** A tee whose slot nobody reads is only its value. */
const unteed = (e: Expr, reads: ReturnType<typeof countReads>): Expr =>
  e.op === 'tee' && !reads.get(e.slot) ? e.value : e;

/** The passes only ever remove or merge nodes: equal numbers of nodes mean that nothing changed. */
const sameSize = (a: readonly Stmt[], b: readonly Stmt[]): boolean =>
  JSON.stringify(a, replacer) === JSON.stringify(b, replacer);

// Slots, labels, calls and functions by name: bodies of called functions are not part of this one.
const replacer = (key: string, value: unknown): unknown =>
  key === 'target' || key === 'host' || key === 'fn' ? 0 : typeof value === 'bigint' ? String(value) : value;
