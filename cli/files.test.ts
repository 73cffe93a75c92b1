/** Files that are written whole or not at all, and text files as editors of other systems write them. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSources } from './project/sources.js';
import { loadBoard } from './project/boards.js';
import { homePath } from './home.js';
import { startBoard } from './virtual/registry.js';
import { UserError } from './errors.js';
import { MOST_BYTES, readNamed, writeOutput, writeWhole } from './files.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tars-files-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

/** Runs a command line where no file may have more bytes than `blocks` of 1024: what a full disk does, without one. */
function onFullDisk(args: readonly string[], blocks = 0): { readonly exit: number | null; readonly err: string } {
  const { status, stderr } = spawnSync(
    'bash',
    ['-c', `ulimit -f ${blocks}; exec "$@"`, 'bash', process.execPath, homePath('cli/bin/tars.js'), ...args],
    {
      encoding: 'utf8',
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, TARS_PASSPHRASE: 'correct horse', NO_COLOR: '1' },
    },
  );
  return { exit: status, err: stderr };
}

it('writes a file whole, over another one or only where there is none, with its mode', () => {
  writeWhole(at('a'), 'one', { mode: 0o600 });
  writeWhole(at('a'), new Uint8Array([116, 119, 111]), { mode: 0o600 });
  expect(readFileSync(at('a'), 'utf8')).toBe('two');
  expect(statSync(at('a')).mode & 0o777).toBe(0o600);
  expect(() => writeWhole(at('a'), 'three', { fresh: true })).toThrow(/EEXIST/);
  writeWhole(at('b'), 'new', { fresh: true });
  expect(readFileSync(at('a'), 'utf8')).toBe('two');
  expect(() => writeWhole(at('none/b'), 'x')).toThrow(UserError);
  expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
});

it('keeps links, modes, and what is no file when it writes an output', () => {
  writeFileSync(at('real'), 'old');
  chmodSync(at('real'), 0o640);
  symlinkSync(at('real'), at('link'));
  writeOutput(at('link'), Buffer.from('new'));
  expect(readFileSync(at('real'), 'utf8')).toBe('new');
  expect(statSync(at('real')).mode & 0o777).toBe(0o640);
  writeOutput(at('link'), Buffer.from('newer'), { derived: true });
  expect(readFileSync(at('real'), 'utf8')).toBe('new');
  expect(readFileSync(at('link'), 'utf8')).toBe('newer');
  writeOutput('/dev/null', Buffer.from('new'));
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

it('leaves nothing of a new key, and an old output as it was, on a full disk; a build follows no link', () => {
  const made = onFullDisk(['keys', 'new', 'alice']);
  expect(made).toMatchObject({ exit: 3, err: expect.stringMatching(/can't write .*alice\.key \(EFBIG\)\n {2}cure: /) });
  expect(readdirSync(at('.config/tars/keys'))).toEqual([]);
  expect(onFullDisk(['keys', 'new', 'alice'], 8)).toMatchObject({ exit: 0 });
  writeFileSync(at('blink.wasm'), 'old');
  expect(onFullDisk(['build', homePath('examples/blink'), '-o', 'blink.wasm'])).toMatchObject({ exit: 3 });
  expect(readFileSync(at('blink.wasm'), 'utf8')).toBe('old');
  expect(readdirSync(folder).sort()).toEqual(['.config', 'blink.wasm']);
  rmSync(at('blink.wasm'));
  writeFileSync(at('victim'), 'old');
  symlinkSync('victim', at('blink.wasm'));
  expect(onFullDisk(['build', homePath('examples/blink')], 64)).toMatchObject({ exit: 0 });
  expect(readFileSync(at('victim'), 'utf8')).toBe('old');
});

it('lists the other keys when the file of one is damaged, as a cut of the power leaves it', () => {
  onFullDisk(['keys', 'new', 'alice'], 8);
  writeFileSync(at('.config/tars/keys/bob.key'), '', { mode: 0o600 });
  const { exit, err } = onFullDisk(['keys', 'list'], 8);
  expect({ exit, err }).toMatchObject({
    exit: 0,
    err: expect.stringMatching(/bob\.key.*remove it and make a new key/),
  });
});

it('reads project and board files with a byte order mark', async () => {
  mkdirSync(at('boards'));
  const text = readFileSync(homePath('boards/virtual.json'), 'utf8');
  writeFileSync(at('boards/mine.json'), `\ufeff${text}`);
  expect(loadBoard('mine', folder).name).toBe('virtual');
  writeFileSync(at('tars.toml'), '\ufeff[app]\r\nname = "a"\r\n[behaviours.b]\r\nfile = "b.tars"\r\n');
  writeFileSync(at('b.tars'), '\ufeffbehaviour b\r\n');
  expect(await readSources(folder)).toMatchObject({ name: 'a', behaviours: [{ source: '\ufeffbehaviour b\r\n' }] });
});

it('reads no behaviour outside of the folder of tars.toml, whose mistakes would be printed', async () => {
  mkdirSync(at('project'));
  mkdirSync(at('project/sub'));
  for (const name of ['secret', 'project/sub/b', 'project/..b']) writeFileSync(at(`${name}.tars`), 'behaviour b\n');
  const read = (file: string): Promise<unknown> => {
    writeFileSync(at('project/tars.toml'), `[app]\nname = "a"\n[behaviours.b]\nfile = "${file}"\n`);
    return Promise.resolve(readSources(at('project')));
  };
  for (const file of ['../secret.tars', 'sub/../../secret.tars', at('secret.tars'), '/', '..'])
    await expect(read(file)).rejects.toMatchObject({
      code: 'bad_project',
      message: expect.stringMatching(/tars\.toml:4: file in \[behaviours\.b\] leaves the folder .* copy the behaviour/),
    });
  for (const file of ['sub/b.tars', './sub/../sub/b.tars', '..b.tars'])
    await expect(read(file)).resolves.toMatchObject({ behaviours: [{ name: 'b' }] });
});

it('follows no link of a project out of it, for nothing that is read or written, and those inside of it', async () => {
  for (const name of ['p', 'p/sub', 'p/boards', 'p/.tars/boards/a', 'plain']) mkdirSync(at(name), { recursive: true });
  const toml = '[app]\nname = "a"\n[behaviours.b]\nfile = "b.tars"\n';
  for (const [name, text] of [
    ['secret', 'behaviour b\n'],
    ['p/sub/b.tars', 'behaviour b\n'],
    ['p/sub/p.toml', toml],
  ] as const)
    writeFileSync(at(name), text);
  const read = (path: string): Promise<unknown> => Promise.resolve().then(() => readSources(at(path)));
  const link = (target: string, path: string): void => (
    rmSync(at(path), { force: true }),
    symlinkSync(target, at(path))
  );
  const refused = { code: 'leaves_project', cure: expect.stringContaining('copy what it leads to') as string };
  // The user's own: links inside of the project, of whatever it reads, and a project that is itself behind a link.
  link('sub/p.toml', 'p/tars.toml');
  link('sub/b.tars', 'p/b.tars');
  link('p', 'q');
  for (const path of ['p', 'q', 'q/b.tars'])
    await expect(read(path)).resolves.toMatchObject({ behaviours: [{ source: 'behaviour b\n' }] });
  for (const target of ['../secret', at('secret')]) {
    link(target, 'p/b.tars');
    for (const path of ['p', 'q', 'p/b.tars']) await expect(read(path)).rejects.toMatchObject(refused);
    link(target, 'plain/b.tars');
    await expect(read('plain')).rejects.toMatchObject(refused);
  }
  await expect(read('plain/b.tars')).resolves.toMatchObject({ name: 'b' });
  link('../../secret', 'p/boards/x.json');
  expect(() => loadBoard('x', at('p'))).toThrow('leads out of');
  // A board that would write into a file of the user.
  link('../../../../secret', 'p/.tars/boards/a/flash');
  await expect(startBoard({ name: 'a', parent: process.pid }, at('p/.tars/boards'))).rejects.toThrow(
    'is a link, and tars writes to it',
  );
  link('../../../plain', 'p/.tars/boards/c');
  await expect(startBoard({ name: 'c', parent: process.pid }, at('p/.tars/boards'))).rejects.toThrow('leads out of');
  link('../secret', 'p/tars.toml');
  await expect(read('p')).rejects.toMatchObject(refused);
});

it.each([
  [Buffer.from('\ufeffbehaviour b\n', 'utf16le'), 'it begins as UTF-16'],
  [Buffer.from('behaviour b\n// Größe\n', 'latin1'), 'line 2 has bytes of another encoding'],
])('says of a source in another encoding that it is one, in one message', async (bytes, what) => {
  writeFileSync(at('b.tars'), bytes);
  await expect(readSources(at('b.tars'))).rejects.toMatchObject({
    code: 'not_utf8',
    message: expect.stringContaining(what),
  });
});

it('reads files only, of a bounded size, and says what else it was given', async () => {
  spawnSync('mkfifo', [at('pipe.tars')]);
  mkdirSync(at('folder.tars'));
  symlinkSync(at('loop.tars'), at('loop.tars'));
  symlinkSync(at('pipe.tars'), at('link.tars'));
  writeFileSync(at('large.tars'), '');
  truncateSync(at('large.tars'), 2 ** 31);
  writeFileSync(at('fits.tars'), '');
  truncateSync(at('fits.tars'), MOST_BYTES);
  for (const [name, what] of [
    ['pipe.tars', 'is a named pipe, not a file'],
    ['link.tars', 'is a named pipe, not a file'],
    ['folder.tars', 'is a folder, not a file'],
    ['loop.tars', 'these links lead to each other'],
    ['large.tars', `more than ${MOST_BYTES} bytes`],
    ['fits.tars/a', 'a part of this path is no folder'],
  ] as const) {
    const caught = await Promise.resolve()
      .then(() => readNamed(at(name)))
      .catch((error: unknown) => error);
    expect(caught).toBeInstanceOf(UserError);
    expect(caught).toMatchObject({ message: expect.stringContaining(what) as string });
  }
  expect(() => readNamed('/dev/zero')).toThrow('is a device, not a file');
  expect(readNamed(at('fits.tars'))).toHaveLength(MOST_BYTES);
  await expect(readSources(at('pipe.tars'))).rejects.toThrow('is a named pipe, not a file');
});
