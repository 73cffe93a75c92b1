/** From what the user wants to a plan that is written down: who gets it, what is already there, which number it has. */
import { type App, moduleDigest, packApp } from '../host/app.js';
import { packBundle } from '../host/bundle.js';
import type { Signer } from '../host/envelope.js';
import { concat, sameBytes } from '../host/cbor.js';
import { sha256, toHex } from '../host/ids.js';
import type { Root } from '../host/root.js';
import { isRefused } from '../host/envelope.js';
import { openBundle } from '../host/verify.js';
import type { Device } from './devices.js';
import { type LeftOut, partDevices } from './fit.js';
import type { Fleet } from './fleet.js';
import { beginRollout, makeWaves, nextNumber, type Plan } from './rollout.js';
import type { Store, StoredPlan } from './store.js';

export interface PlanInput {
  readonly app: App;
  readonly label: string;
  readonly kind: StoredPlan['kind'];
  readonly root: Root;
  readonly canary: number;
  readonly percents: readonly number[];
  readonly abort: Plan['abort'];
  readonly timeoutMs: number;
  readonly healthMs: number;
  /** Highest number that this machine gave elsewhere. */
  readonly lastNumber: number;
  /** Number that the user wants; a device that has a higher one is told nothing else. */
  readonly wantedNumber?: number | undefined;
}

/** No device that was meant can take the bundle. */
export class NobodyFits extends Error {
  override readonly name = 'NobodyFits';
  constructor(
    readonly left: readonly LeftOut[],
    readonly number: number,
  ) {
    super(`no device can take bundle ${number}`);
  }
}

/** Devices that run exactly these modules, committed, from a bundle. */
export function runsApp({ birth, class: boardClass }: Device, app: App): boolean {
  return (
    birth.number > 0 &&
    birth.trial.length === 0 &&
    boardClass === app.class &&
    sameBytes(birth.modules, concat(...app.modules.map(moduleDigest)))
  );
}

/** The plan of an earlier run that was not finished, if there is one. */
export const unfinished = (store: Store): StoredPlan | undefined =>
  store.plans().find(({ state }) => state === 'running' || state === 'aborting');

/** False: the owner's root document has changed since, and who follows it refuses the bundle of the plan. */
export function isStillSigned({ plan, bundle }: StoredPlan, root: Root): boolean {
  return plan.epoch === root.epoch && plan.number >= root.sequence && !isRefused(openBundle(bundle, root));
}

/**
 * Order within a plan: who is on line first, so that canaries answer; then by name. Whoever already has the bundle that
 * is taken up again comes before all.
 */
export function orderDevices(devices: readonly Device[]): readonly Device[] {
  return [...devices].sort((a, b) => Number(b.online) - Number(a.online) || (a.name < b.name ? -1 : 1));
}

/**
 * Makes a plan for these devices and writes it down, before anything of it is done. If the store was lost, and the
 * newest bundle that the fleet is wanted to run is of this very app, that bundle is gone on with: no second one with
 * other bytes. The number follows from what the owner has signed, never from what devices say; who can't take it is
 * left out. Throws NobodyFits.
 */
export function makePlan(
  input: PlanInput,
  devices: readonly Device[],
  {
    fleet,
    store,
    signers,
    nowMs,
  }: {
    readonly fleet: Fleet;
    readonly store: Store;
    readonly signers: readonly Signer[];
    readonly nowMs: number;
  },
): { readonly stored: StoredPlan; readonly left: readonly LeftOut[] } {
  const { app, root, label, kind } = input;
  const image = packApp(app);
  store.keepPayload(image);
  const adopted = kind === 'push' ? adopt(input, image, { fleet, store }) : undefined;
  const number = adopted?.number ?? nextFor(input, fleet, store);
  const digest = adopted?.digest ?? '';
  const { fit, left } = partDevices(devices, { root, newestRoot: fleet.newestRoot, number, digest });
  if (fit.length === 0) throw new NobodyFits(left, number);
  const bytes =
    adopted?.bytes ??
    packBundle({ image, vendor: root.vendor, epoch: root.epoch, number, healthMs: input.healthMs }, signers).bytes;
  const opened = openBundle(bytes, root);
  if (isRefused(opened)) throw new Error(`the bundle that was packed is refused: ${opened.error}`);
  const plan: Plan = {
    epoch: root.epoch,
    number,
    digest: toHex(opened.envelope.digest),
    waves: makeWaves(
      orderDevices(fit).map(({ id }) => id),
      input,
    ),
    canary: input.canary > 0 && input.canary < fit.length,
    abort: input.abort,
    timeoutMs: input.timeoutMs,
  };
  const stored: StoredPlan = {
    plan,
    kind,
    bundle: bytes,
    image: toHex(sha256(image)),
    label,
    startedMs: nowMs,
    state: 'running',
    reason: '',
  };
  store.addPlan(stored, [...beginRollout(plan).steps.values()]);
  store.audit('plan', {
    number,
    kind,
    label,
    image: stored.image,
    bundle: plan.digest,
    devices: fit.length,
    ...(left.length > 0 && { left: left.map(({ device, error }) => `${device.id} ${error}`) }),
    ...(adopted && { adopted: true }),
  });
  return { stored, left };
}

/** Above every number of this epoch that the owner is known to have signed. */
export const nextFor = (
  { root, lastNumber, wantedNumber }: Pick<PlanInput, 'root' | 'lastNumber' | 'wantedNumber'>,
  fleet: Fleet,
  store: Store,
): number =>
  nextNumber(
    [fleet.newestNumber, ...plannedNumbers(store, root), lastNumber],
    Math.max(root.sequence, wantedNumber ?? 0),
  );

/** Numbers of this epoch that the store gave to a plan. */
function plannedNumbers(store: Store, root: Root): readonly number[] {
  return store
    .plans()
    .filter(({ plan }) => plan.epoch === root.epoch)
    .map(({ plan }) => plan.number);
}

/** The newest bundle of the fleet, if this store knows nothing of it and it carries this image. */
function adopt(
  { root, healthMs, lastNumber }: PlanInput,
  image: Uint8Array,
  { fleet, store }: { readonly fleet: Fleet; readonly store: Store },
): { readonly number: number; readonly digest: string; readonly bytes: Uint8Array } | undefined {
  const digest = toHex(sha256(image));
  const planned = plannedNumbers(store, root);
  const newest = Math.max(fleet.newestNumber, ...planned, lastNumber);
  for (const { id } of fleet.enrolment.list()) {
    const desired = fleet.desired(id);
    if (!desired || desired.epoch !== root.epoch || desired.number !== newest || desired.image !== digest) continue;
    if (planned.includes(newest)) return undefined;
    const opened = openBundle(desired.bytes, root);
    if (!isRefused(opened) && !opened.manifest.device && opened.manifest.healthMs === healthMs)
      return { number: newest, digest: desired.digest, bytes: desired.bytes };
  }
  return undefined;
}
