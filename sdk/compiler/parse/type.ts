import { join } from '../span.js';
import type { Name, TypeRef, UnitRef } from './ast.js';
import type { Cursor } from './cursor.js';

/** `f32`, `f32 m/s`, `duration`. */
export function typeRef(c: Cursor): TypeRef {
  const scalar = c.name('a type');
  const one = c.isKind('number') && c.peek().text === '1';
  const starts = !c.peek().opensLine && (one || (c.isName() && !c.is('in')));
  if (!starts) return { scalar, span: scalar.span };
  const unit = unitRef(c);
  return { scalar, unit, span: join(scalar.span, unit.span) };
}

/** `m`, `m/s^2`, `V*mA`, `1/s`, `1`. */
export function unitRef(c: Cursor): UnitRef {
  const start = c.peek().span;
  const factors: { name: Name; power: number }[] = [];
  const one = c.isKind('number') && c.peek().text === '1' && !c.peek().unit;
  if (one) c.take();
  else factors.push(factor(c, 1));
  while ((c.is('*') || c.is('/')) && c.continues() && c.isName(1)) {
    const sign = c.take().text === '*' ? 1 : -1;
    factors.push(factor(c, sign));
  }
  return { factors, span: c.since(start) };
}

function factor(c: Cursor, sign: number): { name: Name; power: number } {
  const name = c.name('a unit');
  if (!c.is('^') || !c.isKind('number', 1)) return { name, power: sign };
  c.take();
  const token = c.take();
  const power = Number(token.text);
  if (!(power >= 1 && power <= 4) || token.unit) c.report('T0108', token.span, { power: token.text });
  return { name, power: sign * (power >= 1 && power <= 4 ? power : 1) };
}
