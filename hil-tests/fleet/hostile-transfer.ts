/**
 * Attacks on what a board fetches: the bundle comes without its app, and the broker brings something else than was
 * asked for.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeBody, fleet } from '../../sdk/wire/index.js';
import { arm } from './hostile-apps.js';
import { flip } from './hostile-attacks.js';
import { type Answer, HEALTH_MS, NEXT, OLD, type Stage, type Victim } from './hostile-stage.js';
import { serveBlobs } from './operator.js';

/** What comes instead of a chunk (by its number) or of the `index`; undefined: nothing. */
type Change = (name: string, bytes: Uint8Array) => Uint8Array | undefined;

export interface TransferAttack {
  readonly name: string;
  readonly answer: Answer;
  /** Phases that the board reports besides, because it had received everything before it noticed. */
  readonly also?: readonly string[];
  /** Pulses of the app that is signed, and of the one that is brought. */
  readonly signed: number;
  readonly brought: number;
  readonly change: Change;
}

const onIndex =
  (change: (bytes: Uint8Array) => Uint8Array) =>
  (name: string, bytes: Uint8Array): Uint8Array =>
    name === 'index' ? change(bytes) : bytes;
const onChunks =
  (change: (bytes: Uint8Array) => Uint8Array | undefined): Change =>
  (name, bytes) =>
    name === 'index' ? bytes : change(bytes);

export const transfers: readonly TransferAttack[] = [
  {
    name: 'tampers: a bit of a chunk',
    answer: 'failed digest',
    signed: 1310,
    brought: 1310,
    change: onChunks(flip(-1)),
  },
  {
    name: 'tampers: the size of a module in the index',
    answer: 'failed payload_size',
    signed: 1320,
    brought: 1320,
    change: onIndex(flip(-1)),
  },
  {
    name: 'tampers: an index that is none',
    answer: 'failed invalid',
    signed: 1330,
    brought: 1330,
    change: onIndex((bytes) => bytes.slice(0, -1)),
  },
  {
    name: 'mixes: the chunks of another app',
    answer: 'failed digest',
    signed: 1340,
    brought: 1340,
    change: onChunks(() => arm(1350)[1]),
  },
  {
    name: 'mixes: index and chunks of another app of the same size',
    answer: 'rejected payload_digest',
    also: ['received'],
    signed: 1360,
    brought: 1370,
    change: (_, bytes) => bytes,
  },
  {
    name: 'mixes: the index of a longer app',
    answer: 'failed payload_size',
    signed: 1380,
    brought: 1380,
    change: onIndex(() =>
      encodeBody(fleet.index, {
        class: 'virtual',
        digests: new Uint8Array(8 * 32),
        sizes: Array<number>(8).fill(65_536),
      }),
    ),
  },
];

/** Has a board fetch an app, and brings what the attack says. Returns the bytes of the bundle. */
export async function bring(
  stage: Stage,
  victim: Victim,
  { signed, brought, change }: Pick<TransferAttack, 'signed' | 'brought' | 'change'>,
): Promise<() => void> {
  const options = { number: NEXT, healthMs: HEALTH_MS, detached: true };
  const right = stage.owner.bundle(arm(signed), options);
  const other = stage.owner.bundle(arm(brought), options);
  // The index is asked for by the digest of the signed app.
  const { stop } = serveBlobs(stage.operator, { app: other.app, image: right.image }, change);
  await stage.operator.publish(victim.topic('desired'), right.bytes);
  return stop;
}

/** Ends what a board fetches: what comes newly is refused at once. */
export async function endFetching(stage: Stage, victim: Victim): Promise<void> {
  const since = stage.mark();
  await stage.operator.publish(victim.topic('desired'), stage.bundle(OLD));
  await stage.until('the end of fetching', () => victim.reports(since).includes('rejected rollback'));
}

/** Drips a packet byte by byte; the connection is of no other use meanwhile. */
export async function drip(
  stage: Stage,
  victim: Victim,
  packet: Uint8Array,
  bytes: number,
  everyMs: number,
): Promise<void> {
  for (let i = 0; i < bytes; i++) {
    await stage.broker.raw(victim.id, packet.subarray(i, i + 1));
    await sleep(everyMs);
  }
  await stage.broker.raw(victim.id, packet.subarray(bytes));
}
