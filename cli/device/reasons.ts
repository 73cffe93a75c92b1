/**
 * Why a board refused an app or ended a trial. Its answers carry a code only; what it says beside that goes into its
 * log, and whoever asked must not need to have looked there.
 */
import { errors } from '../../hal/contract/index.js';
import type { LinkClient } from '../transport/link.js';
import { UserError } from '../errors.js';
import { showLine } from '../terminal/values.js';
import { untilQuiet } from './follow.js';

/** How the board's notes about its broker begin: they are no reasons for a refusal over the link. */
const BROKER = 'broker: ';

/** What the board has logged about itself since a time of its clock; nothing if it doesn't answer any more. */
export async function loggedReasons(link: LinkClient, since: number | bigint): Promise<readonly string[]> {
  const lines: string[] = [];
  const off = link.on('log', (event) => {
    if (event.behaviour === '' && event.time >= since && !event.text.startsWith(BROKER)) lines.push(showLine(event));
  });
  try {
    await link.request('logs', { on: true, history: true });
    await untilQuiet(() => lines.length);
    await link.request('logs', { on: false, history: false });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  off();
  return [...new Set(lines)];
}

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
