/** What a virtual board is called that was given no name: as its folder, as far as a name goes. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { BoardRig } from '../board-rig.js';
import { loadDescription } from '../description.js';

const folder = mkdtempSync(join(tmpdir(), 'tars-name-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  { state: 'arm', name: 'arm' },
  { state: 'leg/', name: 'leg' },
  { state: 'a-very-long-name-of-31-bytes-asüber', name: 'a-very-long-name-of-31-bytes-as' },
])('$state', async ({ state, name }) => {
  mkdirSync(join(folder, state));
  const rig = await BoardRig.open(loadDescription('virtual'), { state: `${folder}/${state}` });
  expect(rig.hello.device).toBe(name);
  await rig.close();
});
