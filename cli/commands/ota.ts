/** `tars ota`: brings apps to a fleet, wave by wave, shows how far they are, and goes back. */
import { limits } from '../../hal/contract/index.js';
import { AppError } from '../../ota/host/app.js';
import { BundleError } from '../../ota/host/bundle.js';
import { NobodyFits } from '../../ota/operator/plan.js';
import { OtherOperator } from '../../ota/operator/push.js';
import type { StoredPlan } from '../../ota/operator/store.js';
import { defineCommand, jsonOption } from '../command.js';
import { exitCodes, usageError, UserError, type ExitCode } from '../errors.js';
import { compareHeads } from '../fleet/anchor.js';
import { auditPath, readAudit } from '../fleet/audit.js';
import { withMemory } from '../fleet/memory.js';
import { beaconSigners, fleetOptions, openFleet, placeOf, type FleetPlace } from '../fleet/open.js';
import type { Change, Options } from '../fleet/plans.js';
import { claimed } from '../fleet/push.js';
import { historyLines, planJson, stepCells, stepHeading } from '../fleet/show.js';
import { fleetFolder } from '../fleet/state.js';
import { cureOf } from '../fleet/targets.js';
import { SqliteStore } from '../fleet/store.js';
import { KeyRing } from '../keys/keyring.js';
import { table } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { hint } from '../terminal/calling.js';

const PERCENT = /^\d{1,3}(,\d{1,3})*$/;

export const command = defineCommand({
  positionals: {
    action: {
      type: 'string',
      demandOption: true,
      choices: ['push', 'status', 'rollback', 'history', 'stop'],
      describe:
        'push an app; show the last push; go back to the app before; show everything that was done; stop a push ' +
        'that was not finished',
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
    number: { type: 'number', describe: 'push: number of the bundle (default: the next one)' },
    board: {
      type: 'string',
      alias: 'b',
      describe: 'build for this board only (default: what tars.toml says, else for each class of the devices)',
    },
    yes: { type: 'boolean', default: false, describe: 'rollback: without asking' },
    'take-over': { type: 'boolean', default: false, describe: 'push although somebody else says that he does' },
    ...jsonOption,
  },
  alone: ['status', 'rollback', 'history', 'stop'],
  examples: [
    ['tars ota push examples/kalman --key alice --key olga', 'sign, one canary, then all devices of the only fleet'],
    ['tars ota push room.app --fleet line1 --key alice --canary 2 --percent 25,50,100', 'two canaries, then in waves'],
    ['tars ota status', 'how far the last push is'],
    ['tars ota rollback --key alice', 'the app before, under a higher number; says where it goes, and asks'],
  ],
  async run(args, terminal) {
    const options = { ...args, abortOn: args['abort-on'], abortMin: args['abort-min'], takeOver: args['take-over'] };
    if (args.action === 'history') return history(placeOf(args), terminal);
    if (args.action === 'status') return status(placeOf(args), terminal);
    if (args.action === 'push' && args.path === undefined) throw usageError('tars ota push needs an app', 'ota');
    return change(args.action as Change, options, terminal);
  },
});

/** What all three have in common: the lock, the store, the connection, the claim. */
async function change(action: Change, options: Options, terminal: Terminal): Promise<ExitCode> {
  checkNumbers(options);
  const place = placeOf(options);
  const ring = new KeyRing(options.key);
  return withMemory(place, { signers: () => beaconSigners(place, ring), pushes: true, ring }, (opened) =>
    claimed({ action, options, place, store: opened.store, ring, opened, terminal, left: new Set() }),
  ).catch((error: unknown) => {
    throw explainPush(error);
  });
}

function checkNumbers({ percent, canary, abortOn, abortMin, timeout, health, number }: Options): void {
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
  if (number !== undefined) whole('number', number, 1, 0xffffffff);
  if (!(timeout > 0 && timeout <= 86_400))
    throw usageError('--timeout takes seconds, above 0 and at most 86400', 'ota');
  if (!(health > 0 && health * 1000 <= limits.health_max_ms.value))
    throw usageError(`--health takes seconds, above 0 and at most ${limits.health_max_ms.value / 1000}`, 'ota');
}

function explainPush(error: unknown): unknown {
  if (error instanceof OtherOperator)
    return new UserError('two_operators', error.message, {
      cure: 'let them finish and look at `tars ota status`; --take-over if they are gone for good',
    });
  if (error instanceof NobodyFits) return nobodyFits(error);
  if (error instanceof BundleError || error instanceof AppError)
    return new UserError('bad_bundle', error.message, { cure: 'see `tars ota --help` and docs/updates.md' });
  return error;
}

/** All who were meant are left out: the first one says why. */
function nobodyFits({ left }: NobodyFits): UserError {
  const [first] = left;
  if (!first) return new UserError('nothing_to_push', 'no device is meant', { cure: 'see `tars fleet list`' });
  const more = left.length > 1 ? `, and ${left.length - 1} more can't take it either` : '';
  return new UserError(first.error, `${first.why}${more}`, { cure: cureOf(first) });
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
          `${stored.plan.kind} of ${stored.plan.label}: bundle ${stored.plan.plan.number}, ` +
            `${stored.plan.state}${stored.plan.reason ? ` (${stored.plan.reason})` : ''}`,
        );
        for (const line of table([stepHeading, ...steps.map((step) => stepCells(step, fleet))], terminal))
          terminal.out(line);
      }
    } else if (terminal.json) terminal.out(JSON.stringify({ state: 'nothing' }));
    else
      terminal.out(`nothing was pushed to this fleet from here; ${hint`tars fleet list`} shows what its devices run`);
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

/** The log, and whether it is the one that was signed; without a broker only its chain is looked at. */
async function history(place: FleetPlace, terminal: Terminal): Promise<ExitCode> {
  const path = auditPath(fleetFolder(place.file.root.owner, place.settings.fleet));
  const { lines, hashes, broken } = readAudit(path);
  if (terminal.json) for (const line of lines) terminal.out(JSON.stringify(line));
  else
    for (const line of lines.length > 0 ? historyLines(lines) : ['nothing was done to this fleet from here'])
      terminal.out(line);
  const wrong =
    broken === undefined
      ? await compared(place, hashes, terminal)
      : `line ${broken} does not follow from the one before`;
  if (wrong === undefined) return exitCodes.ok;
  throw new UserError('audit', `somebody has changed the log ${path}: ${wrong}`, {
    cure: 'compare it with a copy, and find out who could write there; a new log begins when this one is put aside',
  });
}

async function compared(place: FleetPlace, hashes: readonly string[], terminal: Terminal): Promise<string | undefined> {
  try {
    const { broker, fleet } = await openFleet(place);
    await broker.close();
    const { wrong, others } = compareHeads(hashes, [...fleet.heads.values()]);
    for (const { lines, timeS } of others)
      terminal.note(`another log of this fleet had ${lines} lines at ${new Date(timeS * 1000).toISOString()}`);
    return wrong;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    terminal.note(`not compared with the head that was signed: ${error.message}`);
    return undefined;
  }
}
