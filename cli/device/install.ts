/**
 * Bringing an app onto a board: announce, send what the board lacks, swap, confirm. Used by `flash`, `run` and the
 * tests.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../hal/contract/index.js';
import { moduleDigest, type App } from '../../ota/host/app.js';
import { UserError } from '../errors.js';
import { readRows } from './rows.js';
import { listenForReasons } from './reasons.js';
import { upload, type UploadOptions } from './upload.js';
import type { Session } from './session.js';
import { BoardError } from '../transport/client.js';
import type { LinkClient } from '../transport/link.js';
import { shellWord } from '../terminal/calling.js';

/** How long an app runs as a trial before the host confirms it, and what is told meanwhile. */
export interface Trial {
  readonly healthMs: number;
  readonly onHealth?: (passed: { readonly ms: number; readonly of: number }) => void;
}

export interface InstallOptions {
  /** Without it the app is confirmed at once. */
  readonly trial?: Trial;
  /** true: flash; false: a dev app in RAM. */
  readonly store: boolean;
  readonly onProgress?: (progress: { readonly sent: number; readonly total: number }) => void;
}

export interface Installed {
  /** Exactly this app was committed and running already: nothing was written. */
  readonly same: boolean;
  /** Modules that were sent, by index, and their bytes. */
  readonly sent: readonly number[];
  readonly bytes: number;
  /**
   * Longest time between the last reaction of an old behaviour and the first of the new, microseconds of processor
   * time.
   */
  readonly gapUs: number;
}

/** The board checks, writes and swaps before it answers; flash is slow. */
const COMMIT = { timeoutMs: 5000, attempts: 4 } as const;

/** Installs an app. What goes wrong leaves the old app running; the board is told to drop what it received. */
export async function install({ link, hello }: Session, app: App, options: InstallOptions): Promise<Installed> {
  if (app.class !== hello.class) {
    throw new UserError(
      'class',
      `the app is built for boards of class ${app.class}, this one is of class ${hello.class}`,
      {
        cure: `build it with --board ${shellWord(hello.class)}, or choose another board with --port`,
      },
    );
  }
  if (app.modules.length > hello.slots) {
    throw new UserError(
      'nomem',
      `the app has ${app.modules.length} behaviours, the board has room for ${hello.slots}`,
      { cure: 'put fewer behaviours into the app' },
    );
  }
  const reasons = await listenForReasons(link);
  try {
    return await transfer(link, app, options);
  } catch (error) {
    await drop(link, error);
    throw error instanceof BoardError ? explain(error, app, await reasons.said()) : error;
  }
}

/**
 * Tells the board to drop what it received, or to end the trial, when it has refused something or the user has
 * interrupted it. The error that matters is the first one; a board that is gone can't be told anything.
 */
async function drop(link: LinkClient, error: unknown): Promise<void> {
  const ended = error instanceof UserError && error.code === 'interrupted';
  if (error instanceof BoardError || ended) await link.request('install.abort', {}).catch(() => undefined);
}

/** How often it is looked at whether the trial is still under way. */
const LOOK_MS = 250;

/** Waits until the health window has passed, or the board has ended the trial: it says why when it is confirmed. */
async function outlast(link: LinkClient, { healthMs, onHealth }: Trial): Promise<void> {
  const start = performance.now();
  for (;;) {
    const ms = performance.now() - start;
    if (ms >= healthMs) return;
    onHealth?.({ ms, of: healthMs });
    await sleep(Math.min(LOOK_MS, healthMs - ms));
    // A behaviour that the app before had too is not on trial.
    if (!(await readRows(link, 'list')).some(({ trial }) => trial)) return;
  }
}

async function transfer(link: LinkClient, app: App, { store, onProgress, trial }: InstallOptions): Promise<Installed> {
  const digests = Buffer.concat(app.modules.map(moduleDigest));
  const sizes = app.modules.map((module) => module.length);
  const { missing, same } = await link.request('install.begin', { class: app.class, store, digests, sizes }, COMMIT);
  if (same) return { same, sent: [], bytes: 0, gapUs: 0 };
  const moved = await sendMissing(link, app, missing, onProgress);
  const { gap } = await link.request('install.commit', {}, COMMIT);
  if (trial) await outlast(link, trial);
  await link.request('install.confirm', {}, COMMIT);
  return { same, ...moved, gapUs: gap };
}

/** Sends the modules that the board lacks. */
async function sendMissing(
  link: LinkClient,
  app: App,
  missing: number,
  onProgress: InstallOptions['onProgress'],
): Promise<Pick<Installed, 'sent' | 'bytes'>> {
  const sizes = app.modules.map((module) => module.length);
  const sent = sizes.flatMap((_, index) => ((missing >>> index) & 1 ? [index] : []));
  const total = sent.reduce((sum, index) => sum + (sizes[index] ?? 0), 0);
  let done = 0;
  for (const module of sent) {
    const bytes = app.modules[module] ?? new Uint8Array();
    for (let offset = 0; offset < bytes.length; offset += limits.chunk.value) {
      const data = bytes.subarray(offset, offset + limits.chunk.value);
      await link.request('install.data', { module, offset, data }, COMMIT);
      done += data.length;
      onProgress?.({ sent: done, total });
    }
  }
  return { sent, bytes: total };
}

/** A signed bundle on its way over the link; the app is that of its payload. */
export interface BundleInstall {
  readonly bytes: Uint8Array;
  readonly app: App;
  readonly onProgress?: InstallOptions['onProgress'];
  readonly trial?: Trial;
  /** Ends the trial: on a board with an owner it may have to be signed. */
  readonly confirm: () => Promise<void>;
  /** Begins the upload with an operator's signature, if there is a key. */
  readonly sign?: UploadOptions['sign'];
}

/** Installs a bundle on a board with an owner: the very bytes that a broker would bring. */
export async function installBundle(
  { link }: Session,
  { bytes, app, onProgress, trial, confirm, sign }: BundleInstall,
): Promise<Installed> {
  const reasons = await listenForReasons(link);
  try {
    const total = bytes.length;
    const { same, detached } = await upload(link, 'bundle', bytes, {
      onProgress: (sent) => onProgress?.({ sent, total }),
      ...(sign && { sign }),
    });
    if (same) return { same, sent: [], bytes: 0, gapUs: 0 };
    let moved: Pick<Installed, 'sent' | 'bytes'> = { sent: app.modules.map((_, index) => index), bytes: total };
    if (detached) {
      const digests = Buffer.concat(app.modules.map(moduleDigest));
      const begun = await link.request(
        'install.begin',
        { class: app.class, store: true, digests, sizes: app.modules.map((module) => module.length) },
        COMMIT,
      );
      const { sent, bytes: more } = await sendMissing(link, app, begun.missing, onProgress);
      moved = { sent, bytes: total + more };
    }
    const { gap } = await link.request('install.commit', {}, COMMIT);
    if (trial) await outlast(link, trial);
    await confirm();
    return { same: false, ...moved, gapUs: gap };
  } catch (error) {
    if (!(error instanceof BoardError)) await drop(link, error);
    throw error instanceof BoardError ? explain(error, app, await reasons.said()) : error;
  }
}

/** Says it in the words of an installation, with the numbers that the board's error code can't carry. */
function explain({ row, code }: BoardError, app: App, said: readonly string[]): BoardError {
  const sizes = app.modules.map((module) => module.length);
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const detail =
    code === 'nospace'
      ? `: the app has ${size} bytes`
      : code === 'nomem'
        ? `: the largest module has ${Math.max(...sizes)} bytes`
        : code === 'busy'
          ? ": another connection sends something; where the board has an owner, it gives way to an operator's --key"
          : '';
  const why = said.length > 0 ? ` (${said.join('; ')})` : '';
  return new BoardError(
    row,
    (text) => `the board refused the app: ${text}${detail}${why}; what ran before goes on`,
    true,
  );
}
