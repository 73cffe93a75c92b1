import type { Rational } from '../rational.js';
import type { Span } from '../span.js';

/** The syntax tree: what was written, nothing resolved. Every node has its span; lists are in source order. */

/** A word of the source. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

/** One file: `behaviour NAME`, then items. `name` is absent if the first line is wrong. */
export interface SourceFile {
  readonly kind: 'file';
  readonly name?: Name;
  readonly items: readonly Item[];
  readonly span: Span;
}

export type Item = Declaration | Trail | Statement;

export type Declaration =
  | UseDeclaration
  | ConstDeclaration
  | StateDeclaration
  | ParamDeclaration
  | MessageDeclaration
  | TopicDeclaration
  | FnDeclaration;

/** A type as written: `f32 m/s`. `scalar` may be an unknown word; the checker says so. */
export interface TypeRef {
  readonly scalar: Name;
  readonly unit?: UnitRef;
  readonly span: Span;
}

/** Product of powers of named units, in the order written. Empty: the unit `1`. */
export interface UnitRef {
  readonly factors: readonly { readonly name: Name; readonly power: number }[];
  readonly span: Span;
}

/** `use led: gpio.out = board.LED safe low`. `resource` is absent for `use tick: timer`. */
export interface UseDeclaration {
  readonly kind: 'use';
  readonly name: Name;
  readonly handle: Name;
  readonly resource?: ResourceRef;
  readonly clauses: readonly Clause[];
  readonly span: Span;
}

/** `board.BUTTON(pull: up)` or `pin("PC13", pull: up)`. */
export interface ResourceRef {
  readonly name: Name;
  readonly options: readonly Argument[];
  readonly span: Span;
}

/** A word with what follows it: `at 0x48`, `safe hold`, `in 1000us ..= 2000us` (two values). */
export interface Clause {
  readonly word: Name;
  readonly values: readonly Expression[];
  readonly span: Span;
}

/** `const N: u8 = 3`. Also inside blocks. */
export interface ConstDeclaration {
  readonly kind: 'const';
  readonly name: Name;
  readonly type?: TypeRef;
  readonly value: Expression;
  readonly span: Span;
}

/** A variable of the behaviour: `retain var x: f32 degC = 0degC`. */
export interface StateDeclaration {
  readonly kind: 'state';
  readonly retain: boolean;
  readonly name: Name;
  readonly type?: TypeRef;
  readonly value: Expression;
  readonly span: Span;
}

/** `param q: f32 = 0.01 in 0.0 ..= 1.0`. */
export interface ParamDeclaration {
  readonly kind: 'param';
  readonly retain: boolean;
  readonly name: Name;
  readonly type: TypeRef;
  readonly value: Expression;
  readonly range?: { readonly low: Expression; readonly high: Expression };
  readonly span: Span;
}

/** `message Estimate { x: f32 degC, p: f32 }`. */
export interface MessageDeclaration {
  readonly kind: 'message';
  readonly name: Name;
  readonly fields: readonly { readonly name: Name; readonly type: TypeRef }[];
  readonly span: Span;
}

/** `publish out: Estimate = "kf/x" max 100Hz`, `subscribe in: Estimate = "kf/x" queue 4`. */
export interface TopicDeclaration {
  readonly kind: 'publish' | 'subscribe';
  readonly name: Name;
  readonly message: Name;
  readonly topic: Name;
  readonly clauses: readonly Clause[];
  readonly span: Span;
}

/** `fn clamp(x: i32, top: i32): i32 { … }`. */
export interface FnDeclaration {
  readonly kind: 'fn';
  readonly name: Name;
  readonly params: readonly { readonly name: Name; readonly type: TypeRef }[];
  readonly result?: TypeRef;
  readonly body: Block;
  readonly span: Span;
}

/** What runs side by side. `head` is the span of the line that opens it. */
export type Trail =
  | {
      readonly kind: 'every';
      readonly period: Expression;
      readonly clauses: readonly Clause[];
      readonly body: Block;
      readonly head: Span;
      readonly span: Span;
    }
  | { readonly kind: 'on'; readonly event: EventRef; readonly body: Block; readonly head: Span; readonly span: Span }
  | LoopStatement;

/** `button.press`, or a bare handle: `tick`, `in`. */
export interface EventRef {
  readonly handle: Name;
  readonly event?: Name;
  readonly span: Span;
}

export interface Block {
  readonly statements: readonly Statement[];
  readonly span: Span;
}

/** `else { … }` or `else value` after something that can fail. */
export interface Otherwise {
  readonly block?: Block;
  readonly value?: Expression;
  readonly span: Span;
}

export type Statement =
  | LetStatement
  | ConstDeclaration
  | AssignStatement
  | ExpressionStatement
  | IfStatement
  | MatchStatement
  | ForStatement
  | LoopStatement
  | ContinueStatement
  | ReturnStatement
  | LogStatement
  | AwaitStatement
  | SleepStatement;

/** `let x = …`, or `var x = …` inside a block. */
export interface LetStatement {
  readonly kind: 'let';
  readonly mutable: boolean;
  readonly name: Name;
  readonly type?: TypeRef;
  readonly value: Expression;
  readonly otherwise?: Otherwise;
  readonly span: Span;
}

/** `x = …`, `x +|= …`; `operator` is absent for plain `=`. */
export interface AssignStatement {
  readonly kind: 'assign';
  readonly target: Name;
  readonly operator?: BinaryOperator;
  readonly value: Expression;
  readonly otherwise?: Otherwise;
  readonly span: Span;
}

export interface ExpressionStatement {
  readonly kind: 'expression';
  readonly value: Expression;
  readonly otherwise?: Otherwise;
  readonly span: Span;
}

export interface IfStatement {
  readonly kind: 'if';
  readonly condition: Expression;
  readonly then: Block;
  /** An `else if` is a block with one statement. */
  readonly otherwise?: Block;
  readonly span: Span;
}

export interface MatchStatement {
  readonly kind: 'match';
  readonly subject: Expression;
  readonly arms: readonly MatchArm[];
  readonly span: Span;
}

/** `1 | 4 ..= 6 => { … }`; no patterns: `_`. */
export interface MatchArm {
  readonly patterns: readonly { readonly low: Expression; readonly high?: Expression }[];
  readonly body: Block;
  readonly span: Span;
}

export interface ForStatement {
  readonly kind: 'for';
  readonly name: Name;
  readonly type?: TypeRef;
  readonly first: Expression;
  readonly last: Expression;
  /** `..=` includes the last value, `..` does not. */
  readonly inclusive: boolean;
  readonly step?: Expression;
  readonly body: Block;
  readonly head: Span;
  readonly span: Span;
}

export interface LoopStatement {
  readonly kind: 'loop';
  readonly body: Block;
  readonly head: Span;
  readonly span: Span;
}

export interface ContinueStatement {
  readonly kind: 'continue';
  readonly span: Span;
}

export interface ReturnStatement {
  readonly kind: 'return';
  readonly value?: Expression;
  readonly span: Span;
}

/** `log "x {} y {}", x, y`. */
export interface LogStatement {
  readonly kind: 'log';
  readonly template: Name;
  readonly args: readonly Expression[];
  readonly span: Span;
}

export interface AwaitStatement {
  readonly kind: 'await';
  readonly event: EventRef;
  readonly span: Span;
}

export interface SleepStatement {
  readonly kind: 'sleep';
  readonly duration: Expression;
  readonly span: Span;
}

export type UnaryOperator = '-' | '!' | '~';
export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '+|'
  | '-|'
  | '<<'
  | '>>'
  | '&'
  | '|'
  | '^'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&&'
  | '||';

/** `name` is present for `reg: 0`. */
export interface Argument {
  readonly name?: Name;
  readonly value: Expression;
}

export type Expression =
  /** `500ms`; `value` is exact, `decimal` says that it was written with a point or an exponent. */
  | {
      readonly kind: 'number';
      readonly value: Rational;
      readonly decimal: boolean;
      readonly unit?: Name;
      readonly span: Span;
    }
  | { readonly kind: 'bool'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'name'; readonly name: Name; readonly span: Span }
  | { readonly kind: 'member'; readonly object: Expression; readonly name: Name; readonly span: Span }
  /** A host call, a function, a cast or a built-in, by what `callee` turns out to be. */
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Argument[]; readonly span: Span }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression; readonly span: Span }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: Span;
      readonly span: Span;
    }
  /** `x as m`: the same quantity in another scale of its dimension. */
  | { readonly kind: 'convert'; readonly operand: Expression; readonly unit: UnitRef; readonly span: Span }
  /** `{ x, p: 1 }`: fields of a message. */
  | {
      readonly kind: 'record';
      readonly fields: readonly { readonly name: Name; readonly value: Expression }[];
      readonly span: Span;
    }
  /** Stands where an expression should be; already reported. */
  | { readonly kind: 'bad'; readonly span: Span };
