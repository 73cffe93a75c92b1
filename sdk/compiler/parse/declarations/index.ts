import type { Item } from '../ast.js';
import type { Cursor } from '../cursor.js';
import { loopStatement } from '../statements/sequence.js';
import { isContextual } from '../top.js';
import { constDeclaration, stateDeclaration } from './const.js';
import { fnDeclaration } from './fn.js';
import { messageDeclaration, topicDeclaration } from './message.js';
import { paramDeclaration } from './param.js';
import { everyTrail, onTrail } from './trail.js';
import { useDeclaration } from './use.js';

/** One row for each word that opens a declaration or a trail; contextual words only before another word. */
const table: Readonly<Record<string, (c: Cursor) => Item | undefined>> = {
  use: useDeclaration,
  const: constDeclaration,
  var: (c) => stateDeclaration(c, false),
  fn: fnDeclaration,
  every: everyTrail,
  on: onTrail,
  loop: loopStatement,
};
const contextual: Readonly<Record<string, (c: Cursor) => Item | undefined>> = {
  retain,
  param: (c) => paramDeclaration(c, false),
  message: messageDeclaration,
  publish: topicDeclaration,
  subscribe: topicDeclaration,
};

/** A declaration or trail if the next word opens one. `taken` tells that from one that could not be read. */
export function declaration(c: Cursor): { readonly taken: boolean; readonly item?: Item } {
  const { text } = c.peek();
  const row = Object.hasOwn(table, text)
    ? table[text]
    : isContextual(c) && Object.hasOwn(contextual, text)
      ? contextual[text]
      : undefined;
  if (!row) return { taken: false };
  const item = row(c);
  return item ? { taken: true, item } : { taken: true };
}

/** `retain var …`, `retain param …`. */
function retain(c: Cursor): Item | undefined {
  const start = c.take().span;
  if (c.is('var')) return stateDeclaration(c, true, start);
  if (c.is('param')) return paramDeclaration(c, true, start);
  c.missing('`var` or `param`', 'after `retain`');
  return undefined;
}
