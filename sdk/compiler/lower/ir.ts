import type { HostCall, Scalar } from '../../../hal/contract/index.js';

/**
 * Intermediate code: trees close to Wasm, with slots instead of numbered variables and labels instead of depths. The
 * passes of this folder rewrite it; `emit` numbers and encodes it.
 */
export type WasmType = 'i32' | 'i64' | 'f32';

/** A variable: a global if it has a number, else a local of one function. */
export interface Slot {
  readonly type: WasmType;
  readonly name: string;
  /** Index among the globals of the module. */
  global?: number;
}

/** Target of a branch: the end of a block or the start of a loop. */
export interface Label {
  readonly name: string;
}

export type Target = { readonly host: HostCall } | { readonly fn: Func };

/** Something with a value. Operands are evaluated from left to right. */
export type Expr =
  | { readonly op: 'const'; readonly type: WasmType; readonly value: number | bigint }
  | { readonly op: 'get'; readonly slot: Slot }
  | { readonly op: 'tee'; readonly slot: Slot; readonly value: Expr }
  | { readonly op: 'unary'; readonly code: string; readonly value: Expr }
  | { readonly op: 'binary'; readonly code: string; readonly left: Expr; readonly right: Expr }
  | { readonly op: 'select'; readonly then: Expr; readonly otherwise: Expr; readonly condition: Expr }
  | {
      readonly op: 'choose';
      readonly type: WasmType;
      readonly condition: Expr;
      readonly then: Expr;
      readonly otherwise: Expr;
    }
  | { readonly op: 'call'; readonly target: Target; readonly args: readonly Expr[]; readonly type?: WasmType }
  /** Statements, then a value. */
  | { readonly op: 'seq'; readonly body: readonly Stmt[]; readonly value: Expr };

export type Stmt =
  | { readonly op: 'set'; readonly slot: Slot; readonly value: Expr }
  /** `drop`: the call has a result that nobody wants. */
  | { readonly op: 'do'; readonly value: Expr; readonly drop: boolean }
  | { readonly op: 'if'; readonly condition: Expr; readonly then: readonly Stmt[]; readonly otherwise: readonly Stmt[] }
  | { readonly op: 'block'; readonly label: Label; readonly body: readonly Stmt[] }
  /** `trips`: most times that its body runs. */
  | { readonly op: 'loop'; readonly label: Label; readonly body: readonly Stmt[]; readonly trips: number }
  | { readonly op: 'br'; readonly label: Label }
  | { readonly op: 'br_if'; readonly condition: Expr; readonly label: Label }
  | { readonly op: 'br_table'; readonly index: Expr; readonly labels: readonly Label[]; readonly otherwise: Label }
  | { readonly op: 'return'; readonly value?: Expr }
  /** In the code of a trail only, until it is assembled: go on at a segment now, or when the trail wakes. */
  | { readonly op: 'goto' | 'suspend'; readonly segment: Segment };

/** A stretch of a trail's code between the points where it can be entered. */
export interface Segment {
  readonly name: string;
  body: readonly Stmt[];
  /** Number in the program counter; absent if it is only reached by falling or jumping forward. */
  index?: number;
  readonly label: Label;
  /** Product of the trips of the `for` loops that wait and hold this segment. */
  readonly trips: number;
}

/** A function of the module. */
export interface Func {
  readonly name: string;
  readonly params: readonly Slot[];
  readonly result?: WasmType;
  body: readonly Stmt[];
}

/** A lowered program. Function 0 is the entry. */
export interface Lowered {
  readonly functions: readonly Func[];
  readonly globals: readonly { readonly slot: Slot; readonly initial: number | bigint }[];
}

/** The Wasm type that holds a scalar. */
export const wasmType = (scalar: Scalar): WasmType => (scalar === 'i64' || scalar === 'f32' ? scalar : 'i32');

export const i32 = (value: number): Expr => ({ op: 'const', type: 'i32', value: value | 0 });
export const i64 = (value: bigint): Expr => ({ op: 'const', type: 'i64', value });
export const get = (slot: Slot): Expr => ({ op: 'get', slot });
export const binary = (code: string, left: Expr, right: Expr): Expr => ({ op: 'binary', code, left, right });
export const unary = (code: string, value: Expr): Expr => ({ op: 'unary', code, value });

/** Type of an expression's value; none for a call without result. */
export function typeOf(expr: Expr): WasmType | undefined {
  switch (expr.op) {
    case 'const':
    case 'choose':
      return expr.type;
    case 'get':
    case 'tee':
      return expr.slot.type;
    case 'select':
      return typeOf(expr.then);
    case 'call':
      return expr.type;
    case 'seq':
      return typeOf(expr.value);
    case 'unary':
    case 'binary':
      return resultOf(expr.code);
  }
}

const test = /\.(eqz|eq|ne|lt|gt|le|ge)(_[su])?$/;
/** `i64.lt_s` gives an i32, `f32.add` an f32. */
const resultOf = (code: string): WasmType => (test.test(code) ? 'i32' : (code.slice(0, 3) as WasmType));
