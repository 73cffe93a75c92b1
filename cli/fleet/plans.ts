/** Plans that `tars ota` carries out: a push, a rollback, one that is gone on with, and one that is stopped. */
import { unpackApp, type App } from '../../ota/host/app.js';
import type { Device } from '../../ota/operator/devices.js';
import { isStillSigned, makePlan, nextFor, runsApp, unfinished, type PlanInput } from '../../ota/operator/plan.js';
import { rollbacks, type Rollback } from '../../ota/operator/rollback.js';
import { isEnd } from '../../ota/operator/rollout.js';
import type { StoredPlan } from '../../ota/operator/store.js';
import { checkRoom } from '../compile/fits.js';
import { appFor, roomOf } from '../compile/image.js';
import { readBundle } from '../device/install-owned.js';
import { UserError } from '../errors.js';
import type { KeyRing } from '../keys/keyring.js';
import { lastSequence, noteSequence } from '../keys/keystore.js';
import { approve } from '../terminal/approve.js';
import type { Terminal } from '../terminal/terminal.js';
import { aheadNotes } from './clock.js';
import type { FleetArgs, FleetPlace, OpenFleet } from './open.js';
import { groupsOf } from './settings.js';
import type { SqliteStore } from './store.js';
import { checkRoot, cureOf, otherRootError, selectDevices, unfinishedError } from './targets.js';

/** What is done to a fleet. */
export type Change = 'push' | 'rollback' | 'stop';

/** What the user said. */
export interface Options extends FleetArgs {
  readonly path?: string | undefined;
  readonly key: readonly string[];
  readonly device: readonly string[];
  readonly group: readonly string[];
  readonly canary?: number | undefined;
  readonly percent: string;
  readonly abortOn: number;
  readonly abortMin: number;
  readonly health: number;
  readonly timeout: number;
  readonly board?: string | undefined;
  readonly takeOver: boolean;
  /** Nobody is asked. */
  readonly yes: boolean;
  readonly number?: number | undefined;
}

/** One run of `tars ota`: what the user wants, and the fleet that is open. */
export interface Context {
  readonly action: Change;
  readonly options: Options;
  readonly place: FleetPlace;
  readonly store: SqliteStore;
  readonly ring: KeyRing;
  readonly opened: OpenFleet;
  readonly terminal: Terminal;
  /** Devices that couldn't take what was pushed. */
  readonly left: Set<string>;
}

/** Makes a plan when its turn comes; undefined: nothing is to be done. */
export type Make = () => StoredPlan | undefined | Promise<StoredPlan | undefined>;

/**
 * What is to be carried out, one after the other: the plan of an earlier run that is gone on with, and new ones, one
 * for each class of board.
 */
export async function plansOf(context: Context): Promise<readonly Make[]> {
  const {
    action,
    options,
    store,
    opened: { fleet },
    place,
  } = context;
  if (action === 'stop') return [() => stopPlan(context)];
  checkRoot(place.file.root, fleet.newestRoot);
  const open = unfinished(store);
  const devices = selectDevices(fleet.devices.list(), {
    devices: options.device,
    groups: groupsOf(place.settings.fleet, options.group),
  });
  if (devices.length === 0) throw nobodyError(place, fleet.devices.strangers().list.length);
  for (const note of aheadNotes(devices, Date.now())) context.terminal.note(note);
  if (open && !isStillSigned(open, place.file.root)) throw otherRootError(open);
  if (open?.kind === 'push' && action === 'rollback') throw unfinishedError(open);
  if (action === 'rollback') return rollbackPlans(context, devices, open);
  const apps = await appsOf(context, devices);
  const begun = open?.kind === 'push' ? apps.find((app) => sameApp(open, app, store)) : undefined;
  if (open && !begun) throw unfinishedError(open);
  const startedMs = open?.startedMs ?? Date.now();
  const able = apps.filter((app) => app !== begun && devices.some((device) => device.class === app.class));
  if (!open && able.length === 0)
    throw new UserError(
      'nothing_to_push',
      `the app is for boards of class ${apps[0]?.class ?? ''}, the devices are of class ` +
        `${[...new Set(devices.map((device) => device.class))].join(', ')}`,
      { cure: 'build it with --board for them, or choose others with --device' },
    );
  return [
    ...(open ? [() => resume(context, open)] : []),
    ...able.map(
      (app): Make =>
        () =>
          pushPlan(context, { app, startedMs }, devices),
    ),
  ];
}

/** A new plan for the devices of the app's class; undefined if all of them run it. */
function pushPlan(
  context: Context,
  { app, startedMs }: { readonly app: App; readonly startedMs: number },
  devices: readonly Device[],
): StoredPlan | undefined | Promise<StoredPlan> {
  const { terminal, options } = context;
  const able = devices.filter((device) => device.class === app.class);
  const left = able.filter((device) => !runsApp(device, app));
  if (left.length === 0) {
    const number = Math.max(...able.map(({ birth }) => birth.number));
    if (terminal.json) terminal.out(JSON.stringify({ state: 'nothing', devices: able.length, number }));
    else
      terminal.out(
        `nothing to push: ${able.length === 1 ? 'the device runs' : `all ${able.length} devices run`} this app ` +
          `already (bundle ${number})`,
      );
    return undefined;
  }
  const behind = leftBehind(context, app, left);
  return behind
    ? resume(context, behind)
    : newPlan(context, { app, label: options.path ?? '', kind: 'push', startedMs }, left);
}

/**
 * The last push, if it brought this app, and all who lack it were off line when it ended: they are waited for under its
 * number. What doesn't fit a message is sent only while somebody pushes.
 */
function leftBehind({ store, place }: Context, app: App, left: readonly Device[]): StoredPlan | undefined {
  const [last] = store.plans();
  if (last?.state !== 'done' || !sameApp(last, app, store) || !isStillSigned(last, place.file.root)) return undefined;
  const sent = new Set(
    store
      .steps(last.plan)
      .filter(({ state }) => !isEnd(state))
      .map(({ device }) => device),
  );
  return left.every(({ id }) => sent.has(id)) ? { ...last, state: 'running' } : undefined;
}

/**
 * What is pushed. Sources are built for each class of the devices, a bundle or an app image is for the class that it
 * names.
 */
async function appsOf({ options, terminal }: Context, devices: readonly Device[]): Promise<readonly App[]> {
  const { path = '', board } = options;
  const bundle = readBundle(path);
  if (bundle) {
    checkRoom(bundle.app.modules, roomOf(bundle.app.class));
    return [bundle.app];
  }
  const apps: App[] = [];
  for (const boardClass of new Set(devices.map((device) => device.class))) {
    const app = await appFor(path, { boardClass, board }, terminal);
    checkRoom(app.modules, roomOf(app.class));
    if (!apps.some((each) => each.class === app.class)) apps.push(app);
  }
  return apps;
}

function appOfPlan({ image }: StoredPlan, store: SqliteStore): App | undefined {
  const bytes = store.payload(image);
  return bytes && unpackApp(bytes);
}

function sameApp(stored: StoredPlan, app: App, store: SqliteStore): boolean {
  const before = appOfPlan(stored, store);
  return (
    before !== undefined &&
    before.class === app.class &&
    before.modules.length === app.modules.length &&
    before.modules.every((module, index) => Buffer.from(module).equals(app.modules[index] as Uint8Array))
  );
}

function resume({ terminal }: Context, stored: StoredPlan): StoredPlan {
  terminal.note(
    `going on with bundle ${stored.plan.number}, which was begun at ${new Date(stored.startedMs).toISOString()}`,
  );
  return stored;
}

/** Nobody to push to: and if there are strangers, who might be meant. */
const nobodyError = ({ file, settings }: FleetPlace, strangers: number): UserError =>
  new UserError(
    'nothing_to_push',
    `no enrolled device of ${file.root.owner} has ever been on line in the fleet ${settings.fleet}`,
    {
      cure:
        strangers > 0
          ? `${strangers} that nobody has enrolled are there: see \`tars fleet list\` and \`tars fleet enrol\``
          : 'give a board this fleet and broker with `tars provision`, and see `tars fleet list`',
    },
  );

async function newPlan(
  { options, place, store, ring, terminal, opened: { fleet }, left }: Context,
  { startedMs, ...what }: Pick<PlanInput, 'app' | 'label' | 'kind'> & { readonly startedMs: number },
  devices: readonly Device[],
): Promise<StoredPlan> {
  const { root } = place.file;
  const input: PlanInput = {
    ...what,
    root,
    canary: options.canary ?? (devices.length > 1 ? 1 : 0),
    percents: options.percent.split(',').map(Number),
    abort: { percent: options.abortOn, min: options.abortMin },
    timeoutMs: options.timeout * 1000,
    healthMs: Math.round(options.health * 1000),
    lastNumber: lastSequence(root.owner, root.epoch),
    wantedNumber: options.number,
  };
  const signers = await ring.signers(root, 'release');
  const { stored, left: without } = makePlan(input, devices, { fleet, store, signers, nowMs: startedMs });
  for (const each of without) {
    left.add(each.device.id);
    terminal.note(`left out: ${each.why} (${each.error}); ${cureOf(each)}`);
  }
  noteSequence(root.owner, root.epoch, stored.plan.number);
  return stored;
}

/**
 * The app that ran before the last one, on the devices that got the last one. `open`: a rollback of an earlier run that
 * is gone on with.
 */
async function rollbackPlans(
  context: Context,
  devices: readonly Device[],
  open: StoredPlan | undefined,
): Promise<readonly Make[]> {
  const { store, options } = context;
  const possible = rollbacks(store, (plan) => appOfPlan(plan, store)?.class, Date.now());
  const chosen = options.device.length + options.group.length > 0;
  const stepsBack = ({ startedMs, pairs }: Rollback): readonly StepBack[] =>
    pairs.flatMap(({ newer, older }): StepBack[] => {
      const app = appOfPlan(older, store);
      const got = new Set(store.steps(newer.plan).map(({ device }) => device));
      const meant = devices.filter(
        (device) => app && (chosen || got.has(device.id)) && device.class === app.class && !runsApp(device, app),
      );
      return app && meant.length > 0
        ? [
            {
              make: () => newPlan(context, { app, label: older.label, kind: 'rollback', startedMs }, meant),
              target: older,
              names: meant.map(({ name }) => name),
            },
          ]
        : [];
    });
  const [rest, whole] = possible;
  const begun = open && {
    make: () => resume(context, open),
    target: open,
    number: open.plan.number,
    names: store.steps(open.plan).map(({ device }) => context.opened.fleet.enrolment.get(device)?.name ?? device),
  };
  const meant = begun
    ? [begun, ...(rest ? stepsBack(rest) : [])]
    : possible.map(stepsBack).find(({ length }) => length > 0);
  if (meant) return approved(context, meant);
  if (!whole)
    throw new UserError('nothing_to_push', 'nothing was pushed to this fleet from here', {
      cure: 'push the app that you want with `tars ota push`',
    });
  const [first] = whole.pairs;
  if (!first)
    throw new UserError('nothing_to_push', `there is no app before ${store.plans()[0]?.label ?? ''} on record`, {
      cure: 'push the app that you want with `tars ota push`; it gets a higher number',
    });
  throw new UserError('nothing_to_push', `no device runs anything newer than ${first.older.label}`, {
    cure: 'see `tars fleet list`',
  });
}

/** One plan of a rollback, before it is made. */
interface StepBack {
  readonly make: Make;
  /** The plan whose app comes back, or the rollback that is gone on with. */
  readonly target: StoredPlan;
  /** Number of that; otherwise it gets the next one. */
  readonly number?: number;
  /** Devices. */
  readonly names: readonly string[];
}

/** Says where a rollback goes, and asks. */
async function approved(context: Context, steps: readonly StepBack[]): Promise<readonly Make[]> {
  const { options, place, opened, store, terminal } = context;
  const { root } = place.file;
  const known = { root, lastNumber: lastSequence(root.owner, root.epoch), wantedNumber: options.number };
  let next = nextFor(known, opened.fleet, store);
  const texts = steps.map(({ target, number, names }) => {
    const from = number === undefined ? ` of bundle ${target.plan.number}` : '';
    return `${target.label}${from}, as bundle ${number ?? next++}, on ${names.join(', ')}`;
  });
  await approve({
    what: `the fleet ${place.settings.fleet} goes back to ${texts.join('; ')}`,
    question: 'Go back?',
    cure: 'add --yes if that is what you want',
    yes: options.yes,
    terminal,
  });
  if (options.yes) terminal.note(`back to ${texts.join('; ')}`);
  return steps.map(({ make }) => make);
}

function stopPlan({ store, terminal }: Context): StoredPlan | undefined {
  const open = unfinished(store);
  if (!open) {
    terminal.out(terminal.json ? JSON.stringify({ state: 'nothing' }) : 'no push is unfinished');
    return undefined;
  }
  store.audit('stop', { number: open.plan.number });
  store.savePlan(open.plan, 'aborting', 'stopped by the operator');
  return { ...open, state: 'aborting', reason: 'stopped by the operator' };
}
