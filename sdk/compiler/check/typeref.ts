import type { TypeRef, UnitRef } from '../parse/ast.js';
import { typeWords } from '../parse/words.js';
import { combine, highPower, PLAIN, unit, unitNames } from '../units.js';
import type { Unit } from '../units.js';
import type { Context } from './context.js';
import { foreignType } from './foreign.js';
import { DURATION, scalars, scalarType } from './types.js';
import type { Type } from './types.js';

/** The type that was written, or nothing if it was wrong. */
export function resolveType(x: Context, ref: TypeRef): Type | undefined {
  const name = ref.scalar.text;
  if (name === '') return undefined;
  if (name === 'duration' && !ref.unit) return DURATION;
  const scalar = scalars.find((candidate) => candidate === name);
  if (!scalar) {
    const near = foreignType(name) ?? x.bag.nearest(name, typeWords);
    x.bag.report(
      'T0215',
      ref.scalar.span,
      { name, types: typeWords.join(', ') },
      near === undefined ? {} : { fix: `did you mean \`${near}\`?`, edit: { span: ref.scalar.span, text: near } },
    );
    return undefined;
  }
  const of = ref.unit ? resolveUnit(x, ref.unit) : PLAIN;
  if (of && of.text !== '' && scalar === 'bool') {
    x.bag.report('T0321', ref.span, { type: 'a bool', where: 'a unit', why: 'true and false measure nothing' });
    return undefined;
  }
  return of && scalarType(scalar, of);
}

/** The product of the units that were written, or nothing if one is unknown. */
export function resolveUnit(x: Context, ref: UnitRef): Unit | undefined {
  let product: Unit | undefined = PLAIN;
  for (const { name, power } of ref.factors) {
    const factor = resolveNamed(x, name);
    for (let i = 0; factor && product && i < Math.abs(power); i++) product = combine(product, factor, Math.sign(power));
    if (!factor) product = undefined;
    const high = product && highPower(product);
    if (high !== undefined) {
      x.bag.report('T0108', ref.span, { power: high });
      return undefined;
    }
  }
  return product;
}

/** One unit by its name. */
export function resolveNamed(x: Context, name: { text: string; span: TypeRef['span'] }): Unit | undefined {
  const found = unit(name.text);
  if (!found && name.text !== '') {
    const near = x.bag.nearest(name.text, unitNames);
    x.bag.report(
      'T0216',
      name.span,
      { name: name.text, units: unitNames.join(', ') },
      near === undefined ? {} : { fix: `did you mean \`${near}\`?`, edit: { span: name.span, text: near } },
    );
  }
  return found;
}
