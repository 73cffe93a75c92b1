import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchFiles } from './watch.js';

let folder = '';
let end: () => void = () => undefined;
let calls = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tars-watch-'));
  calls = 0;
});
afterEach(() => {
  end();
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const watch = (...names: string[]): void => {
  end = watchFiles(names.map(at), () => Promise.resolve(void calls++));
};
const seen = (count: number): Promise<void> => expect.poll(() => calls, { timeout: 5000 }).toBe(count);

it('sees what a link leads to, and where else it leads', async () => {
  mkdirSync(at('elsewhere'));
  writeFileSync(at('elsewhere/a'), '1');
  writeFileSync(at('elsewhere/b'), '1');
  symlinkSync(at('elsewhere/a'), at('link'));
  watch('link');
  writeFileSync(at('elsewhere/a'), '2');
  await seen(1);
  symlinkSync(at('elsewhere/b'), at('new'));
  renameSync(at('new'), at('link'));
  await seen(2);
});

it('sees a folder that is replaced, and a file in the new one', async () => {
  mkdirSync(at('src'));
  writeFileSync(at('src/a'), '1');
  watch('src/a');
  mkdirSync(at('other'));
  writeFileSync(at('other/a'), '1');
  renameSync(at('src'), at('old'));
  renameSync(at('other'), at('src'));
  await seen(1);
  writeFileSync(at('src/a'), '22');
  await seen(2);
});

it('sees a file that appears later, and one that goes', async () => {
  watch('later');
  writeFileSync(at('later'), '1');
  await seen(1);
  rmSync(at('later'));
  await seen(2);
});
