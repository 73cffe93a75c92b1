/** A stage for attacks: boards of one owner at a hostile broker, and what shows that an attack changed nothing. */
import { expect } from 'vitest';
import virtual from '../../boards/virtual.json' with { type: 'json' };
import { type ErrorName, freshness, type phases, type topics } from '../../hal/contract/index.js';
import { toHex } from '../../ota/host/ids.js';
import { type FleetBody, signFleet } from '../../ota/host/signed.js';
import { type DeviceState, verifyBundle } from '../../ota/host/verify.js';
import { paceOf } from '../../sdk/timing/index.js';
import { type BoardRig, rows } from '../board-rig.js';
import { arm, INPUT, LIGHT, SERVO } from './hostile-apps.js';
import { honest, HostileBroker } from './hostile-broker.js';
import { openBoard, provision } from './board.js';
import { errorName, Operator, Owner, phaseName, topic } from './operator.js';

export type TopicName = (typeof topics)[number]['name'];
export type PhaseName = (typeof phases)[number]['name'];

export const FLEET = 'line1';
/** Health window of every bundle here. */
export const HEALTH_MS = 200;
/** Numbers of the bundles that every board has run, in this order, and of the one that attackers would replace. */
export const OLD = 1,
  NOW = 2,
  NEXT = 3;
/** Version of the root document that would be the next one. */
const NEXT_ROOT = 2;
export const PULSES: Readonly<Record<number, number>> = { [OLD]: 1100, [NOW]: 1200, [NEXT]: 1300 };

const DAY_S = 86_400;
/** Times of beacons: signed time only rises, so each beacon takes the next. */
export const START_S = 1_790_000_000;
let clockS = START_S;
export const nextTime = (): number => (clockS += 10);

/** What of a board no attack may change. */
export interface Evidence {
  readonly root: number;
  readonly number: number;
  readonly bundle: string;
  readonly behaviours: readonly string[];
  readonly pulse: number;
  readonly servo: { readonly pulse: number; readonly writes: number };
  readonly flash: { readonly programs: number; readonly erases: number };
}

/** A board and what it said so far. */
export class Victim {
  constructor(
    readonly rig: BoardRig,
    private readonly operator: Operator,
    readonly id: string,
  ) {}

  /** Births in the order in which they came. */
  births(since = 0): FleetBody<'birth'>[] {
    return this.operator.documents('birth', this.said(since));
  }

  get birth(): FleetBody<'birth'> {
    const last = this.births().at(-1);
    if (!last) throw new Error(`${this.id} was never born`);
    return last;
  }

  /** Reports as `phase code`, each verified with the device's key. */
  reports(since = 0): string[] {
    return this.operator
      .documents('report', this.said(since), this.birth.key)
      .map(({ phase, code }) => (code === 0 ? phaseName(phase) : `${phaseName(phase)} ${errorName(code)}`));
  }

  replies(since = 0): FleetBody<'reply'>[] {
    return this.operator.documents('reply', this.said(since), this.birth.key);
  }

  async evidence(): Promise<Evidence> {
    const { rig } = this;
    const { root, number, bundle } = await rig.link.request('identity', {});
    const behaviours: string[] = [];
    for await (const row of rows((index) => rig.link.request('list', { index }))) {
      behaviours.push(
        `${row.behaviour} ${toHex(row.digest)} ${row.status} ${row.faults} ${row.trial ? 'trial' : 'stays'}`,
      );
    }
    const pulse = await rig.paramGet('arm', 'pulse');
    const { pulse: now, writes } = await rig.pwmGet(SERVO);
    const { programs, erases } = await rig.link.request('board', {});
    return {
      root,
      number,
      bundle: toHex(bundle),
      behaviours,
      pulse,
      servo: { pulse: now, writes },
      flash: { programs, erases },
    };
  }

  /** Resolves once the app has answered to its input. */
  async beats(): Promise<void> {
    const { level, edges } = await this.rig.pinGet(LIGHT);
    await this.rig.pinSet(INPUT, level === 0 ? 1 : 0);
    await expect
      .poll(async () => (await this.rig.pinGet(LIGHT)).edges, { timeout: 10_000, interval: 5 })
      .toBe(edges + 1);
  }

  /** A topic of this board. */
  topic(name: TopicName, parts: Readonly<Record<string, string>> = {}): string {
    return topic(name, FLEET, { device: this.id, version: String(NEXT_ROOT), ...parts });
  }

  private said(since: number): Operator['received'] {
    return this.operator.received.slice(since).filter((each) => each.topic.includes(`/d/${this.id}/`));
  }
}

/** What a board must say to an attack: `rejected bad_signature`. Nothing: it has nothing to say. */
export type Answer = `${PhaseName} ${ErrorName}` | 'nothing';

export class Stage {
  private constructor(
    readonly owner: Owner,
    readonly broker: HostileBroker,
    readonly operator: Operator,
    readonly victims: readonly Victim[],
  ) {}

  /** Boards that run bundle NOW after OLD, both taken from this broker while it still was honest. */
  static async open(count: number): Promise<Stage> {
    const owner = new Owner();
    const broker = await HostileBroker.start();
    const operator = await Operator.connect(broker.url, owner, FLEET);
    const victims: Victim[] = [];
    const stage = new Stage(owner, broker, operator, victims);
    try {
      for (let board = 0; board < count; board++) {
        const rig = await openBoard();
        await provision(rig, owner, { broker: broker.url, fleet: FLEET });
        victims.push(new Victim(rig, operator, toHex((await rig.link.request('identity', {})).device)));
      }
      for (const number of [OLD, NOW])
        await Promise.all(victims.map((victim) => stage.update(victim, stage.bundle(number), number)));
      await Promise.all(victims.map((victim) => stage.refresh(victim, NOW)));
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  /** A right bundle for every board. */
  bundle(number: number, pulse = PULSES[number] ?? 1500): Uint8Array {
    return this.owner.bundle(arm(pulse), { number, healthMs: HEALTH_MS }).bytes;
  }

  /** Has it installed: the broker is honest. */
  async update(victim: Victim, bytes: Uint8Array, number: number): Promise<void> {
    const since = this.mark();
    await this.operator.publish(victim.topic('desired'), bytes, true);
    await this.until(`bundle ${number} on ${victim.id}`, () =>
      victim.births(since).some((birth) => birth.number === number),
    );
  }

  /** A right beacon; resolves when the board says that it is as fresh as this makes it. */
  async refresh(victim: Victim, number: number, holdsS = DAY_S): Promise<void> {
    const since = this.mark();
    const wanted = freshness.findIndex(({ name }) => name === (number > victim.birth.number ? 'stale' : 'fresh'));
    const time = nextTime();
    const { device, nonce, epoch } = victim.birth;
    await this.operator.publish(
      victim.topic('beacon'),
      signFleet('beacon', { device, nonce, epoch, number, time, expiry: time + holdsS }, [this.owner.keys.operator]),
    );
    if (victim.birth.freshness !== wanted)
      await this.until('another freshness', () => victim.births(since).some((birth) => birth.freshness === wanted));
  }

  /** A right command: sets a parameter. Resolves when the board has answered that it did. */
  async order(
    victim: Victim,
    body: { readonly behaviour: string; readonly name: string; readonly value: number },
  ): Promise<Uint8Array> {
    const ready = await this.operator.ready(victim.birth);
    const { document, counter } = this.operator.command(ready, 'param.set', body);
    const since = this.mark();
    await this.operator.publish(victim.topic('command'), document);
    await this.until('a reply', () => victim.replies(since).some((reply) => reply.command === counter));
    expect(
      victim
        .replies(since)
        .filter((reply) => reply.command === counter)
        .map(({ code }) => code),
      'a right command',
    ).toEqual([0]);
    return document;
  }

  /** Position in what was received: for `since`. */
  mark(): number {
    return this.operator.received.length;
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    await this.operator.until(what, () => (holds() ? true : undefined));
  }

  /** The broker hands other bytes to a board than its operator published. */
  async tamper(
    victim: Victim,
    where: string,
    right: Uint8Array,
    change: (bytes: Uint8Array) => Uint8Array,
  ): Promise<void> {
    this.broker.bend = ({ client, topic: name, payload }) =>
      client === victim.id && name === where ? change(payload) : payload;
    await this.operator.publish(where, right);
  }

  /** What the verifier of the host says to a bundle for this board. */
  verdict(victim: Victim, bytes: Uint8Array): ErrorName | undefined {
    const { birth } = victim;
    const board: DeviceState = {
      root: this.owner.root,
      class: 'virtual',
      publicKey: birth.key,
      calls: birth.calls,
      pace: paceOf(virtual),
      committed: { epoch: birth.epoch, number: birth.number, digest: birth.bundle },
    };
    const verdict = verifyBundle(bytes, board);
    return 'refused' in verdict ? verdict.refused.error : undefined;
  }

  /**
   * Runs an attack on a board and expects that it says exactly this of it and nothing else, that nothing was installed
   * and nothing moved, and that the way back is open: the next right command is taken. `writes`: into the area for
   * receiving; `also`: what it may say besides.
   */
  async withstand(
    victim: Victim,
    answer: Answer,
    act: () => Promise<void>,
    { writes = false, also = [] }: { readonly writes?: boolean; readonly also?: readonly string[] } = {},
  ): Promise<void> {
    const before = await victim.evidence();
    const since = this.mark();
    await act();
    if (answer !== 'nothing')
      await this.until(`report ${answer}; it said ${JSON.stringify(victim.reports(since))}`, () =>
        victim.reports(since).includes(answer),
      );
    this.broker.bend = honest;
    await this.order(victim, { behaviour: 'arm', name: 'pulse', value: before.pulse });
    await victim.beats();
    const after = await victim.evidence();
    expect(writes ? { ...after, flash: before.flash } : after).toEqual(before);
    expect([...new Set(victim.reports(since))].filter((said) => !also.includes(said))).toEqual(
      answer === 'nothing' ? [] : [answer],
    );
    for (const birth of victim.births(since))
      expect({ number: birth.number, trial: toHex(birth.trial) }).toEqual({ number: before.number, trial: '' });
  }

  async close(): Promise<void> {
    await this.operator.close();
    for (const { rig } of this.victims) await rig.close();
    await this.broker.close();
  }
}
