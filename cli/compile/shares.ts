/**
 * Whether a board has the processor time for the behaviours of an app: what each takes, how long its events may have to
 * wait for the others, and what is below the least that the board takes.
 */
import type { BoardFile } from '../../boards/schema.js';
import { limits } from '../../hal/contract/index.js';
import { belowFloor, type Manifest } from '../../sdk/image/index.js';
import {
  deadlineOf,
  type EntryTime,
  entryTimes,
  loadOf,
  needOf,
  paceOf,
  shareOf,
  takesOf,
} from '../../sdk/timing/index.js';
import { responsesUs } from '../../sdk/timing/response.js';
import { UserError } from '../errors.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { percent, showDuration } from '../terminal/values.js';

/** What of a board decides how much time it has. */
export type Clock = Pick<BoardFile, 'name' | 'speed' | 'floors'> & {
  readonly budgets: Pick<BoardFile['budgets'], 'reactionUs'>;
};

/** A behaviour, and the places in tars.toml where its deployment is said. */
export interface Timed {
  readonly manifest: Manifest;
  readonly places?: Readonly<Record<string, string>> | undefined;
}

/** What a behaviour takes of a board. Shares are in permille of the processor's time. */
export interface Share extends Timed {
  readonly entries: readonly EntryTime[];
  readonly need: number;
  /** What others can't have. */
  readonly takes: number;
  readonly load: number;
  readonly responseUs: number;
  readonly deadlineUs: number;
}

export function sharesOf(behaviours: readonly Timed[], board: Clock): Share[] {
  const pace = paceOf(board);
  const responses = responsesUs(
    behaviours.map(({ manifest }) => manifest),
    pace,
  );
  return behaviours.map((behaviour, i) => {
    const { manifest } = behaviour;
    const entries = entryTimes(manifest, pace);
    const need = needOf(entries);
    return {
      ...behaviour,
      entries,
      need,
      takes: takesOf(manifest, entries),
      load: loadOf(manifest, pace),
      responseUs: responses[i] ?? Infinity,
      deadlineUs: deadlineOf(manifest),
    };
  });
}

/** Throws a UserError if the board would refuse the behaviours, or one of them would not get its time. */
export function checkShares(behaviours: readonly Timed[], board: Clock): void {
  for (const behaviour of behaviours) checkFloors(behaviour, board);
  const shares = sharesOf(behaviours, board);
  for (const share of shares) checkLoad(share, board);
  const sum = shares.reduce((all, { takes }) => all + takes, 0);
  if (sum > limits.load_whole.value)
    throw new ShareError(`the app takes ${percent(sum)} of the processor's time of ${board.name}`, shares, {
      cure: 'make the shortest periods longer, do less in their reactions, or leave a behaviour out',
    });
  for (const share of shares) checkResponse(share, shares, board);
}

function checkFloors({ manifest, places }: Timed, { name: board, floors }: Clock): void {
  const why = belowFloor(manifest, floors);
  if (why === undefined) return;
  const key = why.startsWith('restart') ? 'restart' : 'deadline';
  throw new UserError('floor', `${at(places, key)}${manifest.name} has a ${why} on ${board}`, {
    cure: 'make it longer; the `floors` of the board file say how long',
  });
}

function checkLoad({ manifest, places, need }: Share, { name: board }: Clock): void {
  const { name, load } = manifest;
  if (load === 0 || load >= need) return;
  throw new UserError(
    'load',
    `${at(places, 'load')}${name} declares a load of ${percent(load)}, its periods need ${percent(need)} of ${board}`,
    { cure: `write load = "${(Math.ceil(need) / 10).toFixed(1)}%" or more, or leave it out` },
  );
}

/** Refuses a behaviour whose events would wait longer than its deadline, or for ever. */
function checkResponse(share: Share, shares: readonly Share[], { name: board }: Clock): void {
  const { manifest, responseUs, deadlineUs, places } = share;
  if (responseUs <= deadlineUs && responseUs < Infinity) return;
  const { name, deadline } = manifest;
  const why =
    responseUs === Infinity
      ? `those that go first leave ${name} no time on ${board}`
      : `an event of ${name} may take ${showDuration(responseUs)} on ${board}, ` +
        `its deadline is ${showDuration(deadlineUs)}`;
  throw new ShareError(`${deadline > 0 ? at(places, 'deadline') : ''}${why}`, shares, {
    cure: 'give it a higher priority or a longer deadline in tars.toml, or let the others come less often or do less',
  });
}

const at = (places: Timed['places'], key: string): string => (places?.[key] === undefined ? '' : `${places[key]}: `);

/** The app doesn't fit: with a table of who takes what. */
class ShareError extends UserError {
  private readonly shares: readonly Share[];

  constructor(message: string, shares: readonly Share[], { cure }: { cure: string }) {
    super('overload', message, { cure });
    this.shares = shares;
  }

  override details(terminal: Terminal): Promise<{ text: string; json: object }> {
    const rows = [...this.shares]
      .sort((a, b) => b.manifest.priority - a.manifest.priority)
      .map(({ manifest: { name, priority }, takes, entries, responseUs, deadlineUs }) => [
        name,
        String(priority),
        percent(takes),
        mostOf(entries),
        showDuration(responseUs),
        showDuration(deadlineUs),
      ]);
    const head = ['BEHAVIOUR', 'PRIORITY', 'TAKES', 'MOST FOR', 'ANSWERS WITHIN', 'DEADLINE'];
    return Promise.resolve({
      text: table([head, ...rows], terminal).join('\n'),
      json: { shares: this.shares.map(shareJson) },
    });
  }
}

/** The period that takes most. */
function mostOf(entries: readonly EntryTime[]): string {
  const [most] = entries.filter(({ periodUs }) => periodUs !== undefined).sort((a, b) => shareOf(b) - shareOf(a));
  return most?.periodUs === undefined ? '' : `every ${showDuration(most.periodUs)}, ${percent(shareOf(most))}`;
}

/** For programs; what has no bound is left out. */
export const shareJson = ({
  manifest: { name, priority },
  need,
  takes,
  load,
  responseUs,
  deadlineUs,
}: Share): object => ({
  name,
  priority,
  need: Number(need.toFixed(3)),
  takes: Number(takes.toFixed(3)),
  load,
  ...(responseUs < Infinity && { responseUs: Math.ceil(responseUs) }),
  ...(deadlineUs < Infinity && { deadlineUs }),
});

/** Reactions for which the compiler's bound says that the board may abandon them, a line each. */
export function slowReactions(
  { manifest: { name }, entries }: Share,
  events: readonly string[],
  { name: board, budgets: { reactionUs } }: Clock,
): string[] {
  const slow = entries.map(({ costNs }, i) => ({ us: costNs / 1000, event: events[i] ?? '' }));
  return slow
    .filter(({ us }) => us > reactionUs)
    .map(
      ({ us, event }) =>
        `\`${event}\` of ${name} may take ${showDuration(us)}, ${board} abandons a reaction after ` +
        `${showDuration(reactionUs)}: do less in it, or spread it over several events`,
    );
}
