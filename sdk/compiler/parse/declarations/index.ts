import type { Item } from '../ast.js';
import type { Cursor } from '../cursor.js';
import { opens, wordAt } from '../top.js';

/** A declaration or trail if the next word opens one. `taken` tells that from one that could not be read. */
export function declaration(c: Cursor): { readonly taken: boolean; readonly item?: Item } {
  const word = wordAt(c);
  if (!word?.item || !opens(c, word)) return { taken: false };
  const item = word.item(c);
  return item ? { taken: true, item } : { taken: true };
}
