import type { Statement } from '../../check/program.js';
import type { Body, Exits } from '../context.js';
import { value } from '../expressions/index.js';
import type { Stmt } from '../ir.js';
import { again, leave } from './control.js';
import { effect, store } from './failing.js';
import { forLoop } from './for.js';
import { match } from './match.js';
import { log, send } from './message.js';

/** Lowers statements that don't wait. */
export const statements = (b: Body, list: readonly Statement[], exits: Exits): Stmt[] =>
  list.flatMap((each) => statement(b, each, exits));

/** Lowers one statement that doesn't wait. */
export function statement(b: Body, s: Statement, exits: Exits): Stmt[] {
  switch (s.kind) {
    case 'declare':
    case 'assign':
      return store(b, s, exits);
    case 'effect':
      return effect(b, s, exits);
    case 'if':
      return [
        {
          op: 'if',
          condition: value(b, s.condition),
          then: statements(b, s.then, exits),
          otherwise: statements(b, s.otherwise, exits),
        },
      ];
    case 'match':
      return match(b, s, exits);
    case 'for':
      return forLoop(b, s, exits);
    case 'continue':
      return again(exits);
    case 'return':
      return leave(b, s);
    case 'log':
      return log(b, s);
    case 'send':
      return send(b, s);
    case 'await':
    case 'sleep':
      throw new Error(`${s.kind} outside of a trail`);
  }
}
