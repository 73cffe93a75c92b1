/**
 * Random well-typed programs, as source text: variables and parameters of every type, functions, periods, edges,
 * timers, messages, loops that sleep and await, every statement and operator. For tests that compare the interpreter,
 * the module in Node and the module on a board.
 */
import fc from 'fast-check';
import type { CallParam, HostCall, Scalar } from '../../hal/contract/index.js';
import { Choices } from './choices.js';
import { declarations, effects, events, fallible, readable } from './generate-handles.js';
import { type Callable, expression, literal, type Named, operand, scalars, type Scope } from './generate-expression.js';

/** Programs that shrink to short ones: the tape shrinks, and its end stands for the simplest choices. */
export const programs: fc.Arbitrary<string> = fc
  .array(fc.nat({ max: 0xffff }), { minLength: 20, maxLength: 500, size: 'max' })
  .map((tape) => generateProgram(new Choices(tape)));

/** Shows every variable, so that a wrong value doesn't stay hidden. */
const WITNESS = `every 7ms {
  log "all {} {} {} {} {} {} {} {} {}", g_i32, g_f32, g_bool, g_u8, g_i8, g_u16, g_i16, g_u32, i32(g_i64 >> 16)
}`;

const MESSAGE_TYPES: readonly Scalar[] = ['i32', 'f32', 'bool', 'u8', 'u32'];

/** Where a statement stands: what `continue` and `await` mean there. */
interface Place extends Scope {
  /** How many statements may still nest. */
  readonly depth: number;
  /** `startup` at the top level: no variables, they would be the behaviour's. */
  readonly in: 'tick' | 'loop' | 'function' | 'startup';
  /** In a loop only after it has waited: else it might never. */
  readonly mayContinue: boolean;
}

/** One program from a tape of decisions. */
export function generateProgram(choices: Choices): string {
  return new Generator(choices).program();
}

class Generator {
  private names = 0;

  constructor(private readonly choices: Choices) {}

  program(): string {
    const globals = scalars.map((type): Named => ({ text: `g_${type}`, type, mutable: true }));
    const variables = globals.map(
      ({ text, type }) =>
        `${this.choices.maybe() ? 'retain ' : ''}var ${text}: ${type} = ${literal(this.choices, type)}`,
    );
    const base: Scope = { names: [...globals, ...readable], functions: [] };
    const functions = this.functions(base);
    const scope: Scope = { ...base, functions: functions.map(({ callable }) => callable) };
    const startup = this.block({ ...scope, depth: 1, in: 'startup', mayContinue: false }, 2, 0);
    return [
      'behaviour random',
      declarations,
      ...variables,
      ...functions.map(({ text }) => text),
      ...startup,
      ...this.trails(scope),
    ].join('\n');
  }

  /** Each may call those before it. */
  private functions(base: Scope): { text: string; callable: Callable }[] {
    const made: { text: string; callable: Callable }[] = [];
    for (let left = this.choices.below(3); left > 0; left--) {
      const params = Array.from({ length: this.choices.below(3) }, () => this.choices.pick(scalars));
      const named = params.map((type): Named => ({ text: this.fresh('p'), type, mutable: false }));
      const callable: Callable = { name: this.fresh('f'), params, result: this.choices.pick(scalars) };
      const place: Place = {
        names: [...base.names, ...named],
        functions: made.map((each) => each.callable),
        depth: 1,
        in: 'function',
        mayContinue: false,
      };
      const head =
        `fn ${callable.name}(${named.map(({ text, type }) => `${text}: ${type}`).join(', ')}): ` +
        `${String(callable.result)} {`;
      const result = `  return ${expression(this.choices, place, callable.result ?? 'i32', 2)}`;
      made.push({ callable, text: [head, ...this.block(place, 2, 1), result, '}'].join('\n') });
    }
    return made;
  }

  private trails(scope: Scope): string[] {
    const trails = [this.trail('every 5ms', scope), WITNESS];
    const heads: readonly (readonly [string, readonly Named[]])[] = [
      ['every 2ms', []],
      ...events.map(({ event, says = [] }) => [`on ${event}`, says] as const),
      ['loop', []],
      ['loop', []],
    ];
    for (const [head, says] of heads)
      if (this.choices.maybe()) trails.push(this.trail(head, { ...scope, names: [...scope.names, ...says] }));
    return trails;
  }

  private trail(head: string, scope: Scope): string {
    if (head !== 'loop')
      return [`${head} {`, ...this.block({ ...scope, depth: 2, in: 'tick', mayContinue: true }, 4, 1), '}'].join('\n');
    const before = this.choices.maybe() ? [`  ${this.wait(scope)}`] : [];
    const body = this.block({ ...scope, depth: 2, in: 'loop', mayContinue: before.length > 0 }, 3, 1);
    const after = before.length > 0 ? [] : [`  ${this.wait(scope)}`];
    return ['loop {', ...before, ...body, ...after, '}'].join('\n');
  }

  /** At most `most` statements; what is declared is visible in those that follow. */
  private block(place: Place, most: number, indent: number): string[] {
    const lines: string[] = [];
    let names = place.names;
    for (let left = this.choices.below(most + 1); left > 0; left--) {
      const { text, declares } = this.statement({ ...place, names });
      if (declares !== undefined) names = [...names, declares];
      lines.push(...text.split('\n').map((line) => '  '.repeat(indent) + line));
    }
    return lines;
  }

  private statement(place: Place): { text: string; declares?: Named } {
    const { choices } = this;
    switch (choices.below(place.depth > 0 ? 13 : 8)) {
      case 0:
        return { text: this.assign(place) };
      case 1:
        return this.declare(place);
      case 2:
        return { text: this.effect(place) };
      case 3:
        return { text: this.send(place) };
      case 4:
        return {
          text:
            `log "values {} {}", ${operand(choices, place, choices.pick(MESSAGE_TYPES))}, ` +
            `${this.value(place, 'f32')}`,
        };
      case 5:
        return this.fallible(place);
      case 6:
        return { text: this.assign(place) };
      case 7:
        return place.in === 'loop' ? { text: this.wait(place) } : { text: this.effect(place) };
      case 8:
        return { text: this.branch(place) };
      case 9:
        return { text: this.match(place) };
      case 10:
        return { text: this.repeat(place) };
      default:
        return { text: this.branch(place) };
    }
  }

  private value(scope: Scope, type: Scalar): string {
    return expression(this.choices, scope, type, this.choices.below(4));
  }

  private assign(place: Place): string {
    const { text, type } = this.choices.pick(place.names.filter(({ mutable }) => mutable));
    if (type === 'bool') return `${text} = ${this.value(place, type)}`;
    const operators = type === 'f32' ? ['=', '+=', '*=', '-=', '/='] : ['=', '+=', '-=', '*=', '+|=', '-|=', '^='];
    return `${text} ${this.choices.pick(operators)} ${this.value(place, type)}`;
  }

  private declare(place: Place): { text: string; declares: Named } {
    const type = this.choices.pick(scalars);
    const name = this.fresh('v');
    const mutable = place.in !== 'startup' && this.choices.maybe();
    return {
      text: `${mutable ? 'var' : 'let'} ${name}: ${type} = ${this.value(place, type)}`,
      declares: { text: name, type, mutable },
    };
  }

  private effect(place: Place): string {
    const choice = this.choices.below(effects.length + 1);
    const effect = effects[choice];
    return effect === undefined ? 'save()' : `${effect.text}(${this.args(effect.call, place)})`;
  }

  /** Arguments of a method, by name where there are several. */
  private args({ params, timer }: HostCall, place: Place): string {
    if (timer) return params.map(() => `${1 + this.choices.below(12)}ms`).join(', ');
    const texts = params.map((param) => this.argument(param, place));
    return params.length < 2 ? texts.join('') : params.map(({ name }, i) => `${name}: ${texts[i] ?? ''}`).join(', ');
  }

  /** A float is never NaN: an output that gets it ends the program. */
  private argument({ type, unit }: CallParam, place: Place): string {
    const value = type === 'f32' ? `f32(${operand(this.choices, place, 'u8')})` : this.value(place, type);
    if (unit === undefined) return value;
    return type === 'f32' ? `${value} * 0.5${unit}` : `${value} * 1${unit}`;
  }

  private send(place: Place): string {
    const fields = MESSAGE_TYPES.map((type, i) => `${'abcde'.charAt(i)}: ${this.value(place, type)}`);
    return `out.send({ ${fields.join(', ')} })`;
  }

  /** A call or a division that can fail, with what to do then. */
  private fallible(place: Place): { text: string; declares?: Named } {
    const method = fallible[this.choices.below(fallible.length + 1)];
    if (method === undefined) return this.divide(place);
    const call = `${method.text}(${this.args(method.call, place)})`;
    const { result } = method.call;
    if (result === undefined || this.choices.below(4) === 3) return { text: `${call} else { g_u16 += 1 }` };
    return this.otherwise(place, call, result.type, result.unit);
  }

  private divide(place: Place): { text: string; declares?: Named } {
    const type = this.choices.pick(['i32', 'u8', 'i64', 'i8', 'u32'] as const);
    const operator = this.choices.pick(['/', '%'] as const);
    const [left, right] = [operand(this.choices, place, type), operand(this.choices, place, type)];
    return this.otherwise(place, `${left} ${operator} ${right}`, type);
  }

  /** Declares what an expression gives, or in a loop that has waited perhaps goes on with it instead. */
  private otherwise(place: Place, fails: string, type: Scalar, unit?: string): { text: string; declares?: Named } {
    const name = this.fresh('v');
    const leave = place.mayContinue && this.choices.below(4) === 3;
    const value = unit === undefined ? this.value(place, type) : `${this.value(place, type)} * 1${unit}`;
    const text = `let ${name} = ${fails} else ${leave ? '{ g_i32 += 1; continue }' : value}`;
    return unit === undefined ? { text, declares: { text: name, type, mutable: false } } : { text };
  }

  private branch(place: Place): string {
    const inner = { ...place, depth: place.depth - 1 };
    const then = this.block(inner, 3, 1);
    const leave = place.mayContinue && this.choices.below(8) === 7 ? ['  continue'] : [];
    const otherwise = this.choices.maybe() ? [' else {', ...this.block(inner, 2, 1), '}'] : [];
    const [first = '', ...rest] = otherwise;
    return [`if ${this.value(place, 'bool')} {`, ...then, ...leave, `}${first}`, ...rest].join('\n');
  }

  private match(place: Place): string {
    const inner = { ...place, depth: place.depth - 1 };
    const type = this.choices.pick(['i32', 'u8', 'i64', 'u32'] as const);
    const arm = (patterns: string): string[] => [`  ${patterns} => {`, ...this.block(inner, 2, 2), '  }'];
    return [
      `match ${operand(this.choices, place, type)} {`,
      ...arm('0'),
      ...arm('1 | 3 ..= 7'),
      ...arm('100'),
      ...arm('_'),
      '}',
    ].join('\n');
  }

  private repeat(place: Place): string {
    const name = this.fresh('i');
    const range = this.choices.pick(['0 ..= 3', '0 .. 4', '10 ..= 1 step -4', '0 .. 1'] as const);
    const inner: Place = {
      ...place,
      depth: place.depth - 1,
      names: [...place.names, { text: name, type: 'i32', mutable: false }],
    };
    return [`for ${name} in ${range} {`, ...this.block(inner, 3, 1), '}'].join('\n');
  }

  private wait(scope: Scope): string {
    const awaited = events.filter((each) => each.awaited);
    const choice = this.choices.below(2 + awaited.length);
    if (choice === 0) return `sleep ${1 + this.choices.below(9)}ms`;
    const event = awaited[choice - 1]?.event;
    return event === undefined ? `sleep i64(${operand(this.choices, scope, 'u16')}) * 1us + 100us` : `await ${event}`;
  }

  private fresh(prefix: string): string {
    return `${prefix}${this.names++}`;
  }
}
