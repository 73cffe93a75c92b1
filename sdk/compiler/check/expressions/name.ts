import type * as ast from '../../parse/ast.js';
import { typed } from '../coerce.js';
import type { Operand } from '../coerce.js';
import type { Context } from '../context.js';
import type { Handle } from '../program.js';

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

function handleHint(handle: Handle): string | undefined {
  if (handle.kind === 'gpio.in' || handle.kind === 'gpio.out') return `read it: \`${handle.name}.read()\``;
  return handle.kind === 'adc' ? `read it: \`${handle.name}.read()\`` : undefined;
}

/** `in.field`: a field of the message being handled. */
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
  return field(x, node, meaning.handle);
}

function field(x: Context, node: ast.Expression & { kind: 'member' }, handle: Handle): Operand | undefined {
  if (handle.kind !== 'subscribe' || !handle.message) {
    const what = `${handle.name}.${node.name.text}`;
    x.bag.report(
      'T0219',
      node.span,
      { name: what, article: 'a', found: 'method or event' },
      { fix: `call it: \`${what}()\`` },
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
  if (x.place.handle !== handle) {
    x.bag.report('T0222', node.span, { handle: handle.name });
    return undefined;
  }
  return typed({ kind: 'field', type: found.type, handle, index, span: node.span }, found.type);
}
