import type { Note } from '../diagnostics.js';
import type { Span } from '../span.js';
import type { Context } from './context.js';
import type { Statement } from './program.js';

/** Places that show a way through statements on which the trail never waits. */
type Way = readonly Note[];

/** Ways without an await: to the end of the statements, and to a `continue` of the loop around them. */
interface Dry {
  readonly through?: Way;
  readonly again?: Way;
}

/** Every way through the body of a loop waits; otherwise one that doesn't is shown. */
export function checkWaits(x: Context, body: readonly Statement[], head: Span): void {
  const { through, again } = dry(body, 0);
  const way = again ?? through;
  if (way) x.bag.report('T0402', head, {}, { notes: way });
}

function dry(list: readonly Statement[], depth: number): Dry {
  let way: Way = [];
  let again: Way | undefined;
  for (const each of list) {
    const step = one(each, depth);
    if (step.again) again ??= [...way, ...step.again];
    if (!step.through) return again ? { again } : {};
    way = [...way, ...step.through];
  }
  return { through: way, ...(again && { again }) };
}

/** `depth`: `for` blocks around the statement, whose `continue` stays inside. */
function one(each: Statement, depth: number): Dry {
  switch (each.kind) {
    case 'await':
    case 'sleep':
    case 'return':
      return {};
    case 'continue':
      return { again: [{ span: each.span, text: 'goes back to the start without waiting' }] };
    case 'if':
      return either(
        [
          { list: each.then, span: each.condition.span, text: 'if this holds' },
          { list: each.otherwise, span: each.condition.span, text: 'if this does not hold' },
        ],
        depth,
      );
    case 'match':
      return either(
        [
          ...each.arms.map((arm) => ({
            list: arm.body,
            span: each.subject.span,
            text: `if this is ${arm.ranges.map((range) => String(range.low)).join(' or ')}`,
          })),
          ...(each.exhaustive
            ? []
            : [{ list: each.otherwise, span: each.subject.span, text: 'if this is something else' }]),
        ],
        depth,
      );
    case 'for': {
      const body = dry(each.body, depth + 1);
      const through = body.through ?? body.again;
      return through ? { through } : {};
    }
    case 'declare':
    case 'assign':
    case 'effect':
      return each.otherwise ? failing(each.otherwise.body, each.span, depth) : { through: [] };
    case 'log':
    case 'send':
      return { through: [] };
  }
}

function failing(body: readonly Statement[], span: Span, depth: number): Dry {
  const { again } = dry(body, depth);
  return { through: [], ...(again && { again: [{ span, text: 'if this fails' }, ...again] }) };
}

/** The branches of a choice; only those that wait nowhere matter. */
function either(branches: readonly { list: readonly Statement[]; span: Span; text: string }[], depth: number): Dry {
  let result: Dry = {};
  const steps = branches.map((branch) => ({ ...branch, step: dry(branch.list, depth) }));
  const waits = steps.some(({ step }) => !step.through);
  for (const { step, span, text } of steps) {
    const named = (way: Way): Way => (waits || way.length > 0 ? [{ span, text }, ...way] : way);
    if (step.through) result = { ...result, through: result.through ?? named(step.through) };
    if (step.again) result = { ...result, again: result.again ?? named(step.again) };
  }
  return result;
}
