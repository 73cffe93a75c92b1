import type { Statement } from '../../check/program.js';
import type { Body, Exits } from '../context.js';
import { value } from '../expressions/index.js';
import type { Stmt } from '../ir.js';

/** `continue`. */
export function again({ again: to }: Exits): Stmt[] {
  if (!to) throw new Error('continue without a target');
  return 'body' in to ? [{ op: 'goto', segment: to }] : [{ op: 'br', label: to }];
}

/** `return`, real or out of a function put in place. */
export function leave(b: Body, s: Statement & { kind: 'return' }, { leave: to }: Exits): Stmt[] {
  const result = s.value && value(b, s.value);
  if (!to) return [{ op: 'return', ...(result && { value: result }) }];
  const set: Stmt[] = result && to.result ? [{ op: 'set', slot: to.result, value: result }] : [];
  return [...set, { op: 'br', label: to.label }];
}
