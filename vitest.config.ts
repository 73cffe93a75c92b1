import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests on boards in real time take longest: they begin first, so that none of them is alone at the end. */
class BoardsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => ORDER.findIndex((folder) => moduleId.startsWith(folder));
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
const ORDER = ['hil-tests', 'cli', '.'].map((folder) => new URL(folder, import.meta.url).pathname);

const TESTS = ['boards', 'cli', 'examples', 'hal', 'hil-tests', 'ota', 'sdk'].map((room) => `${room}/**/*.test.ts`);
/** Those that put something in the place of a module of Node. */
const ALONE = ['cli/fleet/audit.test.ts', 'cli/fleet/open.test.ts'];

export default defineConfig({
  // Examples and tests import the public name; here it means the sources, not the bundle of the last build.
  resolve: { alias: { 'tars-sdk': new URL('./sdk/index.ts', import.meta.url).pathname } },
  test: {
    // CI's machine is shared, and a board, a broker or an emulator in real time may miss its moment there: what fails
    // twice in a row fails, and the list says what was tried again.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is polled is often said by a process that has to be started first.
    expect: { poll: { timeout: 20_000, interval: 100 } },
    // More than there are processors: half of the time is spent waiting for boards and brokers.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: BoardsFirst },
    // A worker loads what tests share once, and not for each file anew: their state lies in the processes of boards,
    // brokers and commands, and they leave nothing in their own.
    projects: [
      { extends: true, test: { name: 'shared', include: TESTS, exclude: ALONE, isolate: false } },
      { extends: true, test: { name: 'alone', include: ALONE, isolate: true } },
    ],
  },
});
