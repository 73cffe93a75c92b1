import { type Kind, type KindEvent, type KindName, kinds } from '../../../hal/contract/index.js';
import { nearest } from '../diagnostics.js';
import type * as ast from '../parse/ast.js';
import type { Context } from './context.js';
import type { Event, Handle, HandleSource } from './program.js';

/** Events of a kind; the one with the empty name is the handle on its own. */
const eventsOf = (name: KindName): readonly KindEvent[] | undefined =>
  (kinds.find((kind) => kind.name === name) as Kind | undefined)?.events;

/** What `on` and `await` wait for. Nothing after a report. */
export function resolveEvent(x: Context, node: ast.EventRef): Event | undefined {
  const meaning = x.resolve(node.handle)?.meaning;
  if (!meaning || meaning.kind === 'broken') return undefined;
  const handle = meaning.kind === 'handle' || meaning.kind === 'variable' ? meaning.handle : undefined;
  const events = handle && eventsOf(handle.kind);
  if (!handle || !events) {
    x.bag.report('T0209', node.span, { handle: node.handle.text });
    return undefined;
  }
  const name = node.event?.text ?? '';
  const event = events.find((each) => each.name === name);
  if (event) return eventOf(x, handle, event);
  const names = events.map((each) => each.name);
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

function eventOf(x: Context, handle: Handle, event: KindEvent): Event {
  if (handle.timer) return { timer: handle.timer };
  return { source: x.source({ kind: event.source as HandleSource, handle, event }) };
}
