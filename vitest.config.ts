import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Examples and tests import the public name; here it means the sources, not the bundle of the last build.
  resolve: { alias: { 'tars-sdk': new URL('./sdk/index.ts', import.meta.url).pathname } },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'build/**', 'dist/**'],
    // CI's machine is shared, and a board, a broker or an emulator in real time may miss its moment there: what fails
    // twice in a row fails, and the list says what was tried again.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is polled is often said by a process that has to be started first.
    expect: { poll: { timeout: 20_000, interval: 100 } },
    // One more than vitest's own choice: half of the time is spent waiting for boards and brokers.
    maxWorkers: availableParallelism(),
  },
});
