import { nearest } from '../diagnostics.js';
import type { Bag } from '../diagnostics.js';
import type { Item, Name, SourceFile } from './ast.js';
import { block, endStatement } from './block.js';
import { Cursor } from './cursor.js';
import { declaration } from './declarations/index.js';
import { later } from './later.js';
import { Lexer } from './lexer.js';
import { statement } from './statements/index.js';
import { misspelled, opensMisspelled } from './top.js';
import type { Span } from '../span.js';

/** Reads one source into its tree. Mistakes go to the bag; what could not be read is left out. */
export function parseFile(source: string, bag: Bag): SourceFile {
  const c = new Cursor(new Lexer(source, bag).run(), bag, source);
  const name = header(c);
  const items: Item[] = [];
  while (!c.isKind('end')) {
    if (c.eat(';')) continue;
    c.settle();
    if (c.is('}')) {
      c.report('T0113', c.take().span);
      continue;
    }
    const before = c.index;
    const read = item(c);
    const broken = endStatement(c, before);
    // Half an expression would only be reported again.
    if (read && !(broken && read.kind === 'expression')) items.push(read);
  }
  return { kind: 'file', ...(name && { name }), items, span: { start: 0, end: source.length } };
}

/** `behaviour NAME`. */
function header(c: Cursor): Name | undefined {
  if (!c.is('behaviour')) {
    const { text, span, kind } = c.peek();
    if (kind !== 'word' || nearest(text, ['behaviour']) === undefined || !c.isKind('word', 1)) {
      c.report('T0114', { start: span.start, end: span.start });
      return undefined;
    }
    misspelled(c, 'behaviour');
  }
  c.take();
  const name = c.newName('the name of the behaviour');
  endStatement(c, c.index - 1);
  return name.text ? name : undefined;
}

/** `button.press { … }`: reads on as if `on` stood before it. */
function eventWithoutOn(c: Cursor, code: Item | undefined, start: Span): Item | undefined {
  if (code?.kind !== 'expression' || code.value.kind !== 'member' || code.value.object.kind !== 'name' || !c.is('{'))
    return undefined;
  const { object, name: event } = code.value;
  c.report(
    'T0117',
    code.span,
    { event: `${object.name.text}.${event.text}` },
    { edit: { span: { start: start.start, end: start.start }, text: 'on ' } },
  );
  const body = block(c, 'after the event');
  return {
    kind: 'on',
    event: { handle: object.name, event, span: code.span },
    body,
    head: code.span,
    span: c.since(start),
  };
}

function item(c: Cursor): Item | undefined {
  opensMisspelled(c);
  if (c.is('behaviour')) {
    c.report('T0104', c.peek().span, { word: 'behaviour' });
    return undefined;
  }
  const { taken, item: read } = declaration(c);
  if (taken) return read;
  if (later(c)) return undefined;
  const start = c.peek().span;
  const code = statement(c);
  return eventWithoutOn(c, code, start) ?? code;
}
