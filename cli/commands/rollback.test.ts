/** Pushes that are interrupted, and rollbacks: what is said before and after. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../ota/host/testing/cast.js';
import { Operator } from '../testing/operator.js';

const operator = new Operator();
const { tars, file, push } = operator;
beforeAll(() => operator.begin(), 60_000);
afterAll(() => operator.end());

const source = (ms: number): string =>
  `behaviour blink\nuse led: gpio.out = board.LED\nevery ${ms}ms { led.toggle() }\n`;

describe('a fleet of two classes of boards', () => {
  it(
    'gets sources as one bundle for each class by one push, and goes back by one command, once that is confirmed',
    { timeout: 120_000 },
    async () => {
      const rover = await operator.device('mixed', 'rover');
      const arm = await operator.device('mixed', 'arm', { class: 'qemu-m7', key: keys.otherDevice });
      const to = operator.to('mixed');
      const commits = (): number[][] =>
        [arm, rover].map((each) => each.commits.map(({ number }) => number).sort((a, b) => a - b));
      for (const ms of [100, 200]) {
        writeFileSync(file('blink.tars'), source(ms));
        expect((await tars(['ota', 'push', 'blink.tars', ...to])).exit).toBe(0);
      }
      const [first = [], second = []] = commits();
      expect([...first, ...second].length).toBe(4);
      expect(new Set([...first, ...second]).size, 'numbers').toBe(4);
      expect(
        (await tars(['ota', 'push', 'blink.tars', ...to])).out.match(
          /nothing to push: the device runs this app already/g,
        ),
      ).toHaveLength(2);
      // Nobody can be asked here: nothing is done.
      await operator.refused(['ota', 'rollback', ...to], 'the fleet mixed goes back to blink.tars of bundle', '--yes');
      expect(commits().map(({ length }) => length)).toEqual([2, 2]);
      const back = await tars(['ota', 'rollback', ...to, '--yes']);
      expect(back.exit).toBe(0);
      expect(back.err).toMatch(
        /of bundle \d, as bundle \d, on (arm|rover); .* of bundle \d, as bundle \d, on (arm|rover)/,
      );
      const said = back.err.match(/(?<=as bundle )\d+/g)?.map(Number) ?? [];
      expect(commits().map(({ length }) => length)).toEqual([3, 3]);
      expect(
        commits()
          .map((each) => each.at(-1))
          .sort(),
      ).toEqual(said.sort());
      writeFileSync(file('blink.tars'), source(100));
      expect((await tars(['ota', 'push', 'blink.tars', ...to])).out.match(/nothing to push/g)).toHaveLength(2);
    },
  );
});

describe('a push that is interrupted', () => {
  it('says how far it is and how it goes on, and goes on so', { timeout: 120_000 }, async () => {
    const canary = await operator.device('line9', 'arm', { fate: () => 'silent' });
    const rest = await operator.device('line9', 'rover', { key: keys.otherDevice });
    const run = operator.background(push('line9'));
    await expect.poll(() => canary.offered.size).toBe(1);
    const { exit, err } = await run.end();
    expect(exit).toBe(1);
    expect(err).toMatch(/^error: interrupted; bundle \d: 0 committed, 1 under way, 1 waiting of 2; running$/m);
    expect(err).toMatch(/^arm .* (sending|sent|trial)$/m);
    expect(err).toMatch(/^rover .* waiting$/m);
    const again =
      /go on with `tars ([^`]*)`, or end it with `tars ota stop --fleet line9 /.exec(err)?.[1]?.split(' ') ?? [];
    expect(again.slice(0, 3)).toEqual(['ota', 'push', 'kalman.app']);
    expect(rest.commits).toEqual([]);
    // It finishes what it was sent.
    const finished = await operator.device('line9', 'arm');
    await expect.poll(() => finished.commits.length).toBe(1);
    expect(await tars(again)).toMatchObject({
      exit: 0,
      err: expect.stringContaining('going on with bundle') as string,
    });
    expect(rest.commits).toEqual(finished.commits);
  });
});
