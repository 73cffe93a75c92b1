/** The head of the log at the broker: signed after each command, and compared with the log when it is shown. */
import { createHash } from 'node:crypto';
import type { Signer } from '../../ota/host/envelope.js';
import { fromHex, toHex } from '../../ota/host/ids.js';
import { type LogHead, signLogHead } from '../../ota/host/log-head.js';
import { topicPath } from '../../ota/operator/topics.js';
import { auditPath, readAudit } from './audit.js';
import type { OpenFleet } from './open.js';
import { fleetFolder } from './state.js';

/** Name of a log: its first line has its time, user and computer in it, and stays. */
export const logName = (first: string): string => createHash('sha256').update(first).digest('hex').slice(0, 16);

/**
 * Signs what the log has come to, and keeps it at the broker. Nothing was written, or no key is at hand: nothing. A log
 * that lacks what was signed before isn't signed either: the head at the broker is what shows it.
 */
export async function anchorLog(
  { broker, fleet: { heads }, lost, place }: OpenFleet,
  signers: readonly Signer[],
): Promise<void> {
  const { root } = place.file;
  const fleet = place.settings.fleet;
  const { hashes, broken } = readAudit(auditPath(fleetFolder(root.owner, fleet)));
  const [first, last] = [hashes[0], hashes.at(-1)];
  if (first === undefined || last === undefined || broken !== undefined || signers.length === 0) return;
  if (compareHeads(hashes, [...heads.values()]).wrong !== undefined) return;
  const operator = logName(first);
  const head: LogHead = {
    vendor: root.vendor,
    fleet,
    operator,
    lines: hashes.length,
    hash: fromHex(last),
    timeS: Math.floor(Date.now() / 1000),
  };
  const bytes = signLogHead(head, signers);
  await Promise.race([broker.publish(topicPath(fleet, 'logHead', { operator }), bytes, { retain: true }), lost]);
}

export interface Compared {
  /** Why the log can't be the one that was signed; absent: it holds every head. */
  readonly wrong?: string;
  /** Heads of logs that are kept elsewhere. */
  readonly others: readonly LogHead[];
}

/** Compares a log with the heads that the broker keeps. */
export function compareHeads(hashes: readonly string[], heads: readonly LogHead[]): Compared {
  const own = hashes[0] === undefined ? undefined : logName(hashes[0]);
  const mine = heads.find(({ operator }) => operator === own);
  const others = heads.filter((head) => head !== mine);
  const when = ({ timeS }: LogHead): string => new Date(timeS * 1000).toISOString();
  if (mine && mine.lines > hashes.length)
    return { others, wrong: `it had ${mine.lines} lines at ${when(mine)}, and has ${hashes.length}` };
  if (mine && hashes[mine.lines - 1] !== toHex(mine.hash))
    return { others, wrong: `line ${mine.lines} is another one than was signed at ${when(mine)}` };
  return { others };
}
