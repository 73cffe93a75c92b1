/**
 * A hostile broker, and forgers with full rights at it, against boards that were provisioned once: nothing is
 * installed, nothing moves, the old app goes on, and the board's signed reports name each attack by its code. In the
 * end the right documents are taken from the same broker, so it was the attack that was refused each time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshness, limits } from '../../hal/contract/index.js';
import { signRoot } from '../../ota/host/root.js';
import { Random } from '../../sdk/model/index.js';
import { runs } from '../../sdk/testing/figures.js';
import { faulty, SERVO } from './hostile-apps.js';
import { attacks, flip, forgedRoot, reconnect, type Scene } from './hostile-attacks.js';
import { honest, publication } from './hostile-broker.js';
import { HEALTH_MS, NEXT, NOW, OLD, Stage, type Victim } from './hostile-stage.js';
import { bring, drip, endFetching, transfers } from './hostile-transfer.js';

const FLIPS = runs({ full: 400, short: 10 });
const REDELIVERIES = runs({ full: 50, short: 4 });
const ENDLESS_BYTES = 1_500_000;
/** MQTT's largest packet. */
const LARGEST = 268_435_455;
const nameOf = (victim: Victim): string | undefined => freshness[victim.birth.freshness]?.name;

/** In this order: the last tests let boards do what the attackers wanted. */
describe('a hostile broker', { timeout: 120_000 }, () => {
  let scene: Scene, slow: Victim;
  let slowly: {
    readonly since: number;
    readonly before: Awaited<ReturnType<Victim['evidence']>>;
    readonly stop: () => void;
  };

  beforeAll(async () => {
    const stage = await Stage.open(3);
    const [a, b, c] = stage.victims as [Victim, Victim, Victim];
    scene = { stage, a, b };
    slow = c;
    // Takes half a minute, beside all others: a beacon that is soon over, the index of an app, then silence.
    // A right root document, which other attacks send to the whole fleet and spoil for one board, would end what it
    // fetches.
    stage.broker.withheld.add(`${c.id} ${c.topic('rootNext')}`);
    await stage.refresh(c, NOW, 1);
    slowly = {
      since: stage.mark(),
      before: await c.evidence(),
      stop: await bring(stage, c, {
        signed: 1390,
        brought: 1390,
        change: (name, bytes) => (name === 'index' ? bytes : undefined),
      }),
    };
  });
  afterAll(async () => {
    await scene?.stage.close();
  });

  /**
   * Half a minute of silence is noticed by the store as well; which of the two is first is a matter of milliseconds.
   */
  async function expectSlow(): Promise<void> {
    await expect.poll(() => slow.reports(slowly.since), { timeout: 90_000, interval: 100 }).toContain('failed slow');
    expect(slow.reports(slowly.since).filter((said) => said !== 'failed slow' && said !== 'failed timeout')).toEqual(
      [],
    );
  }

  // In turn on two boards, as each checks so many signatures a second and no more. Not so root documents, which the
  // whole fleet hears, and replays after a reconnection, for which a board takes longer each time.
  const forAll = attacks.findIndex(({ name }) => name.includes('root document') && !name.startsWith('mixes'));
  const inTurn = (name: string, index: number): boolean => index < forAll && !name.startsWith('replays');
  it.each(attacks.map((attack, index) => ({ ...attack, other: inTurn(attack.name, index) && index % 2 === 1 })))(
    '$name: $answer',
    ({ answer, act, other }) => {
      const { stage, a, b } = scene;
      const on: Scene = other ? { stage, a: b, b: a } : scene;
      return stage.withstand(on.a, answer, () => act(on));
    },
  );

  it('tampers: any bit of a bundle, with the same code as the verifier of the host', { timeout: 600_000 }, async () => {
    const { stage, a } = scene;
    const random = new Random(7);
    const right = stage.bundle(NEXT);
    const before = await a.evidence();
    const since = stage.mark();
    const expected: string[] = [];
    for (let i = 0; i < FLIPS; i++) {
      const change = flip(random.between(0, right.length - 1), random.between(0, 7));
      expected.push(`rejected ${stage.verdict(a, change(right)) ?? 'nothing: it is right'}`);
      await stage.tamper(a, a.topic('desired'), right, change);
      await stage.until(`report ${i}`, () => a.reports(since).length > i);
      // Faster, the board would take it for a flood: two signatures each, the bundle's and the report's.
      await sleep((2 * 1100) / limits.broker_signatures.value);
    }
    stage.broker.bend = honest;
    expect(a.reports(since)).toEqual(expected);
    expect(await a.evidence()).toEqual(before);
  });

  it.each(transfers)('$name: $answer', async ({ answer, also = [], ...attack }) => {
    const { stage, a } = scene;
    await stage.withstand(
      a,
      answer,
      async () => {
        const since = stage.mark();
        const stop = await bring(stage, a, attack);
        await stage.until(`report ${answer}`, () => a.reports(since).includes(answer));
        stop();
        await endFetching(stage, a);
      },
      { writes: true, also: [...also, 'rejected rollback'] },
    );
  });

  it('forges: a root document while an app is fetched: the board goes on asking for the app', async () => {
    const { stage, a } = scene;
    await stage.withstand(
      a,
      'refused bad_signature',
      async () => {
        const since = stage.mark();
        const asks = (): number =>
          stage.operator.received.slice(since).filter((each) => each.topic === a.topic('want')).length;
        const stop = await bring(stage, a, {
          signed: 1395,
          brought: 1395,
          change: (name, bytes) => (name === 'index' ? bytes : undefined),
        });
        await stage.until('index and chunks are asked for', () => asks() === 2);
        await stage.broker.raw(a.id, publication(a.topic('rootNext'), forgedRoot(scene)));
        await stage.until('a refusal', () => a.reports(since).includes('refused bad_signature'));
        await stage.until('the chunks are asked for again', () => asks() === 3);
        stop();
        await endFetching(stage, a);
      },
      { writes: true, also: ['rejected rollback'] },
    );
  });

  it('withholds: a bundle of which a beacon tells: the board is stale', async () => {
    const { stage, a } = scene;
    await stage.withstand(a, 'nothing', async () => {
      stage.broker.bend = ({ topic, payload }) => (topic === a.topic('desired') ? undefined : payload);
      await stage.operator.publish(a.topic('desired'), stage.bundle(NEXT));
      await stage.refresh(a, NEXT);
    });
    expect(nameOf(a)).toBe('stale');
    await stage.refresh(a, NOW);
  });

  it('endless data: a packet without end', async () => {
    const { stage, b } = scene;
    await stage.withstand(b, 'refused too_long', async () => {
      const since = stage.mark();
      await stage.broker.raw(b.id, publication(b.topic('desired'), new Uint8Array(), LARGEST));
      for (let sent = 0; sent < ENDLESS_BYTES; sent += 1 << 16) await stage.broker.raw(b.id, new Uint8Array(1 << 16));
      await stage.until('a report', () => b.reports(since).length > 0);
      await reconnect({ ...scene, a: b });
    });
  });

  it('bytes that are no MQTT: the board comes back with a new session', async () => {
    const { stage, b } = scene;
    await stage.withstand(b, 'nothing', async () => {
      const before = String(b.birth.nonce);
      await stage.broker.raw(b.id, Uint8Array.of(0xf0, 0xff, 0xff, 0xff, 0xff, 0xff));
      await stage.until('a new session', () => String(b.birth.nonce) !== before);
    });
  });

  it('slow data: a bundle that drips, and is an old one', async () => {
    const { stage, b } = scene;
    await stage.withstand(b, 'rejected rollback', async () => {
      const before = await b.evidence();
      await drip(stage, b, publication(b.topic('desired'), stage.bundle(OLD)), 100, 10);
      expect(await b.evidence()).toEqual(before);
    });
  });

  it('redelivers a bundle that failed: it has its one trial and no other', async () => {
    const { stage, b } = scene;
    const before = await b.evidence();
    const since = stage.mark();
    const bad = stage.owner.bundle(faulty(), { number: NEXT, healthMs: HEALTH_MS }).bytes;
    await stage.operator.publish(b.topic('desired'), bad);
    await stage.until('the end of the trial', () => b.reports(since).includes('reverted trap'));
    for (let i = 0; i < REDELIVERIES; i++) {
      await endFetching(stage, b); // something else between: the very same bytes in a row are not even looked at
      const again = stage.mark();
      await stage.operator.publish(b.topic('desired'), bad);
      await stage.until('a refusal', () => b.reports(again).includes('rejected known_bad'));
    }
    expect(b.reports(since).filter((said) => said === 'trial')).toHaveLength(1);
    expect(b.reports(since).filter((said) => said === 'reverted trap')).toHaveLength(1);
    const { behaviours, pulse, number, bundle, root } = await b.evidence();
    expect({ behaviours, pulse, number, bundle, root }).toEqual({
      behaviours: before.behaviours,
      pulse: before.pulse,
      number: before.number,
      bundle: before.bundle,
      root: before.root,
    });
    await b.beats();
  });

  it('withholds: everything, also the chunks of an app: the board is stale, and keeps what it runs', async () => {
    const { stage } = scene;
    await expect.poll(() => nameOf(slow), { timeout: 60_000 }).toBe('stale');
    await expectSlow();
    slowly.stop();
    const { flash } = slowly.before;
    expect({ ...(await slow.evidence()), flash }).toEqual(slowly.before);
    await slow.beats();
    expect(stage.broker.bend).toBe(honest);
  });

  it('what is right is taken from the same broker: command, bundle, root document', async () => {
    const { stage, a, b } = scene;
    await stage.order(a, { behaviour: 'arm', name: 'pulse', value: 1777 });
    await a.beats();
    await expect.poll(async () => (await a.rig.pwmGet(SERVO)).pulse).toBe(1777);
    for (const victim of [a, b]) await stage.update(victim, stage.bundle(NEXT), NEXT);
    const { owner } = stage;
    const next = signRoot({ ...owner.root, version: 2 }, [owner.keys.root]);
    const since = stage.mark();
    await stage.operator.publish(a.topic('rootNext'), next);
    await stage.until('root document 2', () => a.birth.root === 2);
    // And the one before is old now.
    await stage.operator.publish(a.topic('root'), owner.rootDocument());
    await stage.until('a refusal', () => a.reports(since).includes('refused root_version'));
    expect((await a.evidence()).root).toBe(2);
  });
});
