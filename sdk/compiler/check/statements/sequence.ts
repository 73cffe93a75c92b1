import type * as ast from '../../parse/ast.js';
import type { Context } from '../context.js';
import { valueOfType } from '../expressions/index.js';
import { resolveEvent } from '../events.js';
import type { Statement } from '../program.js';
import { DURATION } from '../types.js';

/** `await button.press`. */
export function awaits(x: Context, node: ast.AwaitStatement): Statement | undefined {
  if (!inLoop(x, 'await', node.span)) return undefined;
  const event = resolveEvent(x, node.event);
  return event && { kind: 'await', ...event, span: node.span };
}

/** `sleep 20ms`: from the logical time of the event that arrives there. */
export function sleeps(x: Context, node: ast.SleepStatement): Statement | undefined {
  const duration = valueOfType(x, node.duration, DURATION);
  if (!inLoop(x, 'sleep', node.span)) return undefined;
  if (duration?.kind === 'const' && duration.value <= 0n) {
    x.bag.report('T0334', node.duration.span, { value: `${String(duration.value)}us` });
    return undefined;
  }
  const timer = (x.place.timer ??= x.timer());
  return duration && { kind: 'sleep', timer, duration, span: node.span };
}

function inLoop(x: Context, word: string, span: ast.Name['span']): boolean {
  if (x.place.kind === 'loop') return true;
  const fix =
    x.place.kind === 'tick' && word === 'sleep'
      ? 'make it a sequence: `loop { … sleep … }`, or arm a timer: `use later: timer`, `later.after(…)`, `on ' +
        'later { … }`'
      : 'make it a sequence: `loop { await …; … }`';
  x.bag.report('T0401', span, { word }, { fix });
  return false;
}
