/** Boards with an owner: the command line as a process against the real firmware. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { largeImage } from '../../ota/host/testing/cast.js';
import { homePath } from '../home.js';
import { LinkClient } from '../transport/link.js';
import { TcpTransport } from '../transport/tcp.js';
import type { BoardRecord } from '../virtual/registry.js';
import { hostileBoard } from '../testing/hostile-board.js';
import { clearError, Desk, makeKeys, MEMBER, PASSPHRASE, type Result } from '../testing/tars.js';

const desk = new Desk();
const tars = (...args: string[]): Promise<Result> => desk.tars(args, { env: { TARS_PASSPHRASE: PASSPHRASE } });
const fine = async (...args: string[]): Promise<string> => {
  const { exit, out, err } = await tars(...args);
  expect({ args, exit, err: exit === 0 ? '' : err }).toEqual({ args, exit: 0, err: '' });
  return out;
};
const json = async (...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse(await fine(...args, '--json')) as Record<string, unknown>;
const refused = async (args: string[], message: string): Promise<void> => {
  const { exit, err } = await tars(...args);
  expect(exit).not.toBe(0);
  expect(err).toMatch(clearError);
  expect(err).toContain(message);
};
const example = (name: string): string => homePath(`examples/${name}`);
/** A trial that is soon over. */
const BRIEF = ['--health', '0.3'];
const on = (port: string): readonly [string, string] => ['--port', port];

/** A session that keeps the board's place for an upload. */
async function idleUpload(tcp: number): Promise<LinkClient> {
  const link = new LinkClient(new TcpTransport({ host: '127.0.0.1', port: tcp }));
  await link.connect();
  await link.request('upload.begin', { use: 0, size: 100 });
  return link;
}

let rover: BoardRecord;
beforeAll(async () => {
  makeKeys(desk.folder, { alice: MEMBER, bob: MEMBER, mallory: MEMBER, olga: ['operator'] });
  await fine('keys', 'root', 'one.root', '--owner', 'robots.example', '--member', 'alice', 'olga', '--key', 'alice');
  await fine('keys', 'root', 'two.root', '--after', 'one.root', '--member', 'alice', 'bob', 'olga', '--key', 'alice');
  await fine('keys', 'root', 'other.root', '--owner', 'others.example', '--member', 'mallory', '--key', 'mallory');
  rover = await desk.board({ name: 'rover' });
}, 60_000);
afterAll(() => desk.dispose());

/** In this order: each test starts where the one before left the board. */
describe('a board and its owner', () => {
  it('starts open, and everybody sees it', async () => {
    expect(await fine('ps', ...on('rover'))).toContain('open: anybody');
    expect(await fine('board', 'list')).toMatch(/rover +running +open/);
    await fine('flash', example('blink'), ...on('rover'));
    await refused(['flash', example('blink'), '--key', 'alice', ...on('rover')], 'this one is open');
  }, 60_000);

  it('says what was done when the user interrupts it', async () => {
    let child: ChildProcess | undefined;
    const { port, server } = await hostileBoard((name) => name === 'identity' && child?.kill('SIGINT') === true);
    const network = ['--broker', 'mqtt://127.0.0.1:9', '--fleet', 'line9'];
    const { exit, err } = await desk.tars(['provision', '--root', 'one.root', ...network, ...on(port)], {
      started: (process) => (child = process),
    });
    server.close();
    expect([exit, err]).toEqual([1, expect.stringMatching(clearError)]);
    expect(err).toMatch(/interrupted; the board is as it was\n {2}cure: run it again/);
  });

  it('is provisioned once; the second time nothing is done', async () => {
    const first = await json(
      'provision',
      '--root',
      'one.root',
      '--broker',
      'mqtt://127.0.0.1:9',
      '--fleet',
      'line1',
      ...on('rover'),
    );
    expect(first).toMatchObject({
      owner: 'robots.example',
      root: 1,
      broker: 'mqtt://127.0.0.1:9',
      fleet: 'line1',
      same: false,
    });
    expect(first['device']).toMatch(/^[0-9a-f]{32}$/);
    expect(first['key']).toMatch(/^[0-9a-f]{64}$/);
    expect(await json('provision', '--root', 'one.root', ...on('rover'))).toEqual({ ...first, same: true });
    expect(await fine('ps', ...on('rover'))).toContain('owned by robots.example, fleet line1 off line');
    expect(await fine('board', 'list')).toMatch(/rover +running +robots\.example/);
  }, 60_000);

  it.each([
    [
      'an owner of others',
      ['provision', '--root', 'other.root', '--port', 'rover'],
      'belongs to robots.example, not to others.example',
    ],
    [
      'another broker',
      ['provision', '--root', 'one.root', '--broker', 'mqtt://127.0.0.1:10', '--fleet', 'line1', '--port', 'rover'],
      'fixed since it was provisioned',
    ],
    [
      'a broker that is none',
      ['provision', '--root', 'one.root', '--broker', 'http://x', '--fleet', 'a', '--port', 'rover'],
      'is no broker',
    ],
    [
      'TLS without a certificate',
      ['provision', '--root', 'one.root', '--broker', 'mqtts://x', '--fleet', 'a', '--port', 'rover'],
      'needs --ca',
    ],
    [
      'a certificate that is none',
      [
        'provision',
        '--root',
        'one.root',
        '--broker',
        'mqtts://x',
        '--fleet',
        'a',
        '--ca',
        'one.root',
        '--port',
        'rover',
      ],
      'holds 0 certificates',
    ],
    [
      'a fleet with a slash',
      ['provision', '--root', 'one.root', '--broker', 'mqtt://x', '--fleet', 'a/b', '--port', 'rover'],
      "can't be the name of a fleet",
    ],
    ['an app without a key', ['flash', example('kalman'), '--port', 'rover'], 'belongs to robots.example'],
    [
      'an app by a key without the role',
      ['flash', example('kalman'), '--key', 'olga', '--port', 'rover'],
      '1 key with the role release must sign',
    ],
    [
      'an app by a key that the owner does not know',
      ['flash', example('kalman'), '--key', 'mallory', '--port', 'rover'],
      'role release must sign',
    ],
    ['stop without a key', ['stop', 'blink', '--port', 'rover'], 'so stop must be signed'],
    [
      'stop by a release key',
      ['stop', 'blink', '--key', 'alice', '--port', 'rover'],
      'lacks the role for it (a command is signed with the role operator: olga)',
    ],
    ['start by a stranger', ['start', 'blink', '--key', 'mallory', '--port', 'rover'], 'does not list'],
    ['erase without saying so', ['provision', '--erase', '--port', 'rover'], 'belongs to robots.example'],
  ])('refuses %s, and the app goes on', async (_, args, message) => {
    await refused(args, message);
    expect((await json('ps', ...on('rover')))['behaviours']).toMatchObject([{ behaviour: 'blink', status: 'running' }]);
  });

  it('takes signed apps and commands', async () => {
    for (const number of ['0', '1.5', '1e12'])
      await refused(
        ['flash', example('kalman'), '--key', 'alice', '--number', number, ...on('rover')],
        '--number takes a whole number',
      );
    const flashed = await json('flash', example('kalman'), '--key', 'alice', ...on('rover'));
    expect(flashed).toMatchObject({ same: false, sent: 1 });
    expect(flashed['ms'], 'the health window, unless somebody names a shorter one').toBeGreaterThan(5000);
    expect(await json('flash', example('kalman'), '--key', 'alice', ...on('rover'))).toMatchObject({ same: true });
    expect((await json('ps', ...on('rover')))['board']).toMatchObject({
      owner: { owner: 'robots.example', number: 1, root: 1 },
    });
    expect(await fine('param', 'set', 'kf.q', '0.1', '--key', 'olga', ...on('rover'))).toBe('0.1\n');
    await fine('stop', 'kf', '--key', 'olga', ...on('rover'));
    await fine('start', 'kf', '--key', 'olga', ...on('rover'));
    await refused(['param', 'set', 'kf.q', '0.2', ...on('rover')], 'so param.set must be signed');
    expect(await fine('param', 'get', 'kf.q', ...on('rover'))).toBe('0.1\n');
  }, 60_000);

  it('takes a bundle from a file, not twice, and none that is older', async () => {
    await fine(
      'bundle',
      example('topic'),
      '--root',
      'one.root',
      '--key',
      'alice',
      '--sequence',
      '5',
      ...BRIEF,
      '-o',
      'five.bundle',
    );
    await fine(
      'bundle',
      example('servo'),
      '--root',
      'one.root',
      '--key',
      'alice',
      '--sequence',
      '4',
      '-o',
      'four.bundle',
    );
    expect(await json('flash', 'five.bundle', ...on('rover'))).toMatchObject({ same: false });
    expect(await json('flash', 'five.bundle', ...on('rover'))).toMatchObject({ same: true });
    await refused(['flash', 'four.bundle', ...on('rover')], 'a newer bundle is already committed');
    // Another connection begins an upload and sends nothing: it gives way to an operator alone.
    const idle = await idleUpload(rover.tcp as number);
    const servo = ['flash', example('servo'), '--key', 'alice', '--number', '6', ...BRIEF, ...on('rover')];
    await refused(servo, "it gives way to an operator's --key");
    expect(await json(...servo, '--key', 'olga')).toMatchObject({ same: false });
    await idle.close();
    expect((await json('ps', ...on('rover')))['board']).toMatchObject({ owner: { number: 6 } });
  }, 60_000);

  it('takes an app that does not fit a bundle', async () => {
    writeFileSync(join(desk.folder, 'large.app'), largeImage());
    const done = await json('flash', 'large.app', '--key', 'alice', ...BRIEF, ...on('rover'));
    expect(done).toMatchObject({ same: false, sent: 1 });
    expect(Number(done['bytes'])).toBeGreaterThan(9000);
    expect((await json('ps', ...on('rover')))['behaviours']).toMatchObject([
      { behaviour: 'blink', size: expect.any(Number) as number },
    ]);
  }, 60_000);

  it('takes the next root document, and no older one', async () => {
    expect(await json('provision', '--root', 'two.root', ...on('rover'))).toMatchObject({ root: 2, same: false });
    expect(await json('provision', '--root', 'one.root', ...on('rover'))).toMatchObject({ root: 2, same: true });
    await refused(
      ['flash', example('blink'), '--key', 'alice', '--root', 'one.root', ...on('rover')],
      'root document 2',
    );
    // The copy that is kept is the newer one still.
    await fine('flash', example('blink'), '--key', 'bob', ...BRIEF, ...on('rover'));
  }, 60_000);

  it('takes nothing while its flash is damaged, until its owner repairs it', async () => {
    const flash = join(desk.folder, 'state', 'tars', 'boards', 'rover', 'flash.bin');
    const numbered = ['--key', 'bob', '--number', '9', ...BRIEF, ...on('rover')];
    await fine('flash', example('blink'), ...numbered);
    await refused(['repair', '--key', 'olga', '--number', '9', ...on('rover')], 'nothing to repair');
    await fine('board', 'stop', 'rover');
    const bytes = readFileSync(flash);
    for (const log of [0, 32768]) bytes[log + 40] = (bytes[log + 40] ?? 0) ^ 1; // the first record of both
    writeFileSync(flash, bytes);
    await desk.board({ name: 'rover' });
    expect(await fine('ps', ...on('rover'))).toContain('DAMAGED');
    await refused(['flash', example('blink'), ...numbered], 'the flash is damaged');
    await refused(['provision', '--root', 'two.root', ...on('rover')], 'the flash is damaged');
    await refused(['repair', '--number', '9', ...on('rover')], 'must be signed');
    await refused(['repair', '--key', 'mallory', '--number', '9', ...on('rover')], 'does not list');
    expect(await fine('repair', '--key', 'olga', '--number', '9', ...on('rover'))).toContain('repaired');
    await expect.poll(async () => (await tars('ps', ...on('rover'))).out).toContain('owned by robots.example');
    await refused(['flash', 'five.bundle', ...on('rover')], 'a newer bundle is already committed');
    await fine('flash', example('blink'), ...numbered);
  }, 60_000);

  it('is open again when it was erased', async () => {
    await fine('provision', '--erase', '--yes', ...on('rover'));
    await expect.poll(async () => (await tars('ps', ...on('rover'))).out).toContain('open: anybody');
    expect((await json('ps', ...on('rover')))['behaviours']).toEqual([]);
    await fine('flash', example('blink'), ...on('rover'));
  }, 60_000);
});
