import type { Rational } from './rational.js';
import { divide, equal, multiply, ONE, rational } from './rational.js';

/** A unit is a product of powers of named units; it has a dimension and an exact scale to that dimension's base. */
export interface Unit {
  /** Canonical: names in alphabetical order, `m/s`, `1/s`, `m*V/s^2`; empty for a plain number. */
  readonly text: string;
  readonly factors: Readonly<Record<string, number>>;
  /** Canonical text of the dimension; equal for units that measure the same. */
  readonly dimension: string;
  readonly scale: Rational;
}

// 40 digits: far below the resolution of f32, and it cancels exactly because the same fraction is used everywhere.
const DEGREE = rational(31415926535897932384626433832795028841972n, 180n * 10n ** 40n);

/** Base dimension, its power, and how many base units one of this unit is. */
const named: Readonly<Record<string, { base: string; power: number; scale: Rational }>> = {
  us: { base: 'time', power: 1, scale: rational(1n, 1_000_000n) },
  ms: { base: 'time', power: 1, scale: rational(1n, 1000n) },
  s: { base: 'time', power: 1, scale: ONE },
  min: { base: 'time', power: 1, scale: rational(60n) },
  h: { base: 'time', power: 1, scale: rational(3600n) },
  d: { base: 'time', power: 1, scale: rational(86_400n) },
  Hz: { base: 'time', power: -1, scale: ONE },
  kHz: { base: 'time', power: -1, scale: rational(1000n) },
  deg: { base: 'angle', power: 1, scale: DEGREE },
  rad: { base: 'angle', power: 1, scale: ONE },
  mm: { base: 'length', power: 1, scale: rational(1n, 1000n) },
  m: { base: 'length', power: 1, scale: ONE },
  V: { base: 'voltage', power: 1, scale: ONE },
  mV: { base: 'voltage', power: 1, scale: rational(1n, 1000n) },
  mA: { base: 'current', power: 1, scale: ONE },
  pct: { base: 'share', power: 1, scale: ONE },
  degC: { base: 'temperature', power: 1, scale: ONE },
};

/** Every unit a source can name. */
export const unitNames: readonly string[] = Object.keys(named);

function textOf(factors: Readonly<Record<string, number>>): string {
  const names = Object.keys(factors).sort();
  const one = (name: string): string => {
    const power = Math.abs(factors[name] ?? 0);
    return power === 1 ? name : `${name}^${power}`;
  };
  const top = names
    .filter((name) => (factors[name] ?? 0) > 0)
    .map(one)
    .join('*');
  const bottom = names
    .filter((name) => (factors[name] ?? 0) < 0)
    .map((name) => `/${one(name)}`)
    .join('');
  return bottom === '' ? top : (top || '1') + bottom;
}

function build(factors: Readonly<Record<string, number>>): Unit {
  const powers: Record<string, number> = {};
  let scale = ONE;
  for (const [name, power] of Object.entries(factors)) {
    const unit = named[name];
    if (!unit) throw new Error(`no unit ${name}`);
    powers[unit.base] = (powers[unit.base] ?? 0) + unit.power * power;
    for (let i = 0; i < Math.abs(power); i++)
      scale = power > 0 ? multiply(scale, unit.scale) : divide(scale, unit.scale);
  }
  const dimension = Object.keys(powers)
    .filter((base) => powers[base])
    .sort()
    .map((base) => `${base}^${powers[base]}`)
    .join(' ');
  return { text: textOf(factors), factors, dimension, scale };
}

/** No unit. */
export const PLAIN: Unit = { text: '', factors: {}, dimension: '', scale: ONE };

/** The unit of one name, or nothing if there is no such unit. */
export const unit = (name: string): Unit | undefined => (Object.hasOwn(named, name) ? build({ [name]: 1 }) : undefined);

export const MICROSECOND: Unit = build({ us: 1 });

export const sameDimension = (a: Unit, b: Unit): boolean => a.dimension === b.dimension;
export const sameUnit = (a: Unit, b: Unit): boolean =>
  a === b || (a.dimension === b.dimension && equal(a.scale, b.scale));

/** a * b^power; power is 1 or -1. Names that cancel disappear. */
export function combine(a: Unit, b: Unit, power: number): Unit {
  if (b === PLAIN) return a;
  const factors: Record<string, number> = { ...a.factors };
  for (const [name, count] of Object.entries(b.factors)) {
    const sum = (factors[name] ?? 0) + count * power;
    if (sum === 0) delete factors[name];
    else factors[name] = sum;
  }
  return build(factors);
}

/** Powers that a unit may have stay below this: those of products of products would take the compiler's time. */
const MOST_POWER = 64;

/** A power of the unit that is too high, if there is one. */
export const highPower = ({ factors }: Unit): number | undefined =>
  Object.values(factors).find((power) => Math.abs(power) >= MOST_POWER);

/** How many `to` one `from` is; the dimensions must be equal. */
export const conversion = (from: Unit, to: Unit): Rational => divide(from.scale, to.scale);

/**
 * `from` with each of its names replaced by the one that measures the same in `like`: ms becomes us beside us, and s
 * beside m/s.
 */
export function likeUnit(from: Unit, like: Unit): Unit {
  const factors: Record<string, number> = {};
  for (const [name, power] of Object.entries(from.factors)) {
    const base = named[name]?.base;
    const twin = Object.keys(like.factors).find(
      (other) => named[other]?.base === base && named[other]?.power === named[name]?.power,
    );
    factors[twin ?? name] = (factors[twin ?? name] ?? 0) + power;
  }
  return Object.keys(factors).length === 0 ? PLAIN : build(factors);
}
