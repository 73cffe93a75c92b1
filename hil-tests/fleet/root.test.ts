/** Keys change in the field: `tars fleet root` as a process, mosquitto and real boards, one of them away meanwhile. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homePath } from '../../cli/home.js';
import { clearError, Desk, makeKeys, MEMBER, PASSPHRASE, type Result } from '../../cli/testing/tars.js';
import { Mosquitto, mosquittoPath } from './mosquitto.js';
import { Onlooker } from './onlooker.js';

const env = { TARS_PASSPHRASE: PASSPHRASE };

interface Row {
  readonly name: string;
  readonly online: boolean;
  readonly root: number;
  readonly epoch: number;
  readonly number: number;
}

describe.skipIf(mosquittoPath === undefined)('the next root document', () => {
  const desk = new Desk();
  let broker: Mosquitto, onlooker: Onlooker;

  const tars = (...args: string[]): Promise<Result> => desk.tars(args, { env, timeoutMs: 90_000 });
  const fine = async (...args: string[]): Promise<string> => {
    const { exit, out, err } = await tars(...args);
    expect({ args, exit, err: exit === 0 ? '' : `${err}${out}` }).toEqual({ args, exit: 0, err: '' });
    return out;
  };
  const refused = async (args: readonly string[], what: RegExp): Promise<void> => {
    const { exit, err } = await tars(...args);
    expect({ args, exit }).toEqual({ args, exit: 1 });
    expect(err).toMatch(clearError);
    expect(err).toMatch(what);
  };
  const list = async (): Promise<Row[]> => JSON.parse(await fine('fleet', 'list', '--json')) as Row[];
  const push = (...keys: string[]): string[] => [
    'ota',
    'push',
    'blink',
    '--health',
    '0.3',
    ...keys.flatMap((key) => ['--key', key]),
  ];
  const root = (name: string, ...args: string[]): Promise<string> => fine('keys', 'root', `${name}.root`, ...args);

  beforeAll(async () => {
    broker = await Mosquitto.start();
    onlooker = await Onlooker.open(broker.url, 'line1');
    cpSync(homePath('examples/blink'), join(desk.folder, 'blink'), { recursive: true });
    makeKeys(desk.folder, { alice: MEMBER, bob: MEMBER, eve: MEMBER, olga: ['operator'] });
    await root('one', '--owner', 'robots.example', '--member', 'alice', 'olga', '--key', 'alice');
    for (const name of ['a', 'b']) {
      await desk.board({ name });
      await fine('provision', '--port', name, '--root', 'one.root', '--broker', broker.url, '--fleet', 'line1');
    }
  }, 60_000);
  afterAll(async () => {
    await onlooker?.close();
    await desk.dispose();
    await broker?.close();
  });

  it('follows the first, under which an app is pushed', async () => {
    await onlooker.until((all) => all.filter((each) => each.online).length === 2);
    await fine(...push('alice', 'olga'));
  }, 120_000);

  it('is not published unless it follows from the one that the fleet has', async () => {
    await root('foreign', '--owner', 'other.example', '--member', 'eve', '--key', 'eve');
    await root('fork', '--owner', 'robots.example', '--member', 'eve', '--key', 'eve');
    await root('two', '--after', 'one.root', '--member', 'bob', 'olga', '--key', 'alice', 'bob', '--new-epoch');
    await root('three', '--after', 'two.root', '--member', 'bob', 'olga', '--key', 'bob');
    await refused(['fleet', 'root', 'foreign.root'], /is of other\.example/);
    await refused(['fleet', 'root', 'fork.root'], /another document with version 1/);
    await refused(['fleet', 'root', 'three.root'], /version 3.*knows is 1/);
    await refused(['fleet', 'root', 'none.root'], /there is no file none\.root/);
    await root('stolen', '--after', 'fork.root', '--member', 'eve', '--key', 'eve');
    await refused(
      ['fleet', 'root', 'stolen.root'],
      /stolen\.root: fewer keys signed than the root document wants \(0 of 1 keys of version 1\)/,
    );
    expect((await tars('fleet', 'root')).exit).toBe(2);
    expect((await list()).map((row) => row.root)).toEqual([1, 1]);
  }, 60_000);

  it("changes the keys of a fleet, without a port in anybody's hands", async () => {
    await fine('board', 'stop', 'b');
    await onlooker.until((all) => all.some(({ name, online }) => name === 'b' && !online));
    const done = JSON.parse(await fine('fleet', 'root', 'two.root', '--json')) as { version: number; devices: Row[] };
    expect(done).toMatchObject({
      version: 2,
      epoch: 1,
      devices: [
        { name: 'a', root: 2, error: null },
        { name: 'b', root: 1, online: false },
      ],
    });
    const source = join(desk.folder, 'blink', 'blink.tars');
    writeFileSync(source, readFileSync(source, 'utf8').replace('500ms', '250ms'));
    await refused(push('alice'), /with the role release must sign/);
    await refused([...push('alice'), '--root', 'one.root'], /follows root document 2, and this machine knows 1/);
    await fine(...push('bob', 'olga'));
  }, 120_000);

  it('reaches who was away when he comes back, and then the app that was signed under it', async () => {
    await desk.board({ name: 'b' });
    await onlooker.until((all) => all.every((each) => each.root === 2 && each.number === 1));
    expect((await list()).map(({ name, epoch, number, ...row }) => ({ name, epoch, number, root: row.root }))).toEqual([
      { name: 'a', root: 2, epoch: 1, number: 1 },
      { name: 'b', root: 2, epoch: 1, number: 1 },
    ]);
    expect(await fine('fleet', 'root', 'two.root')).toMatch(/root document 2: 2 of 2 devices follow it\n$/);
    expect(await fine('ota', 'history')).toMatch(/ root +version=2 epoch=1 newest=true\n/);
  }, 90_000);

  it('makes a push of the same app a new one, signed under it, for who was away at both', async () => {
    await fine('board', 'stop', 'b');
    await onlooker.until((all) => all.some(({ name, online }) => name === 'b' && !online));
    const source = join(desk.folder, 'blink', 'blink.tars');
    writeFileSync(source, readFileSync(source, 'utf8').replace('250ms', '125ms'));
    await fine(...push('bob', 'olga'));
    await root('third', '--after', 'two.root', '--member', 'alice', 'olga', '--key', 'alice', 'bob');
    await fine('fleet', 'root', 'third.root');
    await fine(...push('alice', 'olga'));
    await desk.board({ name: 'b' });
    await onlooker.until((all) => all.some((each) => each.name === 'b' && each.root === 3 && each.number === 3));
    expect((await list()).map(({ name, root: version, number }) => ({ name, version, number }))).toEqual([
      { name: 'a', version: 3, number: 2 },
      { name: 'b', version: 3, number: 3 },
    ]);
  }, 120_000);

  it('that is older is put back if the newer one follows from it, and never in place of what is newest', async () => {
    await root('forged', '--after', 'fork.root', '--member', 'eve', '--key', 'eve');
    await refused(
      ['fleet', 'root', 'forged.root'],
      /another document with version 2 than the one that version 3 followed/,
    );
    await refused(['fleet', 'root', 'one.root'], /nobody can tell[^]*version 2 with --root FILE/);
    await fine('fleet', 'root', 'one.root', '--root', 'two.root');
    await fine('fleet', 'root', 'two.root');
    // What a machine does that missed the last one.
    await fine('fleet', 'root', 'two.root', '--root', 'two.root');
    expect(
      (await fine('ota', 'history'))
        .match(/ root +version=.*/g)
        ?.slice(-3)
        .map((line) => line.trim()),
    ).toEqual([
      'root      version=1 epoch=0 newest=false',
      'root      version=2 epoch=1 newest=false',
      'root      version=2 epoch=1 newest=false',
    ]);
  }, 60_000);
});
