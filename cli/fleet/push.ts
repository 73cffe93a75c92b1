/** Carries out the plans of one run of `tars ota`, under a claim that other operators see. */
import { isRefused } from '../../ota/host/envelope.js';
import { openBundle } from '../../ota/host/verify.js';
import { claimFleet, runPush } from '../../ota/operator/push.js';
import type { Claim } from '../../ota/operator/claim.js';
import type { Rollout } from '../../ota/operator/rollout.js';
import type { StoredPlan } from '../../ota/operator/store.js';
import { interrupted } from '../ends.js';
import { exitCodes, UserError, type ExitCode } from '../errors.js';
import { interruptedError } from '../interrupt.js';
import { grantText } from '../keys/grant.js';
import { KeyRing } from '../keys/keyring.js';
import { hint } from '../terminal/calling.js';
import { table } from '../terminal/table.js';
import { whoAmI } from './audit.js';
import { fetchNote, publishLost } from './lost.js';
import { plansOf, type Context, type Options } from './plans.js';
import { planJson, progressLine, stepCells, stepHeading } from './show.js';

/** Claims the fleet, carries out one plan after the other until one fails, and lets the claim go. */
export async function claimed(context: Context): Promise<ExitCode> {
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
  const endNotes = noteTwins(context);
  try {
    for (const make of await plansOf(context)) {
      const stored = await make();
      if (!stored) continue;
      if (action === 'push') noteRunning(context, stored);
      const rollout = await carryOut(context, stored, claim);
      const exit = finish(context, stored, rollout);
      if (exit !== exitCodes.ok) return exit;
    }
    await publishLost({ ...context.opened, place: context.place }, store, context.terminal);
    return context.left.size > 0 ? exitCodes.request : exitCodes.ok;
  } finally {
    endNotes();
    await Promise.race([fleet.settled(), lost]).catch(() => undefined);
    // Ours alone: a claim of somebody who took over stays.
    if (fleet.claimed?.operator === store.operator) await fleet.claim(undefined).catch(() => undefined);
  }
}

/** Runs a plan. Ctrl-C ends the wait: the error says how far it is and how it goes on. */
async function carryOut(context: Context, stored: StoredPlan, claim: Claim): Promise<Rollout> {
  const {
    store,
    opened: { fleet, lost },
    terminal,
  } = context;
  const user = interrupted();
  const ended = user.by.then((): never => {
    throw pushInterrupted(context, stored);
  });
  ended.catch(() => undefined);
  try {
    return await runPush({
      fleet,
      store,
      stored,
      claim,
      nowMs: Date.now,
      ended: Promise.race([lost, ended]),
      onChange: (now) => terminal.progress(progressLine(now)),
    });
  } finally {
    terminal.progress('');
    user.off();
  }
}

/** What stands after Ctrl-C: nothing is taken back, and nothing more is sent. */
function pushInterrupted({ store, options, opened: { fleet } }: Context, stored: StoredPlan): UserError {
  const { plan, kind, label, state, reason } = stored;
  const steps = store.steps(plan);
  const same = sameOptions(options);
  const what = kind === 'push' ? ['push', options.path ?? label] : [kind];
  const now: Rollout = { plan, steps: new Map(steps.map((step) => [step.device, step])), state, reason };
  const error = interruptedError({
    done: progressLine({ ...now, state: 'running', reason: '' }),
    cure:
      'devices that were sent the bundle finish it by themselves, nothing is sent to the others: go on with ' +
      `${hint`tars ota ${what} ${same}`}, or end it with ${hint`tars ota stop ${same}`}`,
  });
  error.details = (terminal) =>
    Promise.resolve({
      text: table([stepHeading, ...steps.map((step) => stepCells(step, fleet))], terminal).join('\n'),
      json: { push: planJson(stored, steps, fleet) },
    });
  return error;
}

/** Options that name fleet, devices and signers again. */
function sameOptions({ fleet, broker, root, key, device, group }: Options): readonly string[] {
  const lists = Object.entries({ fleet, broker, root, key, device, group });
  return lists.flatMap(([name, values]) => [values ?? []].flat().flatMap((value) => [`--${name}`, value]));
}

/** Says once of each device that it is two. Returns what ends it. */
function noteTwins({ opened: { fleet }, terminal }: Context): () => void {
  const noted = new Set<string>();
  return fleet.on((event) => {
    if (event.kind !== 'dropped' || event.dropped.error !== 'twin' || noted.has(event.dropped.device)) return;
    const { device, why } = event.dropped;
    noted.add(device);
    const name = fleet.enrolment.get(device)?.name ?? device;
    terminal.note(`${name}: ${why}; revoke it with ${hint`tars fleet revoke ${name}`} and provision both anew`);
  });
}

function noteRunning({ terminal, options, place: { file } }: Context, { plan, label, bundle }: StoredPlan): void {
  const count = plan.waves.flat().length;
  terminal.note(
    `${label}: bundle ${plan.number} to ${count} ` +
      `${count === 1 ? 'device' : 'devices'}${plan.canary ? `, ${plan.waves[0]?.length ?? 0} first` : ''}`,
  );
  const opened = openBundle(bundle, file.root);
  if (!isRefused(opened)) terminal.note(grantText(opened.manifest.grant));
  if (!new KeyRing(options.key).can(file.root, 'operator'))
    terminal.note('no operator key was named, so nobody tells the devices what is newest (they stay `unknown`)');
}

function finish(
  { terminal, opened: { fleet }, place: { file } }: Context,
  stored: StoredPlan,
  rollout: Rollout,
): ExitCode {
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
      terminal,
    ))
      terminal.out(line);
    terminal.out(progressLine(rollout));
    const opened = openBundle(stored.bundle, file.root);
    const note =
      !isRefused(opened) && opened.manifest.detached
        ? fetchNote([...rollout.steps.values()], (device) => fleet.enrolment.get(device)?.name ?? device.slice(0, 8))
        : undefined;
    if (note !== undefined) terminal.note(note);
  }
  return good ? exitCodes.ok : exitCodes.request;
}
