import type { Item } from '../ast.js';
import type { Cursor } from '../cursor.js';
import { stateDeclaration } from './const.js';
import { paramDeclaration } from './param.js';

/** `retain var …`, `retain param …`. */
export function retained(c: Cursor): Item | undefined {
  const start = c.take().span;
  if (c.is('var')) return stateDeclaration(c, true, start);
  if (c.is('param')) return paramDeclaration(c, true, start);
  c.missing('`var` or `param`', 'after `retain`');
  return undefined;
}
