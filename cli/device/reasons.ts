/**
 * Why a board refused an app or ended a trial. Its answers carry a code only; what it says beside that goes into its
 * log, and whoever asked must not need to have looked there.
 */
import { errors } from '../../hal/contract/index.js';
import type { LinkClient } from '../transport/link.js';
import { showLine } from '../terminal/values.js';
import { untilQuiet } from './follow.js';

export interface Reasons {
  /** What the board has said since, in order; waits for what is on its way. */
  said(): Promise<readonly string[]>;
}

/** Listens from now on. */
export async function listenForReasons(link: LinkClient): Promise<Reasons> {
  const lines: string[] = [];
  const add = (line: string): void => void (lines.includes(line) || lines.push(line));
  link.on('log', (event) => {
    if (event.behaviour === '') add(showLine(event));
  });
  link.on('status', ({ behaviour, code }) => {
    const reason = errors.find((row) => row.code === code);
    if (reason) add(`${behaviour}: ${reason.text}`);
  });
  await link.request('logs', { on: true, history: false });
  return {
    async said() {
      await untilQuiet(() => lines.length);
      return lines;
    },
  };
}
