import { countWaits } from '../../check/children.js';
import type { Otherwise, Statement } from '../../check/program.js';
import type { Body } from '../context.js';
import { contractCall } from '../expressions/call.js';
import { value } from '../expressions/index.js';
import { i32, unary } from '../ir.js';
import type { Expr, Segment, Stmt } from '../ir.js';
import { attemptEffect, attemptStore } from '../statements/failing.js';
import type { Attempt } from '../statements/failing.js';
import { more, next, start } from '../statements/for.js';
import { statement } from '../statements/index.js';
import { matchTests } from '../statements/match.js';
import { keyOf } from './subtrail.js';
import type { Key, SubTrail, Wait } from './subtrail.js';

/** The sub-trail of a loop. */
export function sequence(b: Body, body: readonly Statement[]): SubTrail {
  const { layout, waits } = new Sequencer(b).loop(body);
  return { layout, waits, inner: [] };
}

/**
 * Cuts the body of a loop into segments: stretches of code between the points where it can be entered, which are the
 * statements behind each wait, and the heads and joins of the blocks that hold waits. Blocks without a wait stay whole.
 */
class Sequencer {
  readonly layout: Segment[] = [];
  readonly waits: Wait[] = [];
  private current: Stmt[] = [];
  private trips = 1;
  private again: Segment | undefined;

  constructor(private readonly b: Body) {}

  /** The whole body; its end goes back to its beginning. */
  loop(body: readonly Statement[]): this {
    const head = this.segment('head');
    this.place(head);
    this.again = head;
    this.run(body);
    this.current.push({ op: 'goto', segment: head });
    return this;
  }

  private segment(name: string): Segment {
    return { name, body: [], label: this.b.label(name), trips: this.trips };
  }

  /** From here on, code belongs to `segment`. */
  private place(segment: Segment): void {
    this.current = [];
    segment.body = this.current;
    this.layout.push(segment);
  }

  private run(list: readonly Statement[]): void {
    for (const each of list) this.one(each);
  }

  private one(s: Statement): void {
    if (countWaits([s]) === 0) {
      this.current.push(...statement(this.b, s, { ...(this.again && { again: this.again }) }));
      return;
    }
    switch (s.kind) {
      case 'await':
        return this.wait(keyOf('source' in s ? { source: s.source } : { timer: s.timer }), false);
      case 'sleep':
        return this.sleep(s);
      case 'if':
        return this.branch(
          [value(this.b, s.condition)],
          [() => this.run(s.then)],
          s.otherwise.length > 0 ? () => this.run(s.otherwise) : undefined,
        );
      case 'effect':
        return this.attempt(attemptEffect(this.b, s), s.otherwise);
      case 'declare':
      case 'assign':
        return this.attempt(attemptStore(this.b, s), s.otherwise);
      case 'match':
        return this.match(s);
      case 'for':
        return this.counted(s);
      case 'continue':
      case 'return':
      case 'log':
      case 'send':
        throw new Error(`${s.kind} can't wait`);
    }
  }

  private wait(key: Key, sleep: boolean): void {
    const segment = this.segment('wait');
    this.waits.push({ segment, key, sleep });
    this.current.push({ op: 'suspend', segment });
    this.place(segment);
  }

  private sleep(s: Statement & { kind: 'sleep' }): void {
    const args: Expr[] = [i32(s.timer.id), value(this.b, s.duration)];
    this.current.push({
      op: 'do',
      value: { op: 'call', target: { host: contractCall('timer.after') }, args },
      drop: false,
    });
    this.wait(-1 - s.timer.id, true);
  }

  private match(s: Statement & { kind: 'match' }): void {
    const { before, tests } = matchTests(this.b, s);
    this.current.push(...before);
    const bodies = s.arms.map((arm) => () => this.run(arm.body));
    const rest = s.exhaustive ? bodies.pop() : () => this.run(s.otherwise);
    this.branch(
      tests.filter((test): test is Expr => test !== undefined),
      bodies,
      rest,
    );
  }

  /** Something that can fail, whose `else` waits. */
  private attempt({ before, failed, bad, good }: Attempt, otherwise: Otherwise | undefined): void {
    this.current.push(...before);
    const fail = (): void => {
      this.run(otherwise?.body ?? []);
      this.current.push(...bad);
    };
    this.branch([failed], [fail], good.length > 0 ? () => this.current.push(...good) : undefined);
  }

  /** `if tests[0] bodies[0] else if … else rest`. */
  private branch(tests: readonly Expr[], bodies: readonly (() => void)[], rest: (() => void) | undefined): void {
    const join = this.segment('join');
    bodies.forEach((body, i) => {
      const other = i === bodies.length - 1 && !rest ? join : this.segment('else');
      this.current.push({
        op: 'if',
        condition: unary('i32.eqz', tests[i] ?? i32(0)),
        then: [{ op: 'goto', segment: other }],
        otherwise: [],
      });
      body();
      if (other === join) return;
      this.current.push({ op: 'goto', segment: join });
      this.place(other);
    });
    rest?.();
    this.place(join);
  }

  private counted(s: Statement & { kind: 'for' }): void {
    const { trips, again } = this;
    const counter = this.b.slot(s.variable);
    this.current.push(start(s, counter));
    this.trips *= s.trips;
    const head = this.segment('for');
    const round = this.segment('round');
    this.place(head);
    this.again = round;
    this.run(s.body);
    this.place(round);
    this.current.push({ op: 'set', slot: counter, value: next(s, counter) });
    this.current.push({ op: 'if', condition: more(s, counter), then: [{ op: 'goto', segment: head }], otherwise: [] });
    this.trips = trips;
    this.again = again;
    this.place(this.segment('done'));
  }
}
