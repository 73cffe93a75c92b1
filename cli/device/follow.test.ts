import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { untilEnd } from './follow.js';
import type { LinkClient } from '../transport/link.js';

it('tells that the board is gone to whoever waits, and is no crash while nobody does', async () => {
  let gone: (error: Error) => void = () => undefined;
  const unheard: unknown[] = [];
  const hear = (error: unknown): void => void unheard.push(error);
  process.on('unhandledRejection', hear);
  const { ended } = untilEnd({
    onGone: (listener: (error: Error) => void) => (gone = listener),
  } as unknown as LinkClient);
  gone(new Error('gone'));
  await turn();
  process.off('unhandledRejection', hear);
  expect(unheard).toEqual([]);
  await expect(ended).rejects.toThrow('gone');
});
