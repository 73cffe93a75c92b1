/**
 * Runs the checked program without lowering it. It shares parser and checker with the compiler and nothing
 * after them; a module must give the same trace in Node and on a board as the interpreter gives under the model.
 */
import { lifecycle } from '../../hal/contract/index.js';
import type { Event, Program as Checked, Statement, Trail, Variable } from '../compiler/check/program.js';
import type { Guest, HostCalls, Manifest, Program } from '../model/index.js';
import { Executor, type Running } from './execute.js';
import { type Deployment, manifestOf } from './manifest.js';
import { fromOperand, isSmall, toOperand, type Value } from './value.js';

/** A program for the model. `identity` differs between versions of a behaviour. */
export function interpret(checked: Checked, identity: string, deployment: Deployment = {}): Program {
  const manifest = manifestOf(checked, deployment);
  return { manifest, identity, instantiate: (host) => new Instance(checked, manifest, host) };
}

/** One instance: variables, and where each loop waits. */
class Instance implements Guest {
  private readonly globals: Map<Variable, Value>;
  private readonly executor: Executor;
  /** Loops that wait, by trail. */
  private readonly waiting = new Map<Trail, { readonly running: Running; readonly event: Event }>();

  constructor(
    private readonly checked: Checked,
    private readonly manifest: Manifest,
    host: HostCalls,
  ) {
    this.globals = new Map(checked.globals.map((variable) => [variable, variable.initial ?? 0]));
    this.executor = new Executor(this.globals, host);
  }

  react(source: number, argument: number): void {
    if (source === 0) this.begin(argument);
    else this.wake(source, argument);
  }

  private begin(argument: number): void {
    if (argument === lifecycle.stop) return;
    this.executor.run(this.checked.startup);
    for (const trail of this.checked.trails) if (trail.kind === 'loop') this.goOn(trail, this.forever(trail.body));
  }

  /** Who wakes is fixed before the first of them runs. */
  private wake(source: number, argument: number): void {
    this.executor.argument = argument;
    const woken = this.checked.trails
      .map((trail) => ({ trail, waits: this.waiting.get(trail) }))
      .filter(({ trail, waits }) => matches(trail.kind === 'tick' ? trail.event : waits?.event, source));
    for (const { trail, waits } of woken) {
      if (trail.kind === 'tick') this.executor.run(trail.body);
      else if (waits !== undefined) this.goOn(trail, waits.running);
    }
  }

  private goOn(trail: Trail, running: Running): void {
    const step = running.next();
    if (step.done === true) throw new Error('a loop ended');
    this.waiting.set(trail, { running, event: step.value });
  }

  private *forever(body: readonly Statement[]): Running {
    for (;;) yield* this.executor.statements(body, new Map());
  }

  private variable(slot: number): Variable {
    const variable = this.checked.globals[this.manifest.state[slot]?.place ?? -1];
    if (variable === undefined) throw new Error(`no variable for state ${slot}`);
    return variable;
  }

  read(slot: number): Value {
    const variable = this.variable(slot);
    return toOperand(variable.type.scalar, this.globals.get(variable) ?? 0);
  }

  write(slot: number, value: Value): void {
    const variable = this.variable(slot);
    this.globals.set(variable, fromOperand(variable.type.scalar, value));
  }

  typeOf(slot: number): 'i32' | 'i64' | 'f32' {
    const { scalar } = this.variable(slot).type;
    return isSmall(scalar) ? 'i32' : scalar === 'i64' ? 'i64' : 'f32';
  }
}

/** True if a trail that waits for `event` wakes at this source of the ABI. */
function matches(event: Event | undefined, source: number): boolean {
  if (event === undefined) return false;
  return 'source' in event ? event.source.number === source : -1 - event.timer.id === source;
}
