import type { KindName } from '../../../hal/contract/index.js';
import { nearest } from '../diagnostics.js';
import type * as ast from '../parse/ast.js';
import type { Context } from './context.js';
import type { Event, Handle } from './program.js';

/** Names of the events of each kind; the empty name is the handle on its own. */
const events: Readonly<Partial<Record<KindName, readonly string[]>>> = {
  'gpio.in': ['press', 'release', 'edge'],
  uart: ['receive'],
  timer: [''],
  subscribe: [''],
  param: ['change'],
};
const EDGES: Readonly<Record<string, number>> = { press: 1, release: 2, edge: 3 };

/** What `on` and `await` wait for. Nothing after a report. */
export function resolveEvent(x: Context, node: ast.EventRef): Event | undefined {
  const meaning = x.resolve(node.handle)?.meaning;
  if (!meaning || meaning.kind === 'broken') return undefined;
  const handle = meaning.kind === 'handle' || meaning.kind === 'variable' ? meaning.handle : undefined;
  const names = handle && events[handle.kind];
  if (!handle || !names) {
    x.bag.report('T0209', node.span, { handle: node.handle.text });
    return undefined;
  }
  const name = node.event?.text ?? '';
  if (names.includes(name)) return eventOf(x, handle, name);
  const shown = names.map((each) => (each ? `${handle.name}.${each}` : handle.name));
  const near =
    name === ''
      ? undefined
      : nearest(
          name,
          names.filter((each) => each !== ''),
        );
  const fix =
    near !== undefined ? `did you mean \`${near}\`?` : shown.length === 1 ? `write \`${shown[0] ?? ''}\`` : undefined;
  x.bag.report(
    'T0208',
    node.event?.span ?? node.span,
    { handle: handle.name, event: name || 'event of its own', kind: handle.kind, events: shown.join(', ') },
    fix === undefined ? {} : { fix },
  );
  return undefined;
}

function eventOf(x: Context, handle: Handle, name: string): Event {
  if (handle.timer) return { timer: handle.timer };
  if (handle.kind === 'gpio.in') return { source: x.source({ kind: 'edge', handle, edges: EDGES[name] ?? 3 }) };
  const kind = handle.kind === 'uart' ? 'uart' : handle.kind === 'param' ? 'param' : 'message';
  return { source: x.source({ kind, handle }) };
}
