/** Following a board: until the user ends it, the board goes away, or enough has come. */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from '../ends.js';
import type { LinkClient } from '../transport/link.js';

/** Quiet for so long means that the board has sent what it held. */
const QUIET_MS = 150;

/** Resolves on Ctrl-C, when the terminal is closed, or when `done` is called; rejects when the board goes away. */
export function untilEnd(link: LinkClient): { readonly ended: Promise<void>; done(): void } {
  let done = (): void => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    done = resolve;
    void interrupted().by.then(() => resolve());
    link.onGone(reject);
  });
  // Whoever is still asking the board something when it goes away hears of it there.
  ended.catch(() => undefined);
  return { ended, done };
}

/** Resolves when `count` has stopped growing: the end of a history that has no mark at its end. */
export async function untilQuiet(count: () => number): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await sleep(QUIET_MS);
  }
}
