/**
 * The clock of this computer, before something is signed with its time: a board has no other clock, and keeps the
 * newest time that it has seen.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Root } from '../../ota/host/root.js';
import type { Device } from '../../ota/operator/devices.js';
import { UserError } from '../errors.js';
import { writeWhole } from '../files.js';
import { settingsFolder } from '../keys/keystore.js';

/** Two computers differ by so much without anybody noticing. */
const SLACK_S = 120;
/** So long nobody signs nothing; more is a clock that jumped. */
const JUMP_S = 400 * 86_400;

/** The newest time that was signed on this machine for a fleet, and the root document of then. */
interface Signed {
  readonly timeS: number;
  readonly root: number;
}

const pathOf = ({ owner }: Root, fleet: string): string => join(settingsFolder(), 'rolls', `${owner}.${fleet}.time`);

/** What can't be read is no evidence. */
function readSigned(path: string): Signed | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const { timeS, root } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Signed>;
    return typeof timeS === 'number' && typeof root === 'number' ? { timeS, root } : undefined;
  } catch {
    return undefined;
  }
}

const day = (seconds: number): string =>
  seconds > 8e12 ? `second ${seconds}` : new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');

export interface ClockCheck {
  readonly root: Root;
  readonly fleet: string;
  /** When the roll in force was signed, by whomever. */
  readonly rollS: number | undefined;
  readonly nowMs: number;
  /** The user says so. */
  readonly isRight: boolean;
}

/**
 * Throws a UserError if the clock is behind what was signed before, or far ahead of it; else remembers the time. A root
 * document that sets the time of boards ends what was signed before it.
 */
export function checkClock({ root, fleet, rollS, nowMs, isRight }: ClockCheck): void {
  const now = Math.floor(nowMs / 1000);
  const path = pathOf(root, fleet);
  const kept = readSigned(path);
  const ended = kept && root.timeS !== undefined && kept.root < root.version;
  const seen = Math.max(ended ? 0 : (kept?.timeS ?? 0), ended ? 0 : (rollS ?? 0));
  if (seen > 0 && !isRight && now < seen - SLACK_S)
    throw new UserError(
      'past',
      `the clock of this computer says ${day(now)}, and something was signed for the fleet ${fleet} at ${day(seen)}`,
      { cure: 'set the clock; if it is right and that one was ahead, add --clock-is-right' },
    );
  if (seen > 0 && !isRight && now > seen + JUMP_S)
    throw new UserError(
      'future',
      `the clock of this computer says ${day(now)}, and nothing was signed for the fleet ${fleet} since ${day(seen)}`,
      { cure: 'set the clock; if it is right, add --clock-is-right' },
    );
  mkdirSync(join(settingsFolder(), 'rolls'), { recursive: true, mode: 0o700 });
  writeWhole(path, JSON.stringify({ timeS: now, root: root.version } satisfies Signed), { mode: 0o600 });
}

/** What to tell of devices that have seen a time that hasn't come yet; each concerns itself only. */
export function aheadNotes(devices: readonly Device[], nowMs: number): readonly string[] {
  const now = Math.floor(nowMs / 1000);
  const ahead = devices.filter(({ birth }) => birth.time > now + SLACK_S);
  const [first] = ahead;
  if (!first) return [];
  const more = ahead.length > 1 ? ` and ${ahead.length - 1} more have` : ' has';
  return [
    `${first.name}${more} seen a time that hasn't come yet (${day(Number(first.birth.time))}): what is signed now ` +
      'says nothing to it about what is newest. If the clock of this computer is right, ' +
      '`tars keys root --after --set-time` makes a root document that takes it back',
  ];
}
