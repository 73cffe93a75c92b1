import type { Statement } from '../../check/program.js';
import type { Body, Exits } from '../context.js';
import { value } from '../expressions/index.js';
import type { Stmt } from '../ir.js';

/** `continue`. */
export function again({ again: to }: Exits): Stmt[] {
  if (!to) throw new Error('continue without a target');
  return 'body' in to ? [{ op: 'goto', segment: to }] : [{ op: 'br', label: to }];
}

/** `return`. */
export const leave = (b: Body, s: Statement & { kind: 'return' }): Stmt[] => [
  { op: 'return', ...(s.value && { value: value(b, s.value) }) },
];
