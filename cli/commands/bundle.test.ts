import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRequest } from '../../ota/host/request.js';
import { packApp } from '../../ota/host/app.js';
import { decodeManifest, manifestBytes } from '../../sdk/image/index.js';
import { handmade } from '../../sdk/model/testing/handmade.js';
import { buildApp, boardFor } from '../compile/build.js';
import { loadRoot } from '../keys/root.js';
import { readSources } from '../project/sources.js';
import { homePath } from '../home.js';
import { clearError, Desk, exampleNames, makeKeys, MEMBER, PASSPHRASE, type Result } from '../testing/tars.js';

const desk = new Desk();
const tars = (...args: string[]): Promise<Result> => desk.tars(args, { env: { TARS_PASSPHRASE: PASSPHRASE } });
const file = (name: string): string => join(desk.folder, name);
const kalman = homePath('examples/kalman');

beforeAll(async () => {
  makeKeys(desk.folder, { alice: MEMBER, olga: ['operator'] });
  // The one whose file is looked at is made as operators make it.
  expect((await tars('keys', 'new', 'bob')).exit).toBe(0);
  const made = await tars(
    'keys',
    'root',
    'one.root',
    '--owner',
    'robots.example',
    '--member',
    'alice',
    'olga',
    '--key',
    'alice',
  );
  expect(made).toMatchObject({ exit: 0, err: '' });
}, 60_000);
afterAll(() => desk.dispose());

describe('tars keys', () => {
  it('writes files that only their owner reads, with the secret shut', async () => {
    const shown = JSON.parse((await tars('keys', 'show', 'bob', '--json')).out) as {
      file: string;
      publicKey: string;
      id: string;
      roles: string[];
    };
    expect(statSync(shown.file).mode & 0o777).toBe(0o600);
    expect(shown.publicKey.startsWith(shown.id)).toBe(true);
    expect(shown.roles).toEqual(['root', 'release']);
    expect(JSON.parse((await tars('keys', 'list', '--json')).out)).toMatchObject([
      { name: 'alice' },
      { name: 'bob' },
      { name: 'olga', roles: ['operator'] },
    ]);
  });

  it.each([
    ['a key twice', ['keys', 'new', 'alice'], 'already'],
    ['a name that is none', ['keys', 'new', '../alice'], "can't be the name"],
    ['a key that does not exist', ['keys', 'show', 'nobody'], 'there is no key nobody'],
    [
      'a root document that is there already',
      ['keys', 'root', 'one.root', '--owner', 'a.example', '--member', 'alice', '--key', 'alice'],
      'there is a file one.root already',
    ],
    ['a root document without an owner', ['keys', 'root', 'x.root', '--member', 'alice', '--key', 'alice'], '--owner'],
    [
      'an owner that is no domain',
      ['keys', 'root', 'x.root', '--owner', '../x', '--member', 'alice', '--key', 'alice'],
      'takes a domain',
    ],
    [
      'an empty owner',
      ['keys', 'root', 'x.root', '--owner', '', '--member', 'alice', '--key', 'alice'],
      'takes a domain',
    ],
    [
      'half a signature',
      ['keys', 'root', 'x.root', '--owner', 'a.example', '--member', 'alice', '--key', 'alice', '--threshold', '1.5'],
      'a whole number from 1',
    ],
    [
      'a threshold that nobody can meet',
      ['keys', 'root', 'x.root', '--owner', 'a.example', '--member', 'alice', '--key', 'alice', '--threshold', '2'],
      'threshold 2 for 1 keys',
    ],
    [
      'a sequence that does not fit',
      [
        'keys',
        'root',
        'x.root',
        '--after',
        'one.root',
        '--member',
        'alice',
        '--key',
        'alice',
        '--sequence',
        '4294967296',
      ],
      '--sequence',
    ],
    [
      'a rotation that the old keys did not sign',
      ['keys', 'root', 'x.root', '--after', 'one.root', '--member', 'bob', '--key', 'bob'],
      'keys of version 1',
    ],
  ])('refuses %s', async (_, args, message) => {
    const { exit, err } = await tars(...args);
    expect(exit).not.toBe(0);
    expect(err).toMatch(clearError);
    expect(err).toContain(message);
  });

  it('raises the number from which bundles count', async () => {
    expect(
      (
        await tars(
          'keys',
          'root',
          'far.root',
          '--after',
          'one.root',
          '--member',
          'alice',
          '--key',
          'alice',
          '--sequence',
          '5000',
        )
      ).exit,
    ).toBe(0);
    expect(loadRoot(file('far.root')).root).toMatchObject({ version: 2, epoch: 0, sequence: 5000 });
  });

  it('counts a key that is named twice once, and shows where a key is that lies elsewhere', async () => {
    expect(
      await tars(
        'keys',
        'root',
        'twice.root',
        '--owner',
        'a.example',
        '--member',
        'alice',
        'alice',
        '--key',
        'alice',
        'alice',
      ),
    ).toMatchObject({ exit: 0, out: expect.stringContaining('1 keys') as string });
    const copy = file('copy.key');
    writeFileSync(copy, readFileSync(file('.config/tars/keys/alice.key')), { mode: 0o600 });
    expect(JSON.parse((await tars('keys', 'show', copy, '--json')).out)).toMatchObject({ name: 'alice', file: copy });
  });

  it('refuses a key that others can read, and one without a passphrase', async () => {
    const open = file('open.key');
    writeFileSync(open, readFileSync(file('.config/tars/keys/alice.key')));
    chmodSync(open, 0o644);
    expect((await tars('keys', 'show', open)).err).toContain('others can read');
    const { err } = await desk.tars(['keys', 'new', 'carol']);
    expect(err).toMatch(clearError);
    expect(err).toContain('TARS_PASSPHRASE');
  });
});

describe('tars bundle', () => {
  it('gives bundles that are packed at once different numbers', async () => {
    const pack = (name: string): Promise<Result> =>
      tars('bundle', kalman, '--root', 'many.root', '--key', 'alice', '-o', name, '--json');
    expect(
      (await tars('keys', 'root', 'many.root', '--owner', 'many.example', '--member', 'alice', '--key', 'alice')).exit,
    ).toBe(0);
    const packed = await Promise.all(['a.bundle', 'b.bundle', 'c.bundle', 'd.bundle'].map(pack));
    const numbers = packed.map(({ out }) => (JSON.parse(out) as { sequence: number }).sequence);
    expect(numbers.sort()).toEqual([1, 2, 3, 4]);
  }, 60_000);

  it('packs, counts, and explains every field', async () => {
    const first = JSON.parse(
      (await tars('bundle', kalman, '--root', 'one.root', '--key', 'alice', '-o', 'k.bundle', '--json')).out,
    ) as { envelope: number; sequence: number };
    // The promise of docs/updates.md, here for the module that the compiler makes today.
    expect(first.envelope).toBeLessThanOrEqual(331);
    expect(first.sequence).toBe(1);
    const second = JSON.parse(
      (await tars('bundle', kalman, '--root', 'one.root', '--key', 'alice', '-o', 'k2.bundle', '--json')).out,
    ) as { sequence: number };
    expect(second.sequence).toBe(2);
    expect(second).toMatchObject({ load: 0, priority: 0 });
    const explained = await tars('inspect', 'k.bundle', '--json');
    expect(explained.exit).toBe(0);
    expect(JSON.parse(explained.out)).toMatchObject({ kind: 'bundle', sound: true });
    expect((await tars('inspect', 'one.root')).out).toContain('robots.example');
  });

  it('says which load and priority it grants', async () => {
    mkdirSync(file('rich'), { recursive: true });
    writeFileSync(file('rich/a.tars'), 'behaviour a\nevery 1s { log "on" }\n');
    const toml = '[app]\nname = "rich"\n[behaviours.a]\nfile = "a.tars"\nload = "30%"\npriority = 7\n';
    writeFileSync(file('rich/tars.toml'), toml);
    const { out } = await tars('bundle', 'rich', '--root', 'one.root', '--key', 'alice', '-o', 'rich.bundle');
    expect(out).toContain('granted: a load of at most 30.0 %, priorities up to 7');
  });

  it('signs nothing that the board has no time for', async () => {
    const module = handmade('(module (func (export "r") (param i32 i32)))', { name: 'x', sources: [[0, 1500]] });
    writeFileSync(file('busy.app'), packApp({ class: 'virtual', modules: [module] }));
    const { exit, err } = await tars('bundle', 'busy.app', '--root', 'one.root', '--key', 'alice', '-o', 'x.bundle');
    expect(exit).toBe(1);
    expect(err).toContain('the app takes 133.3 %');
  });

  it('shows damage, and names what breaks the template', async () => {
    const bytes = readFileSync(file('k.bundle'));
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    writeFileSync(file('bad.bundle'), bytes);
    expect(await tars('inspect', 'bad.bundle')).toMatchObject({
      exit: 1,
      out: expect.stringContaining('DOES NOT FIT') as string,
    });
    writeFileSync(file('cut.bundle'), bytes.subarray(0, 100));
    const { err } = await tars('inspect', 'cut.bundle');
    expect(err).toMatch(clearError);
    expect(err).toContain('too early');
  });

  it.each([
    ['a key without the role', ['--root', 'one.root', '--key', 'olga'], 'lacks the role'],
    ['a key that the root document lacks', ['--root', 'one.root', '--key', 'bob'], 'does not list'],
    ['no root document', ['--root', 'none.root', '--key', 'alice'], 'no file none.root'],
    ['something else as root document', ['--root', 'k.bundle', '--key', 'alice'], 'closed profile'],
    ['the number 0', ['--root', 'one.root', '--key', 'alice', '--sequence', '0'], 'sequence number must be'],
    ['a device that is none', ['--root', 'one.root', '--key', 'alice', '--device', 'abc'], '64 hexadecimal'],
  ])('refuses %s', async (_, args, message) => {
    const { exit, err } = await tars('bundle', kalman, ...args, '-o', 'x.bundle');
    expect(exit).not.toBe(0);
    expect(err).toMatch(clearError);
    expect(err).toContain(message);
  });

  it('says that a passphrase is wrong', async () => {
    const { err } = await desk.tars(['bundle', kalman, '--root', 'one.root', '--key', 'alice', '-o', 'x.bundle'], {
      env: { TARS_PASSPHRASE: 'wrong' },
    });
    expect(err).toMatch(clearError);
    expect(err).toContain('does not open it');
  });
});

describe('requests of modules', () => {
  it.each(exampleNames)('%s: read as the image decoder reads its manifest', async (name) => {
    const sources = await readSources(homePath(`examples/${name}`));
    const { behaviours } = await buildApp(sources, boardFor(sources, undefined));
    expect(packApp({ class: 'virtual', modules: behaviours.map(({ module }) => module) }).length).toBeGreaterThan(0);
    for (const { module } of behaviours) {
      const request = readRequest(module);
      const decoded = decodeManifest(manifestBytes(module) ?? new Uint8Array());
      if ('error' in request || !('manifest' in decoded)) throw new Error(`${name} has no manifest`);
      const { manifest } = decoded;
      expect(request).toMatchObject({ name: manifest.name, calls: manifest.calls });
      expect(request.uses.map(({ kind }) => kind)).toEqual(manifest.uses.map(({ kind }) => kind));
      for (const [i, { cells }] of request.uses.entries()) {
        for (const [field, { value }] of Object.entries(cells)) {
          const given = manifest.uses[i]?.fields[field];
          expect(value, field).toEqual(typeof given === 'object' ? given.float : given);
        }
      }
      expect([request.budget.stack, request.budget.memory]).toEqual(manifest.bounds.slice(0, 2));
    }
  });
});
