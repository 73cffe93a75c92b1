import type { HostCall, KindEvent, KindName, Scalar, SourceName } from '../../../hal/contract/index.js';
import type { BinaryOperator, UnaryOperator } from '../parse/ast.js';
import type { Span } from '../span.js';
import type { ScalarType, Type } from './types.js';

/**
 * The checked program: what the source means. Every name is resolved, every expression has a type, constants are values
 * in the form that their type takes, units are already converted. Executing it needs no further rules than those of
 * the operators, so it serves as the input of `lower` and, independently, of an interpreter.
 */
export interface Program {
  readonly name: string;
  /** Rows of the manifest's `uses`: handle n is `handles[n]`. */
  readonly handles: readonly Handle[];
  /** Parameters and variables in source order: global n is `globals[n]`. */
  readonly globals: readonly Variable[];
  readonly functions: readonly Fn[];
  /** Straight-line code, run by source 0 before the loops begin. */
  readonly startup: readonly Statement[];
  /** In lexical order, which is the order in which one event wakes them. */
  readonly trails: readonly Trail[];
  /** Source n of the ABI is `sources[n - 1]`; equal events share one. */
  readonly sources: readonly Source[];
  /** Timer id n is `timers[n]`, source -1-n. */
  readonly timers: readonly Timer[];
  /** Templates of `log`, equal ones once. */
  readonly logs: readonly string[];
}

/** Constant of the program. i64 as bigint, bool as 0 or 1, f32 already rounded, integers inside their range. */
export type Value = number | bigint;

/** One row of `uses`. `fields` are the fields of the contract's kind by name, defaults filled in. */
export interface Handle {
  readonly number: number;
  readonly name: string;
  readonly kind: KindName;
  readonly fields: Readonly<Record<string, Value | string>>;
  /** The message of a publish or subscribe handle. */
  readonly message?: Message;
  /** The variable of a param handle. */
  readonly variable?: Variable;
  /** The timer of a timer handle. */
  readonly timer?: Timer;
  readonly span: Span;
}

export interface Message {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: Type }[];
}

/**
 * A variable. `global`: `initial` is its value when an instance is made, `index` its place among the globals. `local`:
 * undefined until its `declare`; inside a loop it lives across awaits.
 */
export interface Variable {
  readonly kind: 'global' | 'local';
  readonly name: string;
  readonly type: Type;
  readonly mutable: boolean;
  readonly retain: boolean;
  readonly param: boolean;
  readonly index: number;
  readonly initial?: Value;
  readonly span: Span;
}

export interface Fn {
  readonly name: string;
  readonly params: readonly Variable[];
  readonly result?: Type;
  readonly body: readonly Statement[];
  readonly span: Span;
}

/** A one-shot timer: declared with `use`, or of the loop that sleeps (`name` absent). */
export interface Timer {
  readonly id: number;
  readonly name?: string;
}

/** Kinds of sources that belong to a handle. */
export type HandleSource = Exclude<SourceName, 'every'>;

/** A row of the manifest's `sources`. `period` and times in microseconds. */
export type Source =
  | { readonly number: number; readonly kind: 'every'; readonly period: bigint; readonly catchup: number }
  | { readonly number: number; readonly kind: HandleSource; readonly handle: Handle; readonly event: KindEvent };

/** A source that belongs to a handle. */
export type HandleEvent = Extract<Source, { readonly handle: Handle }>;

/** What a trail waits for. */
export type Event = { readonly source: Source } | { readonly timer: Timer };

/**
 * `tick`: `every` or `on`; its body runs at each event. `loop`: its body begins in the start-up reaction and begins
 * again at its end; `timer` is the one that its sleeps use.
 */
export type Trail =
  | { readonly kind: 'tick'; readonly event: Event; readonly body: readonly Statement[]; readonly span: Span }
  | { readonly kind: 'loop'; readonly timer?: Timer; readonly body: readonly Statement[]; readonly span: Span };

/** After something that can fail: run `body`; then, if there is one, `value` takes the place of the result. */
export interface Otherwise {
  readonly body: readonly Statement[];
  readonly value?: Expression;
}

export type Statement =
  /** `value` can fail only if `otherwise` is present. */
  | {
      readonly kind: 'declare' | 'assign';
      readonly variable: Variable;
      readonly value: Expression;
      readonly otherwise?: Otherwise;
      readonly span: Span;
    }
  | { readonly kind: 'effect'; readonly value: Expression; readonly otherwise?: Otherwise; readonly span: Span }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
      readonly span: Span;
    }
  /**
   * The arm that has the value; ranges are inclusive and do not overlap. `otherwise`: no arm has it, which can't be if
   * `exhaustive`.
   */
  | {
      readonly kind: 'match';
      readonly subject: Expression;
      readonly arms: readonly MatchArm[];
      readonly otherwise: readonly Statement[];
      readonly exhaustive: boolean;
      readonly span: Span;
    }
  /** `variable` = first, first + step, … `trips` times (at least once). */
  | {
      readonly kind: 'for';
      readonly variable: Variable;
      readonly first: Value;
      readonly step: Value;
      readonly trips: number;
      readonly body: readonly Statement[];
      readonly span: Span;
    }
  /** Goes on with the innermost `for`; without one it ends the tick, or begins the trail's loop again. */
  | { readonly kind: 'continue'; readonly span: Span }
  | { readonly kind: 'return'; readonly value?: Expression; readonly span: Span }
  /** The arguments are evaluated in order, then put as message fields, then emitted. */
  | { readonly kind: 'log'; readonly template: number; readonly args: readonly Expression[]; readonly span: Span }
  /** One expression for each field of the message, in the message's order; evaluated in it, then put, then sent. */
  | { readonly kind: 'send'; readonly handle: Handle; readonly fields: readonly Expression[]; readonly span: Span }
  /** In a loop only: the trail goes on when the event comes. */
  | { readonly kind: 'await'; readonly source: Source; readonly span: Span }
  | { readonly kind: 'await'; readonly timer: Timer; readonly span: Span }
  /** In a loop only: arms the timer, then the trail goes on when it expires. */
  | { readonly kind: 'sleep'; readonly timer: Timer; readonly duration: Expression; readonly span: Span };

export interface MatchArm {
  readonly ranges: readonly { readonly low: Value; readonly high: Value }[];
  readonly body: readonly Statement[];
}

/** Every expression has the type of its value; `unit` of the type no longer matters to its execution. */
export type Expression =
  | { readonly kind: 'const'; readonly type: Type; readonly value: Value; readonly span: Span }
  | { readonly kind: 'variable'; readonly type: Type; readonly variable: Variable; readonly span: Span }
  /** Field of the message that this reaction handles. */
  | {
      readonly kind: 'field';
      readonly type: ScalarType;
      readonly handle: Handle;
      readonly index: number;
      readonly span: Span;
    }
  /** What the event that this reaction handles says of itself, such as the level of an edge. */
  | { readonly kind: 'argument'; readonly type: ScalarType; readonly span: Span }
  | {
      readonly kind: 'unary';
      readonly type: ScalarType;
      readonly operator: UnaryOperator;
      readonly operand: Expression;
      readonly span: Span;
    }
  /**
   * Operands have the same scalar, except that the right one of a shift is u8…u32 or a constant. Arithmetic wraps at
   * the width of `type.scalar`; `+|` and `-|` saturate there; integer `/` and `%` truncate and fail if the divisor is 0
   * (`failing` says that it isn't a constant) - the least value / -1 wraps; shift counts are taken modulo the width;
   * `>>` follows the sign of the type; `&&` and `||` short-circuit.
   */
  | {
      readonly kind: 'binary';
      readonly type: ScalarType;
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly failing: boolean;
      readonly span: Span;
    }
  /** To another scalar: integers wrap, f32 to integer saturates (NaN gives 0), to f32 rounds to nearest even. */
  | { readonly kind: 'cast'; readonly type: ScalarType; readonly operand: Expression; readonly span: Span }
  /** `failing`: the result may be an error. A call without a result has no `type`. */
  | {
      readonly kind: 'host';
      readonly type?: ScalarType;
      readonly call: HostCall;
      readonly handle?: Handle;
      readonly timer?: Timer;
      readonly args: readonly Expression[];
      readonly failing: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: 'call';
      readonly type?: Type;
      readonly fn: Fn;
      readonly args: readonly Expression[];
      readonly span: Span;
    };

/** Whether a scalar is computed in an i32 (`bool` and integers up to 32 bits). */
export const isSmall = (scalar: Scalar): boolean => scalar !== 'i64' && scalar !== 'f32';
