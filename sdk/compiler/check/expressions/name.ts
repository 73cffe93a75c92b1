import type * as ast from '../../parse/ast.js';
import { typed } from '../coerce.js';
import type { Operand } from '../coerce.js';
import type { Context } from '../context.js';
import { argumentOf, carriersOf, eventText } from '../events.js';
import { methodsOf } from '../methods.js';
import type { Handle } from '../program.js';
import { contractType } from '../types.js';

/** A name that stands for a value. */
export function name(x: Context, node: ast.Name): Operand | undefined {
  if (node.text === 'board') {
    x.bag.report(
      'T0219',
      node.span,
      { name: 'board', article: 'the', found: 'board' },
      { fix: 'declare a handle: `use x: gpio.out = board.LED`' },
    );
    return undefined;
  }
  const meaning = x.resolve(node)?.meaning;
  if (!meaning || meaning.kind === 'broken') return undefined;
  switch (meaning.kind) {
    case 'exact':
      return { constant: meaning.constant, span: node.span };
    case 'typed':
      return typed({ ...meaning.constant, span: node.span }, meaning.constant.type);
    case 'variable':
      return typed(
        { kind: 'variable', type: meaning.variable.type, variable: meaning.variable, span: node.span },
        meaning.variable.type,
      );
    case 'handle':
      return refuse(x, node, 'handle', handleHint(meaning.handle));
    case 'fn':
      return refuse(x, node, 'function', `call it: \`${node.text}(…)\``);
    case 'message':
      return refuse(x, node, 'message');
  }
}

function refuse(x: Context, node: ast.Name, found: string, fix?: string): undefined {
  x.bag.report('T0219', node.span, { name: node.text, article: 'a', found }, fix === undefined ? {} : { fix });
}

/** How a handle is read: by a call that wants nothing, or by what an event of it says. */
function handleHint(handle: Handle): string | undefined {
  const call = methodsOf(handle).find(({ params, result }) => params.length === 0 && result !== undefined);
  if (call?.method !== undefined) return `read it: \`${handle.name}.${call.method}()\``;
  const [event] = carriersOf(handle);
  const name = event && argumentOf(event)?.name;
  return name && `read \`${handle.name}.${name}\` in \`on ${eventText(handle, event)} { … }\``;
}

/** `in.field`, `port.waiting`: a field of the message being handled, or what another event says. */
export function member(x: Context, node: ast.Expression & { kind: 'member' }): Operand | undefined {
  if (node.object.kind !== 'name') {
    if (node.object.kind !== 'bad' && node.name.text !== '')
      x.bag.report('T0219', node.span, { name: node.name.text, article: 'a', found: 'member' });
    return undefined;
  }
  const meaning = node.object.name.text === 'board' ? undefined : x.resolve(node.object.name)?.meaning;
  if (node.object.name.text === 'board') return name(x, node.object.name) && undefined;
  if (!meaning) return undefined;
  if (meaning.kind !== 'handle') {
    x.bag.report('T0219', node.span, {
      name: `${node.object.name.text}.${node.name.text}`,
      article: 'a',
      found: 'member of something that has none',
    });
    return undefined;
  }
  return carriersOf(meaning.handle, node.name.text).length > 0
    ? argument(x, node, meaning.handle)
    : field(x, node, meaning.handle);
}

/** What the event being handled says, if it is one of the handle that says it. */
function argument(x: Context, node: ast.Expression & { kind: 'member' }, handle: Handle): Operand | undefined {
  const { event } = x.place;
  const said = event?.handle === handle ? argumentOf(event.event) : undefined;
  if (said?.name === node.name.text) {
    const type = contractType(said.type, said.unit);
    return typed({ kind: 'argument', type, span: node.span }, type);
  }
  const carriers = carriersOf(handle, node.name.text).map((each) => `\`on ${eventText(handle, each)} { … }\``);
  const values = { handle: handle.name, argument: node.name.text, events: carriers.join(' and ') };
  x.bag.report('T0229', node.span, values);
  return undefined;
}

function field(x: Context, node: ast.Expression & { kind: 'member' }, handle: Handle): Operand | undefined {
  if (handle.kind !== 'subscribe' || !handle.message) {
    const what = `${handle.name}.${node.name.text}`;
    const near = x.bag.nearest(
      node.name.text,
      carriersOf(handle).flatMap((event) => argumentOf(event)?.name ?? []),
    );
    x.bag.report(
      'T0219',
      node.span,
      { name: what, article: 'a', found: 'method or event' },
      near === undefined
        ? { fix: `call it: \`${what}()\`` }
        : { fix: `did you mean \`${near}\`?`, edit: { span: node.name.span, text: near } },
    );
    return undefined;
  }
  const { fields, name: message } = handle.message;
  const index = fields.findIndex((candidate) => candidate.name === node.name.text);
  const found = fields[index];
  if (!found) {
    if (node.name.text)
      x.bag.report('T0217', node.name.span, {
        message,
        field: node.name.text,
        fields: fields.map((each) => each.name).join(', '),
      });
    return undefined;
  }
  if (x.place.event?.handle !== handle) {
    x.bag.report('T0222', node.span, { handle: handle.name });
    return undefined;
  }
  return typed({ kind: 'field', type: found.type, handle, index, span: node.span }, found.type);
}
