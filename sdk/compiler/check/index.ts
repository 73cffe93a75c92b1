import type { Board } from '../board.js';
import type { Bag } from '../diagnostics.js';
import type * as ast from '../parse/ast.js';
import { Context } from './context.js';
import { constant } from './declarations/const.js';
import { fnBody, fnHead, recursion } from './declarations/fn.js';
import type { Draft } from './declarations/fn.js';
import { param, state } from './declarations/state.js';
import { message, topic } from './declarations/topic.js';
import { use } from './declarations/use.js';
import { checkHashes } from './hash.js';
import { checkLimits } from './limits.js';
import type { Program } from './program.js';
import { sequence } from './statements/index.js';
import { trail } from './trail.js';

/** Checks a tree against a board. The program is complete only if the bag stays empty. */
export function checkFile(file: ast.SourceFile, board: Board, bag: Bag): Program {
  const x = new Context(bag, board);
  const drafts: Draft[] = [];
  for (const item of file.items) if (isDeclaration(item)) declare(x, item, drafts);
  for (const draft of drafts) fnBody(x, draft);
  recursion(x);
  checkOrder(x, file.items);
  x.at(x.place, () => {
    x.startup.push(...sequence(x, file.items.filter(isCode)));
  });
  for (const item of file.items) if (isTrail(item)) trail(x, item);
  checkHashes(x);
  checkLimits(x, file);
  return x.program(file.name?.text ?? '');
}

function declare(x: Context, item: ItemOf<'declaration'>, drafts: Draft[]): void {
  switch (item.kind) {
    case 'use':
      return use(x, item);
    case 'const':
      return constant(x, item);
    case 'state':
      return state(x, item);
    case 'param':
      return param(x, item);
    case 'message':
      return message(x, item);
    case 'publish':
    case 'subscribe':
      return topic(x, item);
    case 'fn': {
      const draft = fnHead(x, item);
      if (draft) drafts.push(draft);
      return;
    }
  }
}

/** What each kind of item is at the top level of a file. */
const parts = {
  use: 'declaration',
  const: 'declaration',
  state: 'declaration',
  param: 'declaration',
  message: 'declaration',
  publish: 'declaration',
  subscribe: 'declaration',
  fn: 'declaration',
  every: 'trail',
  on: 'trail',
  loop: 'trail',
  let: 'code',
  assign: 'code',
  expression: 'code',
  if: 'code',
  match: 'code',
  for: 'code',
  continue: 'code',
  return: 'code',
  log: 'code',
  await: 'code',
  sleep: 'code',
} as const satisfies Record<ast.Item['kind'], 'declaration' | 'trail' | 'code'>;
type Part<P> = { [K in ast.Item['kind']]: (typeof parts)[K] extends P ? K : never }[ast.Item['kind']];
type ItemOf<P> = Extract<ast.Item, { kind: Part<P> }>;

const isDeclaration = (item: ast.Item): item is ItemOf<'declaration'> => parts[item.kind] === 'declaration';
const isTrail = (item: ast.Item): item is ItemOf<'trail'> => parts[item.kind] === 'trail';
const isCode = (item: ast.Item): item is ItemOf<'code'> => parts[item.kind] === 'code';

/** Declarations, then start-up code, then trails; functions stand anywhere. Reports the first of each kind only. */
function checkOrder(x: Context, items: readonly ast.Item[]): void {
  const firstTrail = items.findIndex(isTrail);
  const firstCode = items.findIndex((item) => !isDeclaration(item));
  const late = items.findIndex((item, i) => firstTrail >= 0 && i > firstTrail && isCode(item));
  const declared = items.findIndex(
    (item, i) => firstCode >= 0 && i > firstCode && isDeclaration(item) && item.kind !== 'fn',
  );
  const report = (code: 'T0407' | 'T0408', at: number, first: number): void => {
    const item = items[at];
    const before = items[first];
    if (item && before)
      x.bag.report(code, headOf(item), {}, { notes: [{ span: headOf(before), text: 'because of this' }] });
  };
  report('T0407', late, firstTrail);
  report('T0408', declared, firstCode);
}

const headOf = (item: ast.Item): ast.Name['span'] => ('head' in item ? item.head : item.span);
