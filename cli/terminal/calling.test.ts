import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../../sdk/model/random.js';
import { UserError } from '../errors.js';
import { homePath } from '../home.js';
import { asCalled, callOf, commandLine, hint, lineAsCalled, rememberCall, shellWord } from './calling.js';

const folder = '/home/ada/rover';
const INSTALLED = { script: '/usr/bin/tars', env: { PATH: '/bin:/usr/bin' }, folder };
afterEach(() => rememberCall(INSTALLED));

describe('hints', () => {
  it.each([
    ['an installation', INSTALLED, 'tars'],
    ['npx', { ...INSTALLED, script: '/x/tars', env: { npm_command: 'exec' } }, 'npx tars'],
    ['a script of package.json', { ...INSTALLED, script: `${folder}/node_modules/.bin/tars`, env: {} }, 'npx tars'],
    ['a link that is not on the path', { ...INSTALLED, script: `${folder}/tars` }, './tars'],
    ['a link in another folder', { ...INSTALLED, script: '/opt/my tools/tars' }, "'/opt/my tools/tars'"],
    ['a clone', { ...INSTALLED, script: `${folder}/cli/bin/tars.js` }, 'node cli/bin/tars.js'],
    ['a clone elsewhere', { ...INSTALLED, script: '/a b/cli/bin/tars.js' }, "node '/a b/cli/bin/tars.js'"],
  ])('name the command as it can be typed: %s', (_, call, called) => {
    expect(callOf(call)).toBe(called);
    rememberCall(call);
    expect(asCalled('see `tars ps`, `tars` or `tarsier`, tars')).toBe(
      `see \`${called} ps\`, \`${called}\` or \`tarsier\`, tars`,
    );
    expect(hint`tars board stop ${'a b'}`).toBe(`\`${called} board stop 'a b'\``);
    expect(lineAsCalled('tars ps')).toBe(`${called} ps`);
    expect(new UserError('x', 'x', { cure: 'see `tars ps`' }).cure).toBe(`see \`${called} ps\``);
  });

  it('quote what a shell would take apart, so that it gets the same words', () => {
    const random = new Random(27);
    for (let run = 0; run < 40; run++) {
      const words = Array.from({ length: 5 }, () =>
        Array.from({ length: random.between(1, 12) }, () =>
          random.pick([...'ab/.-_\'"$`\\ *?;&|<>~!#(){}\n=é漢']),
        ).join(''),
      );
      const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${words.map(shellWord).join(' ')}`]);
      expect(stdout.toString().split('\0').slice(0, -1)).toEqual(words);
    }
    expect(commandLine`tars run ${'my app/blink.tars'} ${['--port', 'x y']} ${[]}`).toBe(
      "tars run 'my app/blink.tars' --port 'x y'",
    );
    expect(shellWord('examples/blink')).toBe('examples/blink');
  });

  it('all come from there', () => {
    const sources = ['cli', 'ota'].flatMap((root) =>
      readdirSync(homePath(root), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.ts$/.test(file) && !/(^|\/)(dev|testing)\/|\.test\.ts$/.test(file))
        .map((file) => `${root}/${file}`),
    );
    const wrong = sources.flatMap((file) => {
      const text = readFileSync(homePath(file), 'utf8');
      // A command with a value that nobody quotes; one that is printed as it stands here, not as it is called.
      const unquoted = text.match(/\\`[a-z]+ [^`\\]*\$\{[^`]*\\`/g) ?? [];
      const printed = text.match(/\b(out|note|say)\((?:[^;]*?[^t])??`tars [a-z][^;]*;/g) ?? [];
      return [...unquoted, ...printed.filter((line) => !/(hint|commandLine|asCalled)/.test(line))].map(
        (line) => `${file}: ${line}`,
      );
    });
    expect(wrong).toEqual([]);
  });
});
