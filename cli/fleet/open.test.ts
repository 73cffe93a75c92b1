import { hostname } from 'node:os';
import { expect, it, vi } from 'vitest';
import { whoAmI } from './audit.js';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  userInfo: () => {
    throw new Error('no entry');
  },
}));

it('says who pushes for a user without a name, as in a container', () => {
  expect(whoAmI()).toBe(`${process.getuid?.()}@${hostname()}`);
});
