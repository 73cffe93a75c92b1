import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackApp } from '../../ota/host/app.js';
import { decodeManifest, type Manifest, manifestBytes } from '../../sdk/image/index.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { loadBoard } from '../project/boards.js';
import { UserError } from '../errors.js';
import { readSources } from '../project/sources.js';
import { Desk } from '../testing/tars.js';
import { buildApp, type SourceError } from './build.js';
import { checkRoom } from './fits.js';
import { roomOf } from './image.js';

let desk: Desk;
beforeAll(() => {
  desk = new Desk();
});
afterAll(() => desk.dispose());

/** A behaviour that does nothing for so many rounds each period. */
const busy = (name: string, period: string, rounds = 1): string =>
  `behaviour ${name}\nvar n: i32 = 0\nevery ${period} { for i in 0..${rounds} { n = n * 3 + i } }\n`;
/** The same at each press of a button. */
const pressed = (name: string, rounds: number): string =>
  `behaviour ${name}\nuse b: gpio.in = board.BUTTON\nvar n: i32 = 0\n` +
  `on b.press { for i in 0..${rounds} { n = n * 3 + i } }\n`;

/** A project of these behaviours with what tars.toml says of each. Returns its folder. */
function project(name: string, behaviours: Readonly<Record<string, readonly [source: string, toml?: string]>>): string {
  mkdirSync(join(desk.folder, name), { recursive: true });
  const rows = Object.entries(behaviours).map(([each, [source, toml = '']]) => {
    writeFileSync(join(desk.folder, name, `${each}.tars`), source);
    return `[behaviours.${each}]\nfile = "${each}.tars"\n${toml}\n`;
  });
  writeFileSync(join(desk.folder, name, 'tars.toml'), `[app]\nname = "${name}"\n\n${rows.join('\n')}`);
  return name;
}

/** Why a folder is not built, found without a process of its own. */
async function refusal(folder: string, board = 'virtual'): Promise<UserError> {
  try {
    await buildApp(await readSources(join(desk.folder, folder)), loadBoard(board));
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${folder} was built`);
}

describe('tars.toml', () => {
  it('says load, deadline, priority and restart, and they are in the manifest', async () => {
    const toml = 'load = "12.5%"\ndeadline = "50ms"\npriority = 7\nrestart = { delay_ms = 20, faults = 3 }';
    await desk.tars(['build', project('said', { a: [busy('a', '100ms'), toml] }), '-o', 'said.app']);
    const [module] = unpackApp(new Uint8Array(readFileSync(join(desk.folder, 'said.app')))).modules;
    const result = decodeManifest(manifestBytes(module as Uint8Array) as Uint8Array);
    expect((result as { manifest: Manifest }).manifest).toMatchObject({
      load: 125,
      deadline: 50_000,
      priority: 7,
      restart: [20, 3],
    });
  });

  const refused: [string, string, string][] = [
    ['a load without a unit', 'load = 30', 'load in [behaviours.a] must be a share'],
    ['no load at all', 'load = "0%"', 'load in [behaviours.a] must be a share'],
    ['more than everything', 'load = "101%"', 'load in [behaviours.a] must be a share'],
    ['a load finer than the manifest holds', 'load = "1.25%"', 'load in [behaviours.a] must be a share'],
    ['a deadline without a unit', 'deadline = 50', 'deadline in [behaviours.a] must be a time'],
    ['a deadline that no manifest holds', 'deadline = "72min"', 'deadline in [behaviours.a] must be a time'],
    ['a deadline in another unit', 'deadline = "1h"', 'deadline in [behaviours.a] must be a time'],
    ['a priority out of range', 'priority = 256', 'priority in [behaviours.a] must be a whole number'],
    ['a load below the need', 'load = "1%"', 'a declares a load of 1.0 %, its periods need'],
    ['a deadline below the floor', 'deadline = "99us"', 'a has a deadline of 99 us, at least 100 on virtual'],
    ['a restart below the floor', 'restart = { delay_ms = 0 }', 'a has a restart after 0 ms, at least 10 on virtual'],
  ];
  it.each(refused)('may not say %s, and its line is named', async (_, toml, message) => {
    const folder = project('wrong', { a: [busy('a', '1ms', 100), toml] });
    const error = await refusal(folder);
    expect(error.message).toContain(message);
    expect(error.message).toContain('wrong/tars.toml:6: ');
    expect(error.cure).not.toBe('');
  });
});

describe('what can not fit is refused before a byte is sent', () => {
  it('a period below the floor of the board, at its place in the source', async () => {
    const source = busy('a', '1us');
    const folder = project('floor', { a: [source] });
    for (const board of ['virtual', 'qemu-m7']) {
      const error = await refusal(folder, board);
      const [found] = (error as SourceError).diagnostics;
      expect(found?.title).toBe(`a period is at least ${loadBoard(board).floors.periodUs}us`);
      expect(source.slice(found?.span.start, found?.span.end)).toBe('1us');
    }
  });

  it('more than all of the processor, with a table of who takes what', async () => {
    const folder = project('much', {
      fast: [busy('fast', '1ms', 2500), 'priority = 9'],
      slow: [busy('slow', '10ms', 25_000)],
      idle: [busy('idle', '1s')],
    });
    const { exit, err } = await desk.tars(['check', folder]);
    expect(exit).toBe(1);
    expect(err).toMatch(/\nerror: [^\n]+\n {2}cure: [^\n]+\n$/);
    expect(err).toMatch(/the app takes 1\d\d\.\d % of the processor's time of virtual/);
    expect(err).toMatch(/BEHAVIOUR +PRIORITY +TAKES +MOST FOR/);
    expect(err).toMatch(/fast +9 +\d\d\.\d % +every 1ms/);
    const json = JSON.parse((await desk.tars(['build', folder, '--json'])).out) as {
      error: { code: string };
      shares: { name: string; need: number }[];
    };
    expect(json.error.code).toBe('overload');
    expect(json.shares.map(({ name }) => name)).toEqual(['fast', 'slow', 'idle']);
    expect(json.shares.reduce((sum, { need }) => sum + need, 0)).toBeGreaterThan(1000);
  });

  it('one behaviour that needs more than there is', async () => {
    const { message } = await refusal(project('alone', { a: [busy('a', '100us', 1000)] }));
    expect(message).toMatch(/the app takes \d{3}\.\d %/);
  });

  it('a neighbour that can never run, because others may take everything', async () => {
    const folder = project('never', {
      greedy: [pressed('greedy', 10), 'priority = 1\nload = "100%"'],
      meek: [pressed('meek', 10).replaceAll('BUTTON', 'PC13')],
    });
    expect((await refusal(folder)).message).toContain('those that go first leave meek no time on virtual');
  });

  it('a neighbour that would be later than its deadline, and a longer one cures it', async () => {
    const app = (deadline: string): string =>
      project('late', {
        quick: [busy('quick', '1ms'), `priority = 9\n${deadline}`],
        long: [busy('long', '1s', 20_000)],
      });
    expect((await refusal(app('deadline = "200us"'))).message).toMatch(
      /tars\.toml:\d+: an event of quick may take [\d.]+ms on virtual, its deadline is 200us/,
    );
    await expect(refusal(app('deadline = "20ms"'))).rejects.toThrow('late was built');
  });

  it('in a module that was built elsewhere', () => {
    const module = (period: number, more: object = {}): Uint8Array =>
      handmade('(module (func (export "r") (param i32 i32)))', { name: 'x', sources: [[0, period]], ...more });
    const room = roomOf('virtual');
    expect(() => checkRoom([module(10_000)], room)).not.toThrow();
    // Nobody knows how long a reaction takes: 2 ms each.
    expect(() => checkRoom([module(1500)], room)).toThrow('takes 133.3 %');
    expect(() => checkRoom([module(10_000), module(2200)], room)).toThrow('takes 110.9 %');
    expect(() => checkRoom([module(10)], room)).toThrow('x has a period of 10 us, at least 100');
    expect(() => checkRoom([module(10_000, { restart: [0, 5] })], room)).toThrow('restart after 0 ms');
    expect(() => checkRoom([module(10)], roomOf('no such class'))).not.toThrow();
  });
});

describe('a reaction that the board may abandon', () => {
  it('is a warning, and no mistake', async () => {
    const folder = project('slow', { a: [busy('a', '1s', 100_000)] });
    const warning = /`every 1s` of a may take \d[\d.]*ms, virtual abandons a reaction after 2ms/;
    for (const args of [
      ['check', folder],
      ['check', folder, '--bounds'],
      ['build', folder],
    ]) {
      const { exit, err } = await desk.tars(args);
      expect({ args, exit }).toEqual({ args, exit: 0 });
      expect(err).toMatch(warning);
      const { out, err: nothing } = await desk.tars([...args, '--json']);
      expect((JSON.parse(out) as { warnings: string[] }).warnings.join()).toMatch(warning);
      expect(nothing).toBe('');
    }
  });
});

describe('tars check --bounds', () => {
  it('says what each event takes of the board, the load, and how soon an event is answered', async () => {
    const folder = project('shown', { a: [busy('a', '10ms', 100)], b: [pressed('b', 10), 'load = "20%"'] });
    const { out } = await desk.tars(['check', folder, '--bounds', '--board', 'qemu-m7']);
    expect(out).toMatch(
      /takes \d[\d.]* % of qemu-m7, load \d[\d.]* %; an event is answered within [\d.]+[mu]?s, deadline 100ms/,
    );
    expect(out).toMatch(/EVENT +INSTRUCTIONS +HOST CALLS +TIME +PERIOD +SHARE/);
    expect(out).toMatch(/every 10ms +\d+ +0 +[\d.]+m?u?s +10ms +\d[\d.]* %/);
    const json = JSON.parse((await desk.tars(['check', folder, '--bounds', '--json', '--board', 'qemu-m7'])).out) as {
      behaviours: {
        load: number;
        responseUs: number;
        entries: { instructions: number; calls: number; costUs: number; share?: number }[];
      }[];
    };
    const { eventNs, instructionNs, callNs } = loadBoard('qemu-m7').speed;
    for (const { entries, responseUs } of json.behaviours) {
      for (const { instructions, calls, costUs } of entries)
        expect(costUs * 1000).toBeCloseTo(eventNs + instructions * instructionNs + calls * callNs);
      expect(responseUs).toBeGreaterThan(0);
    }
    const [a, b] = json.behaviours;
    expect(a?.entries[1]?.share).toBeCloseTo((a?.entries[1]?.costUs ?? 0) / 10);
    expect(b?.load).toBe(200);
  });
});
