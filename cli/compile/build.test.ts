import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isModule, unpackApp } from '../../ota/host/app.js';
import { withoutCustoms } from '../../sdk/image/index.js';
import { homePath } from '../home.js';
import { clearError, Desk, exampleNames } from '../testing/tars.js';

let desk: Desk;
beforeAll(() => {
  desk = new Desk();
});
afterAll(() => desk.dispose());

const example = (name: string): string => homePath(`examples/${name}`);
const BLINK = 'behaviour blink\nuse led: gpio.out = board.LED\nevery 500ms { led.toggle() }\n';

/** Writes files below the desk's folder; returns the path of the folder. */
function folder(name: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(desk.folder, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(desk.folder, name, file), text);
  return name;
}
const written = (name: string): Uint8Array => new Uint8Array(readFileSync(join(desk.folder, name)));

describe('tars build', () => {
  it('writes the module of a folder with one behaviour, by default named after it', async () => {
    expect(await desk.tars(['build', example('blink'), '-o', 'x.wasm'])).toMatchObject({ exit: 0, err: '' });
    await desk.tars(['build', join(example('blink'), 'blink.tars')]);
    expect(isModule(written('x.wasm'))).toBe(true);
    expect(written('blink.wasm')).toEqual(written('x.wasm'));
  });

  it('writes the app image of a project', async () => {
    const { exit, out } = await desk.tars(['build', example('topic'), '--json']);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      output: 'room.app',
      class: 'virtual',
      modules: [{ name: 'thermometer' }, { name: 'fan' }],
    });
    expect(unpackApp(written('room.app')).modules.map((module) => module.length)).toEqual(
      (JSON.parse(out) as { modules: { bytes: number }[] }).modules.map(({ bytes }) => bytes),
    );
  });

  it('writes the same code for every board: only the manifest differs', async () => {
    for (const board of ['virtual', 'nucleo-h743zi', 'esp32-devkitc'])
      await desk.tars(['build', example('blink'), '-o', `${board}.wasm`, '--board', board]);
    const codes = ['virtual', 'nucleo-h743zi', 'esp32-devkitc'].map((board) =>
      withoutCustoms(written(`${board}.wasm`)),
    );
    expect(codes[1]).toEqual(codes[0]);
    expect(codes[2]).toEqual(codes[0]);
  });

  const refused: [string, () => string[], string][] = [
    ['a missing file', () => ['none.tars'], 'there is no file or folder none.tars'],
    ['a file of another kind', () => [join(folder('kind', { 'a.txt': '' }), 'a.txt')], 'is no .tars file'],
    ['a folder without a behaviour', () => [folder('empty', {})], 'holds no .tars file'],
    [
      'a folder with two behaviours and no project',
      () => [folder('two', { 'a.tars': BLINK, 'b.tars': BLINK })],
      'holds 2 behaviours and no tars.toml',
    ],
    ['an unknown board', () => [example('blink'), '--board', 'toaster'], 'there is no board called toaster'],
    [
      'a board with a path in its name',
      () => [example('blink'), '--board', '../boards/virtual'],
      'there is no board called',
    ],
    ['a broken tars.toml', () => [folder('broken', { 'tars.toml': '[app\nname = "x"' })], 'tars.toml:1:'],
    [
      'an unknown key',
      () => [folder('key', { 'tars.toml': '[app]\nname = "x"\ncolour = "red"' })],
      '[app] knows no colour',
    ],
    ...['../over', '/tmp/over', '.hidden', '\x1b[2J', 'a'.repeat(33), ''].map((name): (typeof refused)[number] => [
      `an app called ${JSON.stringify(name)}`,
      () => [folder('named', { 'tars.toml': `[app]\nname = ${JSON.stringify(name)}` })],
      'tars.toml:2: [app] needs a name',
    ]),
    [
      'a project without behaviours',
      () => [folder('none', { 'tars.toml': '[app]\nname = "x"\n[behaviours]' })],
      '1 to 8 behaviours',
    ],
    [
      'a priority out of range',
      () => [
        folder('prio', {
          'tars.toml': '[app]\nname = "x"\n[behaviours.blink]\nfile = "b.tars"\npriority = 256',
          'b.tars': BLINK,
        }),
      ],
      '0 to 255',
    ],
    [
      'a behaviour that is not there',
      () => [folder('gone', { 'tars.toml': '[app]\nname = "x"\n[behaviours.a]\nfile = "a.tars"' })],
      'there is no file gone/a.tars',
    ],
    [
      'a behaviour of another name',
      () => [folder('name', { 'tars.toml': '[app]\nname = "x"\n[behaviours.a]\nfile = "a.tars"', 'a.tars': BLINK })],
      'calls it blink',
    ],
    [
      'two behaviours with one output',
      () => [
        folder('both', {
          'tars.toml': '[app]\nname = "x"\n[behaviours.blink]\nfile = "a.tars"\n[behaviours.other]\nfile = "b.tars"',
          'a.tars': BLINK,
          'b.tars': BLINK.replace('blink', 'other'),
        }),
      ],
      'claim the same output or bus address: LED',
    ],
  ];
  it.each(refused)('refuses %s with one clear error', async (_, args, message) => {
    const { exit, out, err } = await desk.tars(['build', ...args()]);
    expect(err).toMatch(clearError);
    expect(err).toContain(message);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
  });

  it('says of a file that it can not write that the reason is on this machine', async () => {
    const { exit, out, err } = await desk.tars(['build', example('blink'), '-o', 'no/such/folder/x.wasm']);
    expect(err).toMatch(clearError);
    expect(err).toContain("can't write");
    expect({ exit, out }).toEqual({ exit: 3, out: '' });
  });

  it('shows every mistake of a source at its place, with why and fix, in one run', async () => {
    folder('bad', { 'bad.tars': 'behaviour bad\nuse led: gpio.out = board.LEDD\nevery 500 { led.toggle() }\n' });
    const { exit, out, err } = await desk.tars(['build', 'bad']);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toContain('--> bad/bad.tars:2:27');
    expect(err).toContain('--> bad/bad.tars:3:7');
    expect(err).toContain('fix: did you mean `LED`?');
    expect(err).toContain('error: 2 errors in the program');
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('gives mistakes as JSON', async () => {
    folder('bad', { 'bad.tars': 'behaviour bad\nevery 500 { }\n' });
    const { exit, out } = await desk.tars(['build', 'bad', '--json']);
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'source' },
      diagnostics: [{ file: 'bad/bad.tars', start: { line: 2, column: 7 } }],
    });
  });
});

describe('tars check', () => {
  it('finds nothing in the examples', async () => {
    for (const name of exampleNames) {
      expect(await desk.tars(['check', example(name)])).toMatchObject({
        exit: 0,
        err: '',
        out: expect.stringContaining('no mistakes') as string,
      });
    }
  });

  it('shows the worst case of every event', async () => {
    const { out } = await desk.tars(['check', example('kalman'), '--bounds', '--json']);
    const [kf] = (
      JSON.parse(out) as {
        behaviours: { name: string; stack: number; entries: { instructions: number; calls: number }[] }[];
      }
    ).behaviours;
    expect(kf).toMatchObject({ name: 'kf', entries: [{ calls: 0 }, { calls: 4 }] });
    expect(kf?.stack).toBeGreaterThan(0);
    expect((await desk.tars(['check', example('kalman'), '--bounds'])).out).toMatch(/EVENT +INSTRUCTIONS +HOST CALLS/);
  });
});

describe('tars inspect', () => {
  it('explains a module, an app image and a source alike', async () => {
    await desk.tars(['build', example('blink'), '-o', 'b.wasm']);
    await desk.tars(['build', example('topic'), '-o', 'room.app']);
    const module = await desk.tars(['inspect', 'b.wasm', '--text']);
    expect(module).toMatchObject({ exit: 0 });
    expect(module.out).toContain('gpio.toggle');
    expect(module.out).toContain('(export "r")');
    expect((await desk.tars(['inspect', example('blink'), '--text'])).out).toBe(module.out);
    expect(JSON.parse((await desk.tars(['inspect', 'room.app', '--json'])).out)).toHaveLength(2);
  });

  it('refuses what is no module, and says which rule a module breaks', async () => {
    writeFileSync(join(desk.folder, 'junk'), 'junk');
    expect(await desk.tars(['inspect', 'junk'])).toMatchObject({
      exit: 1,
      err: expect.stringMatching(clearError) as string,
    });
    writeFileSync(join(desk.folder, 'bare.wasm'), Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const { exit, out } = await desk.tars(['inspect', 'bare.wasm']);
    expect(exit).toBe(1);
    expect(out).toContain('module:');
  });
});

describe('tars new', () => {
  it('makes a project that builds', async () => {
    expect(await desk.tars(['new', 'my-rover'])).toMatchObject({ exit: 0 });
    expect(await desk.tars(['build', 'my-rover'])).toMatchObject({
      exit: 0,
      out: expect.stringContaining('my_rover.app') as string,
    });
  });

  it('overwrites nothing and refuses names that are none', async () => {
    folder('taken', { x: '' });
    expect(await desk.tars(['new', 'taken'])).toMatchObject({
      exit: 1,
      err: expect.stringMatching(clearError) as string,
    });
    expect(await desk.tars(['new', '1up'])).toMatchObject({ exit: 2 });
  });
});
