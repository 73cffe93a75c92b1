/** The agent of a board that has no broker sleeps. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { addressOf, lacking, openBoard } from './board.js';

const LOOKS = 40,
  LOOK_MS = 37;

describe.skipIf(lacking)('a board without a broker', { timeout: 60_000 }, () => {
  it("doesn't look at its network a thousand times a second", async () => {
    const { qmp, close } = await openBoard();
    const [next, now] = [addressOf('xNextTaskUnblockTime'), addressOf('xTickCount')];
    try {
      let asleep = 0;
      for (let i = 0; i < LOOKS; i++, await sleep(LOOK_MS)) {
        await qmp.execute('stop'); // both words of one moment
        const ahead = (await qmp.word(next)) - (await qmp.word(now));
        await qmp.execute('cont');
        if (ahead > 2) asleep++;
      }
      expect(asleep, 'looks at which no task was to wake within 2 ms').toBeGreaterThan(LOOKS / 2);
    } finally {
      await close();
    }
  });
});
