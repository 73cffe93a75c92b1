/** `tars ota`: brings apps to a fleet, wave by wave, shows how far they are, and goes back. */
import { limits } from '../../hal/contract/index.js';
import { BundleError } from '../../ota/host/bundle.js';
import { AppError, unpackApp, type App } from '../../ota/host/app.js';
import type { Device } from '../../ota/operator/devices.js';
import { isStillSigned, makePlan, runsApp, TooFarAhead, unfinished, type PlanInput } from '../../ota/operator/plan.js';
import { claimFleet, OtherOperator, runPush } from '../../ota/operator/push.js';
import { rollbacks, type Rollback } from '../../ota/operator/rollback.js';
import { isEnd, type Rollout } from '../../ota/operator/rollout.js';
import type { StoredPlan } from '../../ota/operator/store.js';
import { appFor } from '../compile/image.js';
import { defineCommand, jsonOption } from '../command.js';
import { exitCodes, usageError, UserError, type ExitCode } from '../errors.js';
import { readBundle } from '../device/install-owned.js';
import { auditPath, SqliteStore } from '../fleet/store.js';
import { readAudit } from '../fleet/audit.js';
import { withMemory } from '../fleet/memory.js';
import {
  beaconSigners,
  fleetOptions,
  openFleet,
  placeOf,
  whoAmI,
  type FleetArgs,
  type FleetPlace,
  type OpenFleet,
} from '../fleet/open.js';
import { groupsOf } from '../fleet/settings.js';
import { historyLines, planJson, progressLine, stepCells, stepHeading } from '../fleet/show.js';
import { fleetFolder } from '../fleet/state.js';
import { checkClock, checkRoots, otherRootError, selectDevices, unfinishedError } from '../fleet/targets.js';
import { KeyRing } from '../keys/keyring.js';
import { lastSequence, noteSequence } from '../keys/keystore.js';
import { table, type Terminal } from '../terminal/terminal.js';

const PERCENT = /^\d{1,3}(,\d{1,3})*$/;

export const command = defineCommand({
  positionals: {
    action: {
      type: 'string',
      demandOption: true,
      choices: ['push', 'status', 'rollback', 'history', 'stop'],
      describe:
        'push an app; show the last push; go back to the app before; show everything that was done; stop a push that was not finished',
    },
    path: { type: 'string', describe: 'push: .tars file, folder, or what `tars build` wrote' },
  },
  options: {
    ...fleetOptions,
    key: {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'keys that sign: release keys the bundle, operator keys the beacons that tell devices what is newest',
    },
    device: {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'only these devices: names or ids, separated by commas',
    },
    group: {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'only the devices of this group (`tars fleet group`)',
    },
    canary: { type: 'number', describe: 'devices that go first and must not fail (default: 1 if there are more)' },
    percent: {
      type: 'string',
      default: '100',
      describe: 'waves after the canaries, in percent of all, like 25,50,100',
    },
    'abort-on': { type: 'number', default: 20, describe: 'stop when so many percent of those that have ended failed' },
    'abort-min': { type: 'number', default: 3, describe: '… but not before so many have ended' },
    health: { type: 'number', default: limits.health_ms.value / 1000, describe: 'health window of the trial, seconds' },
    timeout: { type: 'number', default: 120, describe: 'longest time for a device that is on line, seconds' },
    board: {
      type: 'string',
      alias: 'b',
      describe: 'build for this board only (default: what tars.toml says, else for each class of the devices)',
    },
    'take-over': { type: 'boolean', default: false, describe: 'push although somebody else says that he does' },
    ...jsonOption,
  },
  examples: [
    ['tars ota push examples/kalman --key alice --key olga', 'sign, one canary, then all devices of the only fleet'],
    ['tars ota push room.app --fleet line1 --key alice --canary 2 --percent 25,50,100', 'two canaries, then in waves'],
    ['tars ota status', 'how far the last push is'],
    ['tars ota rollback --key alice', 'the app before, under a higher number'],
  ],
  async run(args, terminal) {
    const options = { ...args, abortOn: args['abort-on'], abortMin: args['abort-min'], takeOver: args['take-over'] };
    if (args.action === 'history') return history(placeOf(args), terminal);
    if (args.action === 'status') return status(placeOf(args), terminal);
    if (args.action === 'push' && args.path === undefined) throw usageError('tars ota push needs an app', 'ota');
    return change(args.action as Change, options, terminal);
  },
});

type Change = 'push' | 'rollback' | 'stop';

interface Options extends FleetArgs {
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
}

/** What all three have in common: the lock, the store, the connection, the claim. */
async function change(action: Change, options: Options, terminal: Terminal): Promise<ExitCode> {
  checkNumbers(options);
  const place = placeOf(options);
  const ring = new KeyRing(options.key);
  return withMemory(place, { signers: () => beaconSigners(place, ring), pushes: true }, (opened) =>
    claimed({ action, options, place, store: opened.store, ring, opened, terminal }),
  ).catch((error: unknown) => {
    throw explainPush(error);
  });
}

interface Context {
  readonly action: Change;
  readonly options: Options;
  readonly place: FleetPlace;
  readonly store: SqliteStore;
  readonly ring: KeyRing;
  readonly opened: OpenFleet;
  readonly terminal: Terminal;
}

async function claimed(context: Context): Promise<ExitCode> {
  const {
    action,
    options,
    store,
    opened: { fleet, lost },
  } = context;
  const other = fleet.claimed;
  const claim = {
    operator: store.operator,
    who: whoAmI(),
    since: new Date().toISOString(),
    ...(options.takeOver && other && { over: other.operator }),
  };
  await Promise.race([claimFleet(fleet, claim), lost]);
  try {
    for (const make of await plansOf(context)) {
      const stored = await make();
      if (!stored) continue;
      if (action === 'push') noteRunning(context, stored);
      const rollout = await runPush({
        fleet,
        store,
        stored,
        claim,
        nowMs: Date.now,
        ended: lost,
        onChange: (now) => context.terminal.progress(progressLine(now)),
      });
      const exit = finish(context, stored, rollout);
      if (exit !== exitCodes.ok) return exit;
    }
    return exitCodes.ok;
  } finally {
    await Promise.race([fleet.settled(), lost]).catch(() => undefined);
    // Ours alone: a claim of somebody who took over stays.
    if (fleet.claimed?.operator === store.operator) await fleet.claim(undefined).catch(() => undefined);
  }
}

function checkNumbers({ percent, canary, abortOn, abortMin, timeout, health }: Options): void {
  const percents = percent.split(',').map(Number);
  const rising = percents.every((value, index) => value > (percents[index - 1] ?? 0));
  if (!PERCENT.test(percent) || !rising || percents.at(-1) !== 100)
    throw usageError('--percent takes rising numbers that end with 100, like 25,50,100', 'ota');
  const whole = (name: string, value: number, min: number, max: number): void => {
    if (!Number.isInteger(value) || value < min || value > max)
      throw usageError(`--${name} takes a whole number from ${min} to ${max}`, 'ota');
  };
  whole('canary', canary ?? 0, 0, 1000);
  whole('abort-on', abortOn, 1, 100);
  whole('abort-min', abortMin, 1, 1_000_000);
  if (!(timeout > 0 && timeout <= 86_400))
    throw usageError('--timeout takes seconds, above 0 and at most 86400', 'ota');
  if (!(health > 0 && health * 1000 <= limits.health_max_ms.value))
    throw usageError(`--health takes seconds, above 0 and at most ${limits.health_max_ms.value / 1000}`, 'ota');
}

/** Makes a plan when its turn comes; undefined: nothing is to be done. */
type Make = () => StoredPlan | undefined | Promise<StoredPlan | undefined>;

/** What is to be carried out, one after the other: the plan of an earlier run that is gone on with, and new ones, one for each class of board. */
async function plansOf(context: Context): Promise<readonly Make[]> {
  const {
    action,
    options,
    store,
    opened: { fleet },
    place,
  } = context;
  if (action === 'stop') return [() => stopPlan(context)];
  const open = unfinished(store);
  const devices = selectDevices(fleet.devices.list(), {
    devices: options.device,
    groups: groupsOf(place.settings.fleet, options.group),
  });
  if (devices.length === 0)
    throw new UserError(
      'nothing_to_push',
      `no device of ${place.file.root.owner} has ever been on line in the fleet ${place.settings.fleet}`,
      { cure: 'give a board this fleet and broker with `tars provision`, and see `tars fleet list`' },
    );
  checkClock(devices, Date.now());
  checkRoots(devices, place.file.root);
  if (open && !isStillSigned(open, place.file.root)) throw otherRootError(open);
  if (open?.kind === 'push' && action === 'rollback') throw unfinishedError(open);
  if (action === 'rollback') return rollbackPlans(context, devices, open);
  const apps = await appsOf(options, devices);
  const begun = open?.kind === 'push' ? apps.find((app) => sameApp(open, app, store)) : undefined;
  if (open && !begun) throw unfinishedError(open);
  const startedMs = open?.startedMs ?? Date.now();
  const able = apps.filter((app) => app !== begun && devices.some(({ birth }) => birth.class === app.class));
  if (!open && able.length === 0)
    throw new UserError(
      'nothing_to_push',
      `the app is for boards of class ${apps[0]?.class ?? ''}, the devices are of class ${[...new Set(devices.map(({ birth }) => birth.class))].join(', ')}`,
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
  const able = devices.filter(({ birth }) => birth.class === app.class);
  const left = able.filter((device) => !runsApp(device, app));
  if (left.length === 0) {
    const number = Math.max(...able.map(({ birth }) => birth.number));
    if (terminal.json) terminal.out(JSON.stringify({ state: 'nothing', devices: able.length, number }));
    else
      terminal.out(
        `nothing to push: ${able.length === 1 ? 'the device runs' : `all ${able.length} devices run`} this app already (bundle ${number})`,
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

/** What is pushed. Sources are built for each class of the devices, a bundle or an app image is for the class that it names. */
async function appsOf({ path = '', board }: Options, devices: readonly Device[]): Promise<readonly App[]> {
  const bundle = readBundle(path);
  if (bundle) return [bundle.app];
  const apps: App[] = [];
  for (const boardClass of new Set(devices.map(({ birth }) => birth.class))) {
    const app = await appFor(path, boardClass, board);
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

async function newPlan(
  { options, place, store, ring, opened: { fleet } }: Context,
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
  };
  const signers = await ring.signers(root, 'release');
  const stored = makePlan(input, devices, { fleet, store, signers, nowMs: startedMs });
  noteSequence(root.owner, root.epoch, stored.plan.number);
  return stored;
}

/** The app that ran before the last one, on the devices that got the last one. `open`: a rollback of an earlier run that is gone on with. */
function rollbackPlans(context: Context, devices: readonly Device[], open: StoredPlan | undefined): readonly Make[] {
  const { store, options } = context;
  const possible = rollbacks(store, (plan) => appOfPlan(plan, store)?.class, Date.now());
  const chosen = options.device.length + options.group.length > 0;
  const makes = ({ startedMs, pairs }: Rollback): readonly Make[] =>
    pairs.flatMap(({ newer, older }): Make[] => {
      const app = appOfPlan(older, store);
      const got = new Set(store.steps(newer.plan).map(({ device }) => device));
      const meant = devices.filter(
        (device) => app && (chosen || got.has(device.id)) && device.birth.class === app.class && !runsApp(device, app),
      );
      return app && meant.length > 0
        ? [() => newPlan(context, { app, label: older.label, kind: 'rollback', startedMs }, meant)]
        : [];
    });
  const [rest, whole] = possible;
  if (open) return [() => resume(context, open), ...(rest ? makes(rest) : [])];
  const meant = possible.map(makes).find(({ length }) => length > 0);
  if (meant) return meant;
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

function noteRunning({ terminal, options, place: { file } }: Context, { plan, label }: StoredPlan): void {
  const count = plan.waves.flat().length;
  terminal.note(
    `${label}: bundle ${plan.number} to ${count} ${count === 1 ? 'device' : 'devices'}${plan.canary ? `, ${plan.waves[0]?.length ?? 0} first` : ''}`,
  );
  if (!new KeyRing(options.key).can(file.root, 'operator'))
    terminal.note('no operator key was named, so nobody tells the devices what is newest (they stay `unknown`)');
}

function finish({ terminal, opened: { fleet } }: Context, stored: StoredPlan, rollout: Rollout): ExitCode {
  terminal.progress('');
  const good =
    rollout.state === 'done' &&
    [...rollout.steps.values()].every(({ state }) => state === 'committed' || state === 'sent');
  if (terminal.json)
    terminal.out(
      JSON.stringify(
        planJson({ ...stored, state: rollout.state, reason: rollout.reason }, [...rollout.steps.values()], fleet),
      ),
    );
  else {
    for (const line of table(
      [stepHeading, ...[...rollout.steps.values()].map((step) => stepCells(step, fleet))],
      terminal.color,
    ))
      terminal.out(line);
    terminal.out(progressLine(rollout));
  }
  return good ? exitCodes.ok : exitCodes.request;
}

function explainPush(error: unknown): unknown {
  if (error instanceof OtherOperator)
    return new UserError('two_operators', error.message, {
      cure: 'let them finish and look at `tars ota status`; --take-over if they are gone for good',
    });
  if (error instanceof TooFarAhead) return aheadError(error);
  if (error instanceof BundleError || error instanceof AppError)
    return new UserError('bad_bundle', error.message, { cure: 'see `tars ota --help` and docs/updates.md' });
  return error;
}

function aheadError({ device: { birth }, number, ahead }: TooFarAhead): UserError {
  const who = ahead ? `${ahead.birth.name}, which says that it has bundle ${ahead.birth.number},` : 'the device';
  return new UserError(
    'fast_forward',
    `${birth.name} has bundle ${birth.number} and would refuse number ${number}: at most ${limits.jump.value} ahead`,
    { cure: `leave ${who} out with --device, or send a root document with a higher \`sequence\` first` },
  );
}

async function status(place: FleetPlace, terminal: Terminal): Promise<ExitCode> {
  const folder = fleetFolder(place.file.root.owner, place.settings.fleet);
  const { broker, fleet } = await openFleet(place);
  try {
    const stored = await newest(folder);
    if (stored) {
      const steps = stored.steps.map((step) =>
        fleet.devices.get(step.device)?.birth.bundle &&
        Buffer.from(fleet.devices.get(step.device)?.birth.bundle ?? []).toString('hex') === stored.plan.plan.digest
          ? { ...step, state: 'committed' as const }
          : step,
      );
      if (terminal.json) terminal.out(JSON.stringify(planJson(stored.plan, steps, fleet)));
      else {
        terminal.out(
          `${stored.plan.kind} of ${stored.plan.label}: bundle ${stored.plan.plan.number}, ${stored.plan.state}${stored.plan.reason ? ` (${stored.plan.reason})` : ''}`,
        );
        for (const line of table([stepHeading, ...steps.map((step) => stepCells(step, fleet))], terminal.color))
          terminal.out(line);
      }
    } else if (terminal.json) terminal.out(JSON.stringify({ state: 'nothing' }));
    else terminal.out('nothing was pushed to this fleet from here; `tars fleet list` shows what its devices run');
    if (fleet.claimed) terminal.note(`${fleet.claimed.who} pushes now, since ${fleet.claimed.since}`);
    return exitCodes.ok;
  } finally {
    await broker.close();
  }
}

/** The last plan with its steps, read without taking the state: a push that runs must not notice. */
async function newest(
  folder: string,
): Promise<{ readonly plan: StoredPlan; readonly steps: ReturnType<SqliteStore['steps']> } | undefined> {
  const store = await SqliteStore.look(folder);
  try {
    const plan = store?.plans()[0];
    return store && plan && { plan, steps: store.steps(plan.plan) };
  } finally {
    store?.close();
  }
}

function history({ file, settings }: FleetPlace, terminal: Terminal): ExitCode {
  const path = auditPath(fleetFolder(file.root.owner, settings.fleet));
  const { lines, broken } = readAudit(path);
  if (terminal.json) for (const line of lines) terminal.out(JSON.stringify(line));
  else
    for (const line of lines.length > 0 ? historyLines(lines) : ['nothing was done to this fleet from here'])
      terminal.out(line);
  if (broken === undefined) return exitCodes.ok;
  throw new UserError(
    'audit',
    `somebody has changed the log ${path}: line ${broken} does not follow from the one before`,
    { cure: 'compare it with a copy; what stands before that line is sound' },
  );
}
