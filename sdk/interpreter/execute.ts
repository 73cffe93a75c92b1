/** Executes statements and expressions of the checked program, straight from the tree. */
import { calls, ERROR_BASE } from '../../hal/contract/index.js';
import type { Event, Expression, Fn, MatchArm, Otherwise, Statement, Variable } from '../compiler/check/program.js';
import type { HostCalls } from '../model/index.js';
import { binary, unary } from './operators.js';
import { cast, Failure, fromOperand, toOperand, type Value } from './value.js';

/** How a list of statements ended. */
type Outcome = 'end' | 'continue' | { readonly returned: Value | undefined };

/** A running body: yields what it waits for. */
export type Running = Generator<Event, Outcome, undefined>;

/** Locals of one activation of a body or function. */
type Frame = Map<Variable, Value>;

const CALL = Object.fromEntries(calls.map(({ name, id }) => [name, id]));

function callId(name: string): number {
  const id = CALL[name];
  if (id === undefined) throw new Error(`no call ${name}`);
  return id;
}

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

export class Executor {
  /** Argument of the event that is being handled. */
  argument = 0;

  constructor(
    private readonly globals: Map<Variable, Value>,
    private readonly host: HostCalls,
  ) {}

  /** Runs a body that can't wait. */
  run(body: readonly Statement[]): void {
    const { done } = this.statements(body, new Map()).next();
    if (done !== true) throw new Error('await outside a loop');
  }

  /** Runs statements in order; the frame outlives every wait. */
  *statements(body: readonly Statement[], frame: Frame): Running {
    for (const statement of body) {
      const outcome = yield* this.statement(statement, frame);
      if (outcome !== 'end') return outcome;
    }
    return 'end';
  }

  private *statement(statement: Statement, frame: Frame): Running {
    switch (statement.kind) {
      case 'declare':
      case 'assign':
        return yield* this.assign(statement, frame);
      case 'effect':
        return yield* this.guarded(
          () => {
            this.evaluate(statement.value, frame);
          },
          statement.otherwise,
          frame,
          () => undefined,
        );
      case 'if':
        return yield* this.statements(
          this.truth(statement.condition, frame) ? statement.then : statement.otherwise,
          frame,
        );
      case 'match':
        return yield* this.match(statement, frame);
      case 'for':
        return yield* this.repeat(statement, frame);
      case 'continue':
        return 'continue';
      case 'return':
        return { returned: statement.value === undefined ? undefined : this.evaluate(statement.value, frame) };
      case 'log':
        return this.log(statement, frame);
      case 'send':
        return this.send(statement, frame);
      case 'await':
        yield 'source' in statement ? { source: statement.source } : { timer: statement.timer };
        return 'end';
      case 'sleep':
        return yield* this.sleep(statement, frame);
    }
  }

  private *assign({ variable, value, otherwise }: Of<'declare' | 'assign'>, frame: Frame): Running {
    const store = (result: Value): void => {
      (variable.kind === 'global' ? this.globals : frame).set(variable, result);
    };
    return yield* this.guarded(
      () => {
        store(this.required(value, frame));
      },
      otherwise,
      frame,
      store,
    );
  }

  /** Does `attempt`; if it fails, what stands after `else`, whose value goes to `store`. */
  private *guarded(
    attempt: () => void,
    otherwise: Otherwise | undefined,
    frame: Frame,
    store: (value: Value) => void,
  ): Running {
    try {
      attempt();
      return 'end';
    } catch (error) {
      if (!(error instanceof Failure) || otherwise === undefined) throw error;
    }
    const outcome = yield* this.statements(otherwise.body, frame);
    if (outcome === 'end' && otherwise.value !== undefined) store(this.required(otherwise.value, frame));
    return outcome;
  }

  private *match({ subject, arms, otherwise }: Of<'match'>, frame: Frame): Running {
    const value = this.required(subject, frame);
    const has = (arm: MatchArm): boolean => arm.ranges.some(({ low, high }) => value >= low && value <= high);
    return yield* this.statements(arms.find(has)?.body ?? otherwise, frame);
  }

  private *repeat({ variable, first, step, trips, body }: Of<'for'>, frame: Frame): Running {
    let value = first;
    for (let trip = 0; trip < trips; trip++) {
      frame.set(variable, value);
      const outcome = yield* this.statements(body, frame);
      if (typeof outcome === 'object') return outcome;
      value = binary('+', variable.type.scalar, value, step);
    }
    return 'end';
  }

  private log({ template, args }: Of<'log'>, frame: Frame): Outcome {
    this.putAll(args, frame);
    this.host(callId('log.emit'), [template]);
    return 'end';
  }

  private send({ handle, fields }: Of<'send'>, frame: Frame): Outcome {
    this.putAll(fields, frame);
    this.host(callId('msg.send'), [handle.number]);
    return 'end';
  }

  /** All are evaluated before the first is put. */
  private putAll(fields: readonly Expression[], frame: Frame): void {
    const values = fields.map((field) => ({ scalar: scalarOf(field), value: this.required(field, frame) }));
    for (const { scalar, value } of values)
      this.host(callId(scalar === 'f32' ? 'msg.put_f32' : 'msg.put_i32'), [toOperand(scalar, value)]);
  }

  private *sleep({ timer, duration }: Of<'sleep'>, frame: Frame): Running {
    const delay = this.required(duration, frame);
    this.host(callId('timer.after'), [timer.id, BigInt(delay)]);
    yield { timer };
    return 'end';
  }

  // ---- expressions ----

  private truth(condition: Expression, frame: Frame): boolean {
    return this.required(condition, frame) !== 0;
  }

  private required(expression: Expression, frame: Frame): Value {
    const value = this.evaluate(expression, frame);
    if (value === undefined) throw new Error('an expression without value where one is needed');
    return value;
  }

  private evaluate(expression: Expression, frame: Frame): Value | undefined {
    switch (expression.kind) {
      case 'const':
        return expression.value;
      case 'variable':
        return this.variable(expression.variable, frame);
      case 'field':
        return this.field(expression);
      case 'argument':
        return fromOperand(scalarOf(expression), this.argument);
      case 'unary':
        return unary(expression.operator, scalarOf(expression), this.required(expression.operand, frame));
      case 'binary':
        return this.binary(expression, frame);
      case 'cast':
        return cast(scalarOf(expression.operand), scalarOf(expression), this.required(expression.operand, frame));
      case 'host':
        return this.hostCall(expression, frame);
      case 'call':
        return this.call(
          expression.fn,
          expression.args.map((arg) => this.required(arg, frame)),
        );
    }
  }

  private variable(variable: Variable, frame: Frame): Value {
    const value = (variable.kind === 'global' ? this.globals : frame).get(variable);
    if (value === undefined) throw new Error(`${variable.name} is read before it has a value`);
    return value;
  }

  private field(expression: Extract<Expression, { kind: 'field' }>): Value {
    const scalar = scalarOf(expression);
    const result = this.host(callId(scalar === 'f32' ? 'msg.get_f32' : 'msg.get_i32'), [expression.index]);
    return fromOperand(scalar, result ?? 0);
  }

  private binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>, frame: Frame): Value {
    const a = this.required(left, frame);
    if (operator === '&&' || operator === '||')
      return (a !== 0) === (operator === '&&') ? this.required(right, frame) : a;
    return binary(operator, scalarOf(left), a, this.required(right, frame));
  }

  private hostCall(
    { call, handle, timer, args, failing }: Extract<Expression, { kind: 'host' }>,
    frame: Frame,
  ): Value | undefined {
    const subject =
      handle !== undefined && call.kinds.length > 0 ? [handle.number] : timer !== undefined ? [timer.id] : [];
    const operands = args.map((arg) => toOperand(scalarOf(arg), this.required(arg, frame)));
    const result = this.host(call.id, [...subject, ...operands]);
    if (failing && result !== undefined && result < ERROR_BASE) throw new Failure(call.name);
    return call.result === undefined || result === undefined ? undefined : fromOperand(call.result.type, result);
  }

  private call(fn: Fn, args: readonly Value[]): Value | undefined {
    const frame: Frame = new Map(fn.params.map((param, i) => [param, args[i] ?? 0]));
    const { done, value } = this.statements(fn.body, frame).next();
    if (done !== true) throw new Error('await in a function');
    return typeof value === 'object' ? value.returned : undefined;
  }
}

function scalarOf(expression: Expression): NonNullable<Expression['type']>['scalar'] {
  if (expression.type === undefined) throw new Error('an expression without type');
  return expression.type.scalar;
}
