import { limits } from '../../../hal/contract/index.js';
import type * as ast from '../parse/ast.js';
import type { Context } from './context.js';
import type { Handle } from './program.js';

/** What the board has room for. Each limit is reported at the first thing that is too much. */
export function checkLimits(x: Context, file: ast.SourceFile): void {
  const { name } = file;
  if (name && name.text.length > limits.name.value)
    x.bag.report('T0502', name.span, { what: 'name', size: name.text.length, limit: limits.name.value });
  const end = name?.span ?? { start: 0, end: 0 };
  const many = (count: number, what: string, limit: number, at: ast.Name['span'] | undefined): void => {
    if (count > limit) x.bag.report('T0501', at ?? end, { count, what, limit });
  };
  many(x.handles.length, 'handles', limits.uses.value, (x.handles[limits.uses.value] as Handle | undefined)?.span);
  many(x.sources.length, 'event sources', limits.sources.value, x.trails.at(-1)?.span);
  many(x.timers.length, 'timers', limits.timers.value, x.trails.at(-1)?.span);
  many(x.globals.length, 'variables and parameters', limits.state.value, x.globals[limits.state.value]?.span);
  many(x.logs.length, 'log texts', limits.logs.value, undefined);
}
