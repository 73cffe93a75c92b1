import {
  type EventArgument,
  type Kind,
  type KindEvent,
  type KindName,
  kinds,
  type SourceKind,
  sources,
} from '../../../hal/contract/index.js';
import type * as ast from '../parse/ast.js';
import type { Context } from './context.js';
import type { Event, Handle, HandleSource } from './program.js';

/** Events of a kind; the one with the empty name is the handle on its own. */
const eventsOf = (name: KindName): readonly KindEvent[] | undefined =>
  (kinds.find((kind) => kind.name === name) as Kind | undefined)?.events;

/** What an event says to the trails that wait for it, beside that it came. */
export function argumentOf({ carries, source }: KindEvent): EventArgument | undefined {
  const row: SourceKind | undefined = sources.find(({ name }) => name === source);
  return carries ? row?.argument : undefined;
}

/** Events of a handle whose argument has that name, or that have any. */
export const carriersOf = (handle: Handle, name?: string): readonly KindEvent[] =>
  (eventsOf(handle.kind) ?? []).filter((event) => {
    const argument = argumentOf(event);
    return argument !== undefined && (name === undefined || argument.name === name);
  });

/** The event as a program waits for it. */
export const eventText = (handle: Handle, event: KindEvent): string =>
  event.name === '' ? handle.name : `${handle.name}.${event.name}`;

/** Names of the kinds that have events, as a sentence lists them. */
function kindsWithEvents(): string {
  const names = kinds.filter((kind) => 'events' in kind).map(({ name }) => name);
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** What `on` and `await` wait for. Nothing after a report. */
export function resolveEvent(x: Context, node: ast.EventRef): Event | undefined {
  const meaning = x.resolve(node.handle)?.meaning;
  if (!meaning || meaning.kind === 'broken') return undefined;
  const handle = meaning.kind === 'handle' || meaning.kind === 'variable' ? meaning.handle : undefined;
  const events = handle && eventsOf(handle.kind);
  if (!handle || !events) {
    x.bag.report('T0209', node.span, { handle: node.handle.text, kinds: kindsWithEvents() });
    return undefined;
  }
  const name = node.event?.text ?? '';
  const event = events.find((each) => each.name === name);
  if (event) return eventOf(x, handle, event);
  const names = events.map((each) => each.name);
  const shown = events.map((each) => eventText(handle, each));
  const near =
    name === ''
      ? undefined
      : x.bag.nearest(
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
