import { kinds, sources } from '../../../hal/contract/index.js';
import type { Kind, Scalar, SourceKind } from '../../../hal/contract/index.js';
import { unitNames } from '../units.js';
import type { Item, Statement } from './ast.js';
import type { Cursor } from './cursor.js';
import { constDeclaration, stateDeclaration } from './declarations/const.js';
import { fnDeclaration } from './declarations/fn.js';
import { messageDeclaration, topicDeclaration } from './declarations/message.js';
import { paramDeclaration } from './declarations/param.js';
import { retained } from './declarations/retain.js';
import { everyTrail, onTrail } from './declarations/trail.js';
import { useDeclaration } from './declarations/use.js';
import { continueStatement, returnStatement } from './statements/control.js';
import { forStatement } from './statements/for.js';
import { ifStatement } from './statements/if.js';
import { letStatement } from './statements/let.js';
import { logStatement } from './statements/log.js';
import { matchStatement } from './statements/match.js';
import { awaitStatement, loopStatement, sleepStatement } from './statements/sequence.js';

/**
 * What a word is for. `clause`: goes on with a form that another word opened. `setting`: stands for a number in a
 * clause. `function`: called like a function of the source.
 */
export type Role =
  | 'header'
  | 'declaration'
  | 'trail'
  | 'statement'
  | 'clause'
  | 'setting'
  | 'operator'
  | 'value'
  | 'function'
  | 'type'
  | 'unit';

/** A word of the language. */
export interface Word {
  readonly role: Role;
  /** A word that can never be a name. Any other one is a word of the language only where the grammar wants it. */
  readonly reserved?: true;
  /** A word that opens something at the top level and nowhere else: a block still open there lacks its bracket. */
  readonly top?: true;
  /** Reads what it opens at the top level. A word that isn't reserved opens it only before another word. */
  readonly item?: (c: Cursor) => Item | undefined;
  /** Reads what it opens in a block. */
  readonly statement?: (c: Cursor) => Statement;
  /** A form that this version knows by name only, so that the message names it, if this comes behind the word. */
  readonly later?: 'block' | 'word' | 'text' | 'anything';
  /** What to write instead of a form that comes later. */
  readonly cure?: string;
  /** A word that chains a block to the block before it. */
  readonly chains?: true;
}

const type: Word = { role: 'type' };
const types: Readonly<Record<Scalar | 'duration', Word>> = {
  bool: type,
  i8: type,
  u8: type,
  i16: type,
  u16: type,
  i32: type,
  u32: type,
  i64: type,
  f32: type,
  duration: type,
};

/** Words of types, in the order in which messages list them. */
export const typeWords = Object.keys(types) as (keyof typeof types)[];

const clause: Word = { role: 'clause' };

/** What sets fields of the contract's rows: the words of their clauses, and words that stand for numbers there. */
const contract: readonly (Kind | SourceKind)[] = [...kinds, ...sources];
const clauseWords = contract.flatMap(({ clauses }) => (clauses ?? []).map(({ word }) => word));
const settingWords = contract.flatMap(({ fields }) =>
  fields.flatMap(({ oneOf, or }) => [...(oneOf ?? []), ...Object.keys(or ?? {})]),
);

const rows: Readonly<Record<string, Word>> = {
  behaviour: { role: 'header', reserved: true, top: true },

  use: { role: 'declaration', reserved: true, top: true, item: useDeclaration },
  fn: { role: 'declaration', reserved: true, top: true, item: fnDeclaration },
  const: { role: 'declaration', reserved: true, item: constDeclaration, statement: constDeclaration },
  var: { role: 'declaration', reserved: true, item: (c) => stateDeclaration(c, false), statement: letStatement },
  retain: { role: 'declaration', top: true, item: retained },
  param: { role: 'declaration', top: true, item: (c) => paramDeclaration(c, false) },
  message: { role: 'declaration', top: true, item: messageDeclaration },
  publish: { role: 'declaration', top: true, item: topicDeclaration },
  subscribe: { role: 'declaration', top: true, item: topicDeclaration },

  every: { role: 'trail', reserved: true, top: true, item: everyTrail },
  on: { role: 'trail', reserved: true, top: true, item: onTrail },
  loop: { role: 'trail', reserved: true, item: loopStatement, statement: loopStatement },

  let: { role: 'statement', reserved: true, statement: letStatement },
  if: { role: 'statement', reserved: true, statement: ifStatement },
  match: { role: 'statement', reserved: true, statement: matchStatement },
  for: { role: 'statement', reserved: true, statement: forStatement },
  continue: { role: 'statement', reserved: true, statement: continueStatement },
  return: { role: 'statement', reserved: true, statement: returnStatement },
  log: { role: 'statement', reserved: true, statement: logStatement },
  await: { role: 'statement', reserved: true, statement: awaitStatement },
  sleep: { role: 'statement', reserved: true, statement: sleepStatement },

  else: { role: 'clause', reserved: true, chains: true },
  in: clause,
  step: clause,

  as: { role: 'operator' },

  true: { role: 'value', reserved: true },
  false: { role: 'value', reserved: true },
  board: { role: 'value', reserved: true },
  pin: { role: 'value' },

  now: { role: 'function' },
  save: { role: 'function' },

  machine: { role: 'declaration', top: true, later: 'word' },
  test: { role: 'declaration', top: true, later: 'text' },
  enum: { role: 'declaration', top: true, later: 'word' },
  struct: { role: 'declaration', top: true, later: 'word' },
  store: { role: 'declaration', later: 'word' },
  child: { role: 'declaration', later: 'word' },
  state: { role: 'declaration', later: 'word' },
  service: { role: 'declaration', later: 'word' },
  native: { role: 'declaration', later: 'word' },
  migrate: { role: 'declaration', later: 'block' },
  race: { role: 'statement', later: 'block' },
  all: { role: 'statement', later: 'block' },
  try: { role: 'statement', later: 'anything' },
  break: { role: 'statement', later: 'anything' },
  while: {
    role: 'statement',
    later: 'anything',
    cure: 'count with `for i in 0 ..= 9 { … }`, or wait with `loop { await … }`',
  },
  stopwatch: { role: 'function', later: 'anything' },
  finally: { role: 'clause', later: 'block', chains: true },
  within: clause,
  or: { role: 'clause', chains: true },
  and: { role: 'clause', chains: true },
};

/**
 * Every word of the language: the one list from which lexer, parser, checker and the tests of the documentation take
 * what they need to know of words. A word of a new form is a row here.
 */
export const words: ReadonlyMap<string, Word> = new Map([
  ...settingWords.map((word): [string, Word] => [word, { role: 'setting' }]),
  ...clauseWords.map((word): [string, Word] => [word, clause]),
  ...unitNames.map((name): [string, Word] => [name, { role: 'unit' }]),
  ...Object.entries(types),
  ...Object.entries(rows),
]);

/** The words that can't be names. */
export const isReserved = (text: string): boolean => words.get(text)?.reserved === true;
